import type { Box } from './fold-graph.ts'
import type { GraphView, NodeView, TensorView } from './graph-view.ts'
import { type OperatorKind, operatorKind } from './operator-kind.ts'
import { clipped, figure } from './svg.ts'

const LINE_MAX = 34
const LINES_MAX = 4
/** Shared constants of the graph builder: their value says all. */
const NAMELESS = /^(scalar|integers)_/

/** Lines below the title of a box: shapes, what is stored in it, what is folded into it. */
export function boxLines(view: GraphView, box: Box): readonly string[] {
  const lines = box.kind === 'node' ? nodeLines(view, box) : [...summaryLines(view, box)]
  return [...shapeLines(view, box), ...lines].map((line) => clipped(line, LINE_MAX))
}

/** What most of its operators do; shape operators count only where there is nothing else. */
export function boxKind({ nodes }: Box): OperatorKind {
  const counts = new Map<OperatorKind, number>()
  for (const { op } of nodes) counts.set(operatorKind(op), (counts.get(operatorKind(op)) ?? 0) + 1)
  const rank = (kind: OperatorKind): number => {
    if (kind === 'recurrent') return 1e6 // One of them is the heart of whatever holds it.
    return (counts.get(kind) ?? 0) * (kind === 'shape' || kind === 'arithmetic' ? 0.01 : 1)
  }
  const [first] = [...counts.keys()].sort((a, b) => rank(b) - rank(a))
  return first ?? 'arithmetic'
}

function shapeLines({ shapes }: GraphView, { values }: Box): readonly string[] {
  const stated = [...new Set(values.map((value) => shapes.get(value)).filter((shape) => shape !== undefined))]
  const shown = stated.slice(0, 2).map((shape) => `[${shape}]`)
  return shown.length === 0 ? [] : [shown.join(' ') + (stated.length > 2 ? ' …' : '')]
}

function nodeLines(view: GraphView, { nodes }: Box): readonly string[] {
  const stored = storedIn(view, nodes)
  const lines = stored.slice(0, LINES_MAX).map(([name, tensor]) => tensorLine(name, tensor))
  return stored.length > LINES_MAX ? [...lines, `${stored.length - LINES_MAX} more`] : lines
}

function* summaryLines(view: GraphView, box: Box): Generator<string> {
  const { nodes, kind } = box
  if (kind === 'input' || kind === 'output') return
  const counts = new Map<string, number>()
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1)
  const common = [...counts].sort(([, a], [, b]) => b - a).slice(0, 3)
  if (kind !== 'chain' || nodes.length > 4) {
    if (nodes.length > 1) yield `${nodes.length} operators`
    yield common.map(([op, count]) => (count === 1 ? op : `${count} ${op}`)).join(', ')
  }
  const count = storedIn(view, nodes).reduce((sum, [, tensor]) => sum + (tensor.isFloat ? tensor.count : 0), 0)
  if (count > 0) yield `${figure(count)} stored ${count === 1 ? 'number' : 'numbers'}`
}

function storedIn({ tensors }: GraphView, nodes: readonly NodeView[]): readonly (readonly [string, TensorView])[] {
  const names = new Set(nodes.flatMap(({ inputs }) => inputs))
  return [...names].flatMap((name) => {
    const tensor = tensors.get(name)
    return tensor ? [[name, tensor] as const] : []
  })
}

function tensorLine(name: string, { dims, count, values }: TensorView): string {
  const short = name.split('/').at(-1) ?? name
  const few = count <= 4 && values.length === count && (dims.length === 0 || NAMELESS.test(short))
  if (!few) return `${short} [${dims.join(', ')}]`
  const text = [...values].map(plainNumber).join(', ')
  const shown = dims.length === 0 ? text : `[${text}]`
  return NAMELESS.test(short) ? shown : `${short} = ${shown}`
}

/** 2 ** 63 − 1 and its like stand for "to the end". */
const plainNumber = (value: number): string => (Math.abs(value) > 1e15 && Number.isInteger(value) ? '…' : figure(value))
