import type { Graph, Value } from '../graph/graph.ts'
import { reshape } from '../graph/ops/layout.ts'
import { reduceMean } from '../graph/ops/reduce.ts'
import { absoluteLoss, huberLoss, squaredLoss, weightedSum } from '../heads/losses.ts'
import type { Objective } from '../optimise/training-graphs.ts'
import type { SeriesModel } from './series-model.ts'

export type SeriesLoss = 'mse' | 'mae' | 'huber'

interface SeriesObjectiveOptions {
  readonly model: SeriesModel
  readonly batch: number
  readonly lookBack: number
  readonly horizon: number
  readonly channels: number
  readonly loss: SeriesLoss
}

/** Where the Huber loss turns linear, in deviations of the series. */
const HUBER_DELTA = 1

const LOSSES: Readonly<Record<SeriesLoss, (graph: Graph, forecast: Value, target: Value) => Value>> = {
  mse: squaredLoss,
  mae: absoluteLoss,
  huber: (graph, forecast, target) => huberLoss(graph, forecast, target, HUBER_DELTA),
}

/**
 * Mean loss over horizon and channels. Inputs: `x` [batch, lookBack, channels], `target` [batch, horizon, channels], `sampleWeight`
 * [batch], which sum to 1 over the rows that count; output `forecast` [batch, horizon, channels].
 */
export function seriesObjective(options: SeriesObjectiveOptions): Objective {
  const { model, batch, lookBack, horizon, channels, loss } = options
  return {
    name: 'series',
    build(network) {
      const { graph } = network
      const x = graph.input('x', [batch, lookBack, channels])
      const target = graph.input('target', [batch, horizon, channels])
      const sampleWeight = graph.input('sampleWeight', [batch])
      const forecast = model(network, x, horizon)
      const losses = LOSSES[loss](graph, forecast, target)
      const rows = reshape(graph, reduceMean(graph, losses, [1, 2]), [batch, 1])
      return { loss: weightedSum(graph, rows, sampleWeight), outputs: { forecast } }
    },
  }
}
