import type { Value } from '../graph/graph.ts'
import type { InitialWeights } from '../graph/initial-weights.ts'
import { uniformByFanIn } from '../graph/initial-weights.ts'
import type { Network } from '../graph/network.ts'
import { linear } from '../graph/ops/matrix.ts'
import { sizeOf } from '../graph/shape.ts'

/** `x W + b` over the last axis with PyTorch's start of `nn.Linear`: x [..., n] → [..., `width`]. Parameters as `denseWeights`. */
export function dense(network: Network, x: Value, width: number, initial?: InitialWeights): Value {
  const { weights, bias } = denseWeights(network, sizeOf(x.shape, -1), width, initial)
  return linear(network.graph, x, weights, bias)
}

/** `weights` [from, to], `bias` [to]. */
export const denseWeights = (
  network: Network,
  from: number,
  to: number,
  initial: InitialWeights = uniformByFanIn(from),
): { readonly weights: Value; readonly bias: Value } => ({
  weights: network.parameter('weights', [from, to], initial),
  bias: network.parameter('bias', [to], initial, false),
})
