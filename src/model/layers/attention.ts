import { check } from '../../core/check.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { constantWeights, glorot, uniformByFanIn } from '../graph/initial-weights.ts'
import type { Network } from '../graph/network.ts'
import { add, scale } from '../graph/ops/elementwise.ts'
import { reshape, split, transpose, transposeLast } from '../graph/ops/layout.ts'
import { linear, matMul } from '../graph/ops/matrix.ts'
import { softmax } from '../graph/ops/normalise.ts'
import { shapeText, sizeOf } from '../graph/shape.ts'

export interface AttentionOptions {
  /** Divides the width. */
  readonly heads: number
  /** No step looks at a later one. */
  readonly causal?: boolean
  /** Share of attention weights dropped while training. */
  readonly dropout?: number
}

/** Far below any score, yet finite: exp of it is 0 in float32. */
const NEVER = -1e9

/**
 * Multi-head self-attention (Vaswani et al. 2017, §3.2) with the meaning and the start of PyTorch's `MultiheadAttention`:
 * x [rows, steps, width] → [rows, steps, width]. Queries, keys and values come from one product; parameters `inWeights`
 * [width, 3 × width], `inBias`, `outWeights` [width, width], `outBias`.
 */
export function multiHeadAttention(network: Network, x: Value, options: AttentionOptions): Value {
  const { graph } = network
  const { heads, causal = false, dropout = 0 } = options
  const [steps, width] = [sizeOf(x.shape, 1), sizeOf(x.shape, 2)]
  check(width % heads === 0, `attention: heads that divide width ${width}`, heads)
  const { inWeights, inBias, outWeights, outBias } = attentionWeights(network, width)
  const [queries, keys, values] = headsOf(graph, linear(graph, x, inWeights, inBias), heads)
  const scaled = scale(graph, queries, 1 / Math.sqrt(width / heads))
  const scores = matMul(graph, scaled, transposeLast(graph, keys))
  const weights = softmax(graph, causal ? add(graph, scores, causalMask(graph, steps)) : scores)
  const mixed = matMul(graph, network.dropout(weights, dropout), values)
  const joined = reshape(graph, transpose(graph, mixed, [0, 2, 1, 3]), x.shape)
  return linear(graph, joined, outWeights, outBias)
}

/** Parameters of an attention. */
export const attentionWeights = (network: Network, width: number) => ({
  inWeights: network.parameter('inWeights', [width, 3 * width], glorot(width, 3 * width)),
  inBias: network.parameter('inBias', [3 * width], constantWeights(0), false),
  outWeights: network.parameter('outWeights', [width, width], uniformByFanIn(width)),
  outBias: network.parameter('outBias', [width], constantWeights(0), false),
})

/** [rows, steps, 3 × width] → queries, keys and values, each [rows, heads, steps, width / heads]: one transposition for all. */
function headsOf(graph: Graph, projected: Value, heads: number): readonly [Value, Value, Value] {
  const [rows, steps, tripled] = projected.shape
  check(projected.shape.length === 3, 'attention: [rows, steps, width]', shapeText(projected.shape))
  const size = Number(tripled) / 3 / heads
  const parted = reshape(graph, projected, [rows!, steps!, 3, heads, size])
  const stacked = transpose(graph, parted, [2, 0, 3, 1, 4])
  const parts = split(graph, stacked, 0, [1, 1, 1])
  return parts.map((part) => reshape(graph, part, [rows!, heads, steps!, size])) as [Value, Value, Value]
}

/** [steps, steps]: 0 where row may look at column, far below it where the column is later. */
export function causalMask(graph: Graph, steps: number): Value {
  const values = Array.from({ length: steps * steps }, (_, i) => (i % steps > Math.floor(i / steps) ? NEVER : 0))
  return graph.constant('causal_mask', values, [steps, steps])
}
