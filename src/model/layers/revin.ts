import type { Graph, Value } from '../graph/graph.ts'
import { constantWeights } from '../graph/initial-weights.ts'
import type { Network } from '../graph/network.ts'
import { add, div, mul, sqrt, square, sub } from '../graph/ops/elementwise.ts'
import { reduceMean } from '../graph/ops/reduce.ts'
import { sizeOf } from '../graph/shape.ts'

/** Added to the variance, as in the authors' code. */
const EPSILON = 1e-5

interface NormalisedWindow {
  /** [batch, steps, channels]. */
  readonly value: Value
  /** Puts a forecast [batch, horizon, channels] back into the units of the window. */
  restore(forecast: Value): Value
}

/**
 * Reversible instance normalisation (Kim et al. 2022, "Reversible Instance Normalization for Accurate Time-Series Forecasting against
 * Distribution Shift"): each channel of each window by its own mean and deviation over the steps. `affine`: parameters `gain` and
 * `offset` [channels]. x [batch, steps, channels].
 */
export function revin(network: Network, x: Value, affine: boolean): NormalisedWindow {
  const { graph } = network
  const channels = sizeOf(x.shape, 2)
  const mean = reduceMean(graph, x, [1])
  const centred = sub(graph, x, mean)
  const variance = reduceMean(graph, square(graph, centred), [1])
  const deviation = sqrt(graph, add(graph, variance, graph.scalar(EPSILON)))
  const plain = div(graph, centred, deviation)
  const restorePlain = (forecast: Value): Value => add(graph, mul(graph, forecast, deviation), mean)
  if (!affine) return { value: plain, restore: restorePlain }
  const gain = network.parameter('gain', [channels], constantWeights(1), false)
  const offset = network.parameter('offset', [channels], constantWeights(0), false)
  return {
    value: add(graph, mul(graph, plain, gain), offset),
    restore: (forecast) => restorePlain(div(graph, sub(graph, forecast, offset), guarded(graph, gain))),
  }
}

/** Keeps a gain of 0 from a division by 0; the authors add the square of their epsilon. */
const guarded = (graph: Graph, gain: Value): Value => add(graph, gain, graph.scalar(EPSILON ** 2))
