import { Graph, layout } from '@dagrejs/dagre'
import type { FoldedGraph } from './fold-graph.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** Centre and size, pixels. */
export interface Rectangle extends Point {
  readonly width: number
  readonly height: number
}

export interface Placed {
  readonly width: number
  readonly height: number
  /** By id of the box. */
  readonly boxes: ReadonlyMap<string, Rectangle>
  /** Outer frames before inner ones. */
  readonly frames: readonly (Rectangle & { readonly title: string })[]
  readonly edges: readonly (readonly Point[])[]
}

const MARGIN = 16

/**
 * Layers the boxes from top to bottom (Gansner et al., "A technique for drawing directed graphs", IEEE TSE 19(3), 1993, by way of
 * dagre) with a frame around the boxes of each open scope. `sizeOf`: width and height of a box, pixels.
 */
export function layoutBoxes(
  { boxes, edges }: FoldedGraph,
  sizeOf: (id: string) => { readonly width: number; readonly height: number },
): Placed {
  const graph = new Graph({ compound: true })
  graph.setGraph({ rankdir: 'TB', nodesep: 22, edgesep: 12, ranksep: 30 })
  const frames = framesOf(boxes)
  for (const frame of frames) graph.setNode(frame, {})
  for (const frame of frames) {
    const parent = parentOf(frame)
    if (frames.has(parent)) graph.setParent(frame, parent)
  }
  for (const { id, frames: path } of boxes) {
    graph.setNode(id, { ...sizeOf(id) })
    const inner = path.map((_, at) => frameId(path.slice(0, path.length - at))).find((frame) => frames.has(frame))
    if (inner !== undefined) graph.setParent(id, inner)
  }
  for (const { from, to } of edges) graph.setEdge(from, to, {})
  layout(graph)
  const place = (id: string): Rectangle => graph.node(id) as Rectangle
  return withinMargins({
    boxes: new Map(boxes.map(({ id }) => [id, place(id)])),
    frames: [...frames].map((frame) => ({ ...place(frame), title: frame.split('/').at(-1) ?? '' })),
    edges: edges.map(({ from, to }) => (graph.edge(from, to) as { readonly points: readonly Point[] }).points),
  })
}

/** The layout's own size leaves out edges that swing wide. */
function withinMargins({ boxes, frames, edges }: Omit<Placed, 'width' | 'height'>): Placed {
  const corners = [...boxes.values(), ...frames].flatMap(({ x, y, width, height }) => [
    { x: x - width / 2, y: y - height / 2 },
    { x: x + width / 2, y: y + height / 2 },
  ])
  const points = [...corners, ...edges.flat()]
  const [left, top] = [Math.min(...points.map(({ x }) => x)), Math.min(...points.map(({ y }) => y))]
  const [right, bottom] = [Math.max(...points.map(({ x }) => x)), Math.max(...points.map(({ y }) => y))]
  const moved = <T extends Point>(point: T): T => ({ ...point, x: point.x - left + MARGIN, y: point.y - top + MARGIN })
  return {
    ...{ width: right - left + 2 * MARGIN, height: bottom - top + 2 * MARGIN },
    boxes: new Map([...boxes].map(([id, box]) => [id, moved(box)])),
    frames: frames.map(moved),
    edges: edges.map((route) => route.map(moved)),
  }
}

const PREFIX = 'frame:/'
const frameId = (path: readonly string[]): string => `${PREFIX}${path.join('/')}`
const parentOf = (frame: string): string => frame.slice(0, frame.lastIndexOf('/'))

/** Frames that hold two boxes or more, outer before inner: a frame around one box says nothing. */
function framesOf(boxes: FoldedGraph['boxes']): ReadonlySet<string> {
  const sizes = new Map<string, number>()
  for (const { frames } of boxes) {
    for (let depth = 1; depth <= frames.length; depth += 1) {
      const id = frameId(frames.slice(0, depth))
      sizes.set(id, (sizes.get(id) ?? 0) + 1)
    }
  }
  const kept = [...sizes].filter(([, size]) => size > 1).map(([id]) => id)
  return new Set(kept.sort((a, b) => a.length - b.length))
}
