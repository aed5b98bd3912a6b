import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { add, sub } from '../graph/ops/elementwise.ts'
import { slice } from '../graph/ops/layout.ts'
import { sizeOf } from '../graph/shape.ts'
import { channelLinear, swapStepsAndChannels } from './channel-linear.ts'
import { movingAverage } from './moving-average.ts'

/**
 * NLinear (Zeng et al. 2023, "Are Transformers effective for time series forecasting?", §4): the last value is taken out of the window,
 * one linear map goes from its steps to `width` values, and the last value is put back. x [batch, steps, channels] →
 * [batch, channels, width].
 */
export function nlinearMap(network: Network, x: Value, width: number, individual: boolean): Value {
  const { graph } = network
  const rows = swapStepsAndChannels(graph, x)
  const steps = sizeOf(rows.shape, 2)
  const last = slice(graph, rows, 2, steps - 1, steps)
  return add(graph, channelLinear(network, sub(graph, rows, last), width, individual), last)
}

/**
 * DLinear (Zeng et al. 2023, §4): a moving average of `kernel` values is the trend; trend and remainder have a linear map each.
 * x [batch, steps, channels] → [batch, channels, width].
 */
export function dlinearMap(network: Network, x: Value, width: number, individual: boolean, kernel: number): Value {
  const { graph } = network
  const rows = swapStepsAndChannels(graph, x)
  const trend = movingAverage(graph, rows, kernel)
  const remainder = sub(graph, rows, trend)
  return add(
    graph,
    network.scope('trend', () => channelLinear(network, trend, width, individual)),
    network.scope('remainder', () => channelLinear(network, remainder, width, individual)),
  )
}
