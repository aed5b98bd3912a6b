import type { Graph, Value } from '../graph/graph.ts'
import { uniformByFanIn } from '../graph/initial-weights.ts'
import type { Network } from '../graph/network.ts'
import { add } from '../graph/ops/elementwise.ts'
import { reshape, transpose } from '../graph/ops/layout.ts'
import { matMul } from '../graph/ops/matrix.ts'
import { sizeOf } from '../graph/shape.ts'
import { dense } from './dense.ts'

/**
 * From the steps of each channel to `width` values: x [batch, channels, steps] → [batch, channels, width]. One map for all channels, or
 * with `individual` one for each: parameters `weights` [channels, steps, width], `bias` [channels, 1, width].
 */
export function channelLinear(network: Network, x: Value, width: number, individual: boolean): Value {
  if (!individual) return dense(network, x, width)
  const { graph } = network
  const [channels, steps] = [sizeOf(x.shape, 1), sizeOf(x.shape, 2)]
  const weights = network.parameter('weights', [channels, steps, width], uniformByFanIn(steps))
  const bias = network.parameter('bias', [channels, 1, width], uniformByFanIn(steps), false)
  const mapped = add(graph, matMul(graph, transpose(graph, x, [1, 0, 2]), weights), bias)
  return transpose(graph, mapped, [1, 0, 2])
}

/** [batch, steps, channels] → [batch, channels, steps], or back. */
export function swapStepsAndChannels(graph: Graph, x: Value): Value {
  const [batch, left, right] = [x.shape[0]!, sizeOf(x.shape, 1), sizeOf(x.shape, 2)]
  // A single channel needs no copy.
  if (left === 1 || right === 1) return reshape(graph, x, [batch, right, left])
  return transpose(graph, x, [0, 2, 1])
}
