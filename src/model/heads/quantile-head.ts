import { check } from '../../core/check.ts'
import type { Value } from '../graph/graph.ts'
import { constantWeights, glorot } from '../graph/initial-weights.ts'
import type { Network } from '../graph/network.ts'
import { softplus } from '../graph/ops/elementwise.ts'
import { concat, split } from '../graph/ops/layout.ts'
import { linear, matMul } from '../graph/ops/matrix.ts'

/**
 * Quantiles that cannot cross: the middle one is free, each other one is its inner neighbour plus or minus a softplus
 * (Gasthaus et al. 2019, § 3). `representation` [rows, width] → [rows, levels], ascending.
 */
export function quantileHead(network: Network, representation: Value, levels: readonly number[]): Value {
  const { graph } = network
  check(levels.length > 0, 'quantile levels', levels.length)
  const width = Number(representation.shape[1])
  const count = levels.length
  const weights = network.parameter('weights', [width, count], glorot(width, count))
  const bias = network.parameter('bias', [count], constantWeights(0), false)
  const raw = linear(graph, representation, weights, bias)
  if (count === 1) return raw
  const middle = middleOf(levels)
  const sizes = [middle, 1, count - middle - 1].filter((size) => size > 0)
  const parts = split(graph, raw, 1, sizes)
  const at = middle > 0 ? 1 : 0
  const distances = parts.map((part, i) => (i === at ? part : softplus(graph, part)))
  return matMul(graph, concat(graph, distances, 1), graph.constant('steps', cumulative(count, middle), [count, count]))
}

/** Index of the level nearest to one half. */
export const middleOf = (levels: readonly number[]): number =>
  levels.reduce((best, level, i) => (Math.abs(level - 0.5) < Math.abs(levels[best]! - 0.5) ? i : best), 0)

/** Column `j` adds up the middle and the distances between it and `j`. Row-major, [from, to]. */
function cumulative(count: number, middle: number): number[] {
  const entry = (from: number, to: number): number => {
    if (from === middle) return 1
    if (from > middle) return to >= from ? 1 : 0
    return to <= from ? -1 : 0
  }
  return Array.from({ length: count * count }, (_, i) => entry(Math.floor(i / count), i % count))
}
