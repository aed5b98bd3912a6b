import type { Graph, Value } from '../../graph/graph.ts'
import type { Network } from '../../graph/network.ts'
import { add, mul, sub } from '../../graph/ops/elementwise.ts'
import { concat, reshape, split, transpose, transposeLast } from '../../graph/ops/layout.ts'
import { matMul } from '../../graph/ops/matrix.ts'
import { softmax } from '../../graph/ops/normalise.ts'
import { reduceSum } from '../../graph/ops/reduce.ts'

interface AttentionColumns {
  readonly rows: number
  readonly steps: number
  readonly width: number
  readonly heads: number
  /** Added to the scores, [steps, steps]. */
  readonly mask?: Value | undefined
  /** Share of attention weights dropped. */
  readonly dropout: number
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1) of queries, keys and values below each other, [3 × width, rows × steps], the
 * scale already in the queries → [width, rows × steps].
 */
export function attentionColumns(network: Network, stacked: Value, options: AttentionColumns): Value {
  const { graph } = network
  const { rows, steps, width, heads, mask, dropout } = options
  const size = width / heads
  /** [n × size, rows × steps] → [n, rows, size, steps]: whole runs of steps are moved. */
  const apart = (value: Value, count: number): Value =>
    transpose(graph, reshape(graph, value, [count, size, rows, steps]), [0, 2, 1, 3])
  const together = (value: Value, count: number): Value =>
    reshape(graph, transpose(graph, value, [0, 2, 1, 3]), [count * size, rows * steps])
  return graph.composite('attention', [stacked], () => {
    const parts = split(graph, apart(stacked, 3 * heads), 0, [heads, heads, heads])
    const [queries, keys, values] = parts as readonly [Value, Value, Value]
    const scores = matMul(graph, transposeLast(graph, queries), keys)
    const weights = softmax(graph, mask ? add(graph, scores, mask) : scores)
    const kept = network.dropout(weights, dropout)
    const mixed = matMul(graph, values, transposeLast(graph, kept))
    return {
      outputs: [together(mixed, heads)],
      pullback: ([d]) => [
        () => {
          const dMixed = apart(d!, heads)
          const dKept = matMul(graph, transposeLast(graph, dMixed), values)
          // Σ of weights × their gradients over the keys, from the much smaller mixture.
          const sum = reduceSum(graph, mul(graph, dMixed, mixed), [2])
          const dScores = scoreGradient(graph, weights, kept, dKept, reshape(graph, sum, [heads, rows, steps, 1]))
          const dQueries = matMul(graph, keys, transposeLast(graph, dScores))
          const dKeys = matMul(graph, queries, dScores)
          const dValues = matMul(graph, dMixed, kept)
          return together(concat(graph, [dQueries, dKeys, dValues], 0), 3 * heads)
        },
      ],
    }
  })[0]!
}

/** P ∘ (dP − Σ P ∘ dP); dropped weights take no part in dP. */
function scoreGradient(graph: Graph, weights: Value, kept: Value, dKept: Value, sum: Value): Value {
  if (kept === weights) return mul(graph, weights, sub(graph, dKept, sum))
  return sub(graph, mul(graph, kept, dKept), mul(graph, weights, sum))
}
