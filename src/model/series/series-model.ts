import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { swapStepsAndChannels } from '../layers/channel-linear.ts'
import { dense } from '../layers/dense.ts'
import { dlinearMap, nlinearMap } from '../layers/linear-decomposition.ts'
import type { PatchEncoderOptions } from '../layers/patch-encoder.ts'
import { patchEncoder } from '../layers/patch-encoder.ts'
import { revin } from '../layers/revin.ts'

/** Forecast of every channel over a horizon: x [batch, lookBack, channels] → [batch, horizon, channels]. */
export type SeriesModel = (network: Network, x: Value, horizon: number) => Value

interface LinearOptions {
  /** A map for each channel, not one for all. */
  readonly individual: boolean
}

export const nlinearSeries =
  ({ individual }: LinearOptions): SeriesModel =>
  (network, x, horizon) =>
    swapStepsAndChannels(network.graph, nlinearMap(network, x, horizon, individual))

export const dlinearSeries =
  ({ individual, kernel }: LinearOptions & { readonly kernel: number }): SeriesModel =>
  (network, x, horizon) =>
    swapStepsAndChannels(network.graph, dlinearMap(network, x, horizon, individual, kernel))

interface PatchSeriesOptions extends PatchEncoderOptions {
  /** RevIN with trained gain and offset. */
  readonly affine: boolean
  /** Share of the flattened patches dropped before the map to the horizon. */
  readonly headDropout: number
}

/** PatchTST (Nie et al. 2023): RevIN around `patchEncoder`, and one linear map from all patches of a channel to its horizon. */
export const patchSeries =
  ({ affine, headDropout, ...encoder }: PatchSeriesOptions): SeriesModel =>
  (network, x, horizon) => {
    const { value, restore } = network.scope('revin', () => revin(network, x, affine))
    const encoded = network.dropout(patchEncoder(network, value, encoder), headDropout)
    const forecast = network.scope('head', () => dense(network, encoded, horizon))
    return restore(swapStepsAndChannels(network.graph, forecast))
  }
