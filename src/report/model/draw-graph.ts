import { boxKind, boxLines } from './box-text.ts'
import { type Box, type FoldedGraph, foldGraph } from './fold-graph.ts'
import { type GraphView, graphView } from './graph-view.ts'
import { layoutBoxes, type Placed, type Point } from './layout-boxes.ts'
import { KIND_STYLES, type OperatorKind } from './operator-kind.ts'
import { clipped, escaped, figure, px } from './svg.ts'

export interface DrawOptions {
  /** Named in messages. */
  readonly file: string
  /** Heading; undefined: the graph's own name. */
  readonly title?: string
  /** Levels of scopes to open; undefined: as many as stay readable. */
  readonly depth?: number
}

const TITLE_SIZE = 13
const LINE_SIZE = 11
const LINE_HEIGHT = 15
const PADDING = 10
/** Width of a character in ems: proportional sans-serif, a little over the mean. */
const CHARACTER = 0.58
const TITLE_MAX = 44
const HEAD_HEIGHT = 52
const LEGEND_HEIGHT = 34
const FONT = 'system-ui, -apple-system, &quot;Segoe UI&quot;, &quot;DejaVu Sans&quot;, sans-serif'
const INK = '#1c2330'
const MUTED = '#59626f'

interface DrawnBox {
  readonly box: Box
  readonly title: string
  readonly lines: readonly string[]
  readonly width: number
  readonly height: number
}

/**
 * A plain SVG of an ONNX file: layers from top to bottom, boxes coloured by what operators do, with shapes and stored tensors. Equal
 * bytes give equal drawings. Throws `InputError` where `bytes` is no ONNX file.
 */
export function drawGraph(bytes: Uint8Array, { file, title, depth }: DrawOptions): string {
  const view = graphView(bytes, file)
  const folded = foldGraph(view, depth)
  const drawn = new Map(folded.boxes.map((box) => [box.id, measured(view, box)]))
  const placed = layoutBoxes(folded, (id) => drawn.get(id)!)
  const legend = legendOf(folded)
  const width = Math.max(placed.width, 420)
  const height = HEAD_HEIGHT + placed.height + LEGEND_HEIGHT
  const shift = (width - placed.width) / 2
  const heading = title ?? (view.name || file)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" role="img" aria-label="${escaped(heading)}" font-family="${FONT}">`,
    `<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.8 8 4 0 7.2z" fill="#8b94a1"/></marker></defs>`,
    `<rect width="100%" height="100%" rx="6" fill="#fff"/>`,
    `<text x="16" y="26" font-size="16" font-weight="600" fill="${INK}">${escaped(heading)}</text>`,
    `<text x="16" y="44" font-size="${LINE_SIZE}" fill="${MUTED}">${escaped(factsOf(view, folded))}</text>`,
    `<g transform="translate(${px(shift)} ${HEAD_HEIGHT})">`,
    ...placed.frames.map(frameSvg),
    ...placed.edges.map(edgeSvg),
    ...[...drawn.values()].map((each) => boxSvg(each, placed)),
    '</g>',
    legendSvg(legend, height - LEGEND_HEIGHT + 14),
    '</svg>\n',
  ].join('\n')
}

function factsOf({ nodes, tensors }: GraphView, { depth, boxes }: FoldedGraph): string {
  const stored = [...tensors.values()].reduce((sum, { isFloat, count }) => sum + (isFloat ? count : 0), 0)
  const folded = boxes.some(({ kind }) => kind === 'scope' || kind === 'chain' || kind === 'run')
  const open = depth === 0 ? 'scopes closed' : `${depth} ${depth === 1 ? 'level' : 'levels'} of scopes open`
  const facts = [`${figure(nodes.length)} operators`, `${figure(stored)} stored numbers`]
  return [...facts, ...(folded ? [open] : [])].join(' · ')
}

function measured(view: GraphView, box: Box): DrawnBox {
  const title = clipped(box.title, TITLE_MAX)
  const lines = boxLines(view, box)
  const textWidth = Math.max(
    title.length * TITLE_SIZE * 0.62,
    ...lines.map((line) => line.length * LINE_SIZE * CHARACTER),
  )
  return {
    ...{ box, title, lines },
    width: Math.max(64, textWidth + 2 * PADDING),
    height: 2 * PADDING + TITLE_SIZE + lines.length * LINE_HEIGHT,
  }
}

