import type { GraphView, NodeView } from './graph-view.ts'

/** More than this and a drawing is hard to read: scopes stay closed, or, where there are none, chains are folded. */
const READABLE_MAX = 40
/** Never more boxes: what is left is folded into runs of neighbours. */
const BOXES_MAX = 120
const RUNS = 16

/** One box of the drawing: an operator, or several folded into one. */
export interface Box {
  readonly id: string
  readonly kind: 'input' | 'output' | 'node' | 'scope' | 'chain' | 'run'
  readonly title: string
  /** Frames around the box, outermost first. */
  readonly frames: readonly string[]
  /** In the order of the file; empty for inputs and outputs. */
  readonly nodes: readonly NodeView[]
  /** Values that leave it. */
  readonly values: readonly string[]
}

export interface FoldedGraph {
  readonly boxes: readonly Box[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
  /** Levels of scopes that are open. */
  readonly depth: number
}

/** Box of each node: an index into `nodes`, or a name. Equal keys share a box. */
type Assignment = readonly string[]

const scopesOf = ({ name }: NodeView): readonly string[] => name.split('/').slice(0, -1)

/**
 * Folds operators into boxes by the scopes in their names, `depth` levels of which are open; undefined: as many as stay readable. Where
 * that leaves too many, chains become one box each, then neighbours do.
 */
export function foldGraph(view: GraphView, depth?: number): FoldedGraph {
  const nodes = view.nodes.filter((node) => !isAlias(view, node))
  const open = depth ?? readableDepth(nodes)
  let assignment = byScope(nodes, open)
  if (sizeOf(assignment) > (depth === undefined ? READABLE_MAX : BOXES_MAX))
    assignment = foldChains(view, nodes, assignment)
  if (sizeOf(assignment) > BOXES_MAX) assignment = byRuns(assignment)
  return { ...boxesOf(view, nodes, assignment), depth: open }
}

/** An `Identity` that only gives an output its name. */
const isAlias = ({ outputs }: GraphView, node: NodeView): boolean =>
  node.op === 'Identity' && outputs.includes(node.outputs[0] ?? '')

const sizeOf = (assignment: Assignment): number => new Set(assignment).size

function readableDepth(nodes: readonly NodeView[]): number {
  const deepest = nodes.reduce((most, node) => Math.max(most, scopesOf(node).length), 0)
  let depth = 0
  while (depth < deepest && sizeOf(byScope(nodes, depth + 1)) <= READABLE_MAX) depth += 1
  return depth
}

const byScope = (nodes: readonly NodeView[], depth: number): Assignment =>
  nodes.map((node, at) => {
    const scopes = scopesOf(node)
    return scopes.length > depth ? `scope:${scopes.slice(0, depth + 1).join('/')}` : `node:${at}`
  })

/** Joins operators that only hand over to one another, within one scope. */
function foldChains(view: GraphView, nodes: readonly NodeView[], assignment: Assignment): Assignment {
  const { after, before } = neighbours(view, nodes, assignment)
  const scopes = new Map(assignment.map((key, at) => [key, scopesOf(nodes[at]!).join('/')]))
  const heads = new Map<string, string>()
  for (const key of scopes.keys()) {
    const [previous = '', ...others] = before.get(key) ?? []
    const follows = others.length === 0 && after.get(previous)?.size === 1
    const alike = key.startsWith('node:') && previous.startsWith('node:') && scopes.get(key) === scopes.get(previous)
    heads.set(key, follows && alike ? (heads.get(previous) ?? previous) : key)
  }
  return assignment.map((key) => heads.get(key) ?? key)
}

const byRuns = (assignment: Assignment): Assignment => {
  const order = new Map([...new Set(assignment)].map((key, at) => [key, at]))
  return assignment.map((key) => `run:${Math.floor(((order.get(key) ?? 0) * RUNS) / order.size)}`)
}

/** Which keys hand values to which; graph inputs and outputs count as keys of their own. */
function neighbours(view: GraphView, nodes: readonly NodeView[], assignment: Assignment) {
  const maker = makers(view, nodes, assignment)
  const after = new Map<string, Set<string>>()
  const before = new Map<string, Set<string>>()
  const leaving = new Map<string, Set<string>>()
  const link = (value: string, to: string): void => {
    const from = maker(value)
    if (from === undefined || from === to) return
    after.set(from, (after.get(from) ?? new Set()).add(to))
    before.set(to, (before.get(to) ?? new Set()).add(from))
    leaving.set(from, (leaving.get(from) ?? new Set()).add(value))
  }
  for (const [at, node] of nodes.entries()) for (const value of node.inputs) link(value, assignment[at]!)
  for (const output of view.outputs) link(output, `output:${output}`)
  return { after, before, leaving }
}

function makers(view: GraphView, nodes: readonly NodeView[], assignment: Assignment) {
  const made = new Map<string, string>(view.inputs.map((input) => [input, `input:${input}`]))
  for (const [at, node] of nodes.entries()) for (const value of node.outputs) made.set(value, assignment[at]!)
  const aliased = new Map(
    view.nodes.filter((node) => isAlias(view, node)).map((node) => [node.outputs[0] ?? '', node.inputs[0] ?? '']),
  )
  return (value: string): string | undefined => made.get(value) ?? made.get(aliased.get(value) ?? '')
}

function boxesOf(view: GraphView, nodes: readonly NodeView[], assignment: Assignment): Omit<FoldedGraph, 'depth'> {
  const { after, leaving } = neighbours(view, nodes, assignment)
  const members = new Map<string, NodeView[]>()
  for (const [at, node] of nodes.entries()) {
    const key = assignment[at]!
    const list = members.get(key) ?? []
    list.push(node)
    members.set(key, list)
  }
  const end = (kind: 'input' | 'output', name: string): Box => ({
    ...{ id: `${kind}:${name}`, kind, title: name, frames: [], nodes: [], values: [name] },
  })
  const boxes = [
    ...view.inputs.map((name) => end('input', name)),
    ...[...members].map(([id, inside]) => boxOf(id, inside, [...(leaving.get(id) ?? [])])),
    ...view.outputs.map((name) => end('output', name)),
  ]
  const edges = [...after].flatMap(([from, targets]) => [...targets].map((to) => ({ from, to })))
  return { boxes, edges }
}

function boxOf(id: string, nodes: readonly NodeView[], values: readonly string[]): Box {
  const [first] = nodes
  if (id.startsWith('run:')) {
    return { id, kind: 'run', title: `${first?.name} …`, frames: [], nodes, values }
  }
  if (id.startsWith('scope:')) {
    const scopes = id.slice('scope:'.length).split('/')
    return { id, kind: 'scope', title: scopes.at(-1) ?? '', frames: scopes.slice(0, -1), nodes, values }
  }
  const frames = first ? scopesOf(first) : []
  if (nodes.length > 1) return { id, kind: 'chain', title: chainTitle(nodes), frames, nodes, values }
  return { id, kind: 'node', title: first?.op ?? '', frames, nodes, values }
}

const CHAIN_SHOWN = 4

const chainTitle = (nodes: readonly NodeView[]): string => {
  const shown = nodes.slice(0, CHAIN_SHOWN).map(({ op }) => op)
  return [...shown, ...(nodes.length > CHAIN_SHOWN ? [`${nodes.length - CHAIN_SHOWN} more`] : [])].join(' → ')
}
