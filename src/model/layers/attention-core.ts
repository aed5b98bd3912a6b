import type { Graph, Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { add, mul, sub } from '../graph/ops/elementwise.ts'
import { transposeLast } from '../graph/ops/layout.ts'
import { matMul } from '../graph/ops/matrix.ts'
import { softmax } from '../graph/ops/normalise.ts'
import { reduceSum } from '../graph/ops/reduce.ts'

interface CoreOptions {
  /** Added to the scores, [steps, steps]. */
  readonly mask?: Value
  /** Share of attention weights dropped while training. */
  readonly dropout: number
}

/**
 * softmax(Q Kᵀ + mask) V of every head; all [rows, heads, steps, size], queries already scaled. Differentiated as one: no product is
 * transposed after it was made, and the row sums in softmax's gradient are taken over O ∘ dO, which is as wide as a head, not as the
 * window (Dao et al. 2022, "FlashAttention", §3.1).
 */
export function attentionCore(
  network: Network,
  queries: Value,
  keys: Value,
  values: Value,
  { mask, dropout }: CoreOptions,
): Value {
  const { graph } = network
  const [output] = graph.composite('attention', [queries, keys, values], () => {
    const scores = matMul(graph, queries, transposeLast(graph, keys))
    const weights = softmax(graph, mask ? add(graph, scores, mask) : scores)
    const kept = network.dropout(weights, dropout)
    const mixed = matMul(graph, kept, values)
    return {
      outputs: [mixed],
      pullback: ([d]) => {
        let found: Value | undefined
        const dScores = (): Value => {
          found ??= scoreGradient(graph, { weights, kept, mixed, d: d!, values })
          return found
        }
        return [
          () => matMul(graph, dScores(), keys),
          () => matMul(graph, transposeLast(graph, dScores()), queries),
          () => matMul(graph, transposeLast(graph, kept), d!),
        ]
      },
    }
  })
  return output!
}

interface CoreParts {
  /** After softmax. */
  readonly weights: Value
  /** The same after dropout. */
  readonly kept: Value
  /** Output, and its gradient. */
  readonly mixed: Value
  readonly d: Value
  readonly values: Value
}

/** P ∘ (dP − Σ P ∘ dP) with Σ P ∘ dP = Σ O ∘ dO; dropped weights take no part in dP. */
function scoreGradient(graph: Graph, { weights, kept, mixed, d, values }: CoreParts): Value {
  const dWeights = matMul(graph, d, transposeLast(graph, values))
  const rowSums = reduceSum(graph, mul(graph, mixed, d), [-1])
  if (kept === weights) return mul(graph, weights, sub(graph, dWeights, rowSums))
  return sub(graph, mul(graph, kept, dWeights), mul(graph, weights, rowSums))
}