function boxSvg({ box, title, lines, width, height }: DrawnBox, { boxes }: Placed): string {
  const { x, y } = boxes.get(box.id)!
  const [left, top] = [x - width / 2, y - height / 2]
  const end = box.kind === 'input' || box.kind === 'output'
  const { fill, line } = end ? { fill: '#1f2a3a', line: '#1f2a3a' } : KIND_STYLES[boxKind(box)]
  const [ink, muted] = end ? ['#fff', '#d4dae3'] : [INK, MUTED]
  const shape = `x="${px(left)}" y="${px(top)}" width="${px(width)}" height="${px(height)}"`
  const folded = !end && box.kind !== 'node'
  // A second outline behind: several lie here in a pile.
  const pile = folded
    ? `<rect x="${px(left + 4)}" y="${px(top + 4)}" width="${px(width)}" height="${px(height)}" rx="6" fill="${fill}" stroke="${line}" stroke-width="0.8"/>`
    : ''
  const texts = lines.map((text, at) => {
    const baseline = top + PADDING + TITLE_SIZE + (at + 1) * LINE_HEIGHT - 3
    return `<text x="${px(x)}" y="${px(baseline)}" font-size="${LINE_SIZE}" text-anchor="middle" fill="${muted}">${escaped(text)}</text>`
  })
  return [
    `<g><title>${escaped(box.nodes[0]?.name ?? box.title)}</title>${pile}`,
    `<rect ${shape} rx="${end ? px(Math.min(height / 2, 16)) : 6}" fill="${fill}" stroke="${line}" stroke-width="1.2"/>`,
    `<text x="${px(x)}" y="${px(top + PADDING + TITLE_SIZE - 3)}" font-size="${TITLE_SIZE}" font-weight="600" text-anchor="middle" fill="${ink}">${escaped(title)}</text>`,
    ...texts,
    '</g>',
  ].join('')
}

function frameSvg({ x, y, width, height, title }: Placed['frames'][number]): string {
  const [left, top] = [x - width / 2, y - height / 2]
  return [
    `<rect x="${px(left)}" y="${px(top)}" width="${px(width)}" height="${px(height)}" rx="8" fill="#8b94a1" fill-opacity="0.07" stroke="#aab2bd" stroke-dasharray="4 3"/>`,
    `<text x="${px(left + 8)}" y="${px(top - 4)}" font-size="${LINE_SIZE}" font-weight="600" fill="${MUTED}">${escaped(title)}</text>`,
  ].join('')
}

/** Through the middles of the route's legs, the corners rounded. */
function edgeSvg(points: readonly Point[]): string {
  const at = ({ x, y }: Point): string => `${px(x)} ${px(y)}`
  const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })
  const [first, ...rest] = points
  if (first === undefined) return ''
  const bends = rest.slice(0, -1).map((point, i) => {
    const to = i === rest.length - 2 ? rest[i + 1]! : middle(point, rest[i + 1]!)
    return `Q${at(point)} ${at(to)}`
  })
  const path = `M${at(first)} ${bends.length > 0 ? bends.join(' ') : `L${at(rest.at(-1) ?? first)}`}`
  return `<path d="${path}" fill="none" stroke="#8b94a1" stroke-width="1.3" marker-end="url(#arrow)"/>`
}

const legendOf = ({ boxes }: FoldedGraph): readonly OperatorKind[] => {
  const shown = new Set(boxes.filter(({ nodes }) => nodes.length > 0).map(boxKind))
  return (Object.keys(KIND_STYLES) as OperatorKind[]).filter((kind) => shown.has(kind))
}

function legendSvg(kinds: readonly OperatorKind[], y: number): string {
  let x = 16
  return kinds
    .map((kind) => {
      const { fill, line, label } = KIND_STYLES[kind]
      const here = x
      x += 26 + label.length * LINE_SIZE * CHARACTER
      const box = `<rect x="${px(here)}" y="${px(y - 10)}" width="11" height="11" rx="2.5" fill="${fill}" stroke="${line}"/>`
      return `${box}<text x="${px(here + 16)}" y="${px(y)}" font-size="${LINE_SIZE}" fill="${MUTED}">${label}</text>`
    })
    .join('')
}
