import { seededRandom } from '../../core/random.ts'
import { drawWeights } from '../../model/graph/draw-weights.ts'
import { momentCount } from '../../model/optimise/optimiser.ts'
import { trainingGraphs } from '../../model/optimise/training-graphs.ts'
import type { SeriesModel } from '../../model/series/series-model.ts'
import type { SeriesLoss } from '../../model/series/series-objective.ts'
import { seriesObjective } from '../../model/series/series-objective.ts'
import type { GraphEngine } from '../graph-engine.port.ts'
import { evaluationOf, shuffledTraining } from '../network/batches.ts'
import type { EpochReport, TrainingSettings } from '../network/train-network.ts'
import { trainNetwork } from '../network/train-network.ts'
import { freshState } from '../network/training-state.ts'
import { graphForecaster } from './graph-forecaster.ts'
import { seriesBatches } from './series-batches.ts'
import type { SeriesTrainer } from './series-trainer.ts'

export interface GradientTrainerOptions {
  readonly name: string
  readonly model: SeriesModel
  /** Minimised in training and watched on the validation part. */
  readonly loss: SeriesLoss
  readonly training: TrainingSettings
  /** Windows in one run of a graph. */
  readonly batchSize: number
}

/**
 * Fits a network by gradients: windows of the training part in drawn order, the weights of the pass with the lowest validation loss kept.
 * Equal settings on one engine give the same forecaster. `report` is told after each pass.
 */
export const gradientTrainer = (
  engine: GraphEngine,
  { name, model, loss, training, batchSize }: GradientTrainerOptions,
  report?: (epoch: EpochReport) => void,
): SeriesTrainer => ({
  name,
  async fit(data, settings) {
    const { update, seed, batchesPerUpdate } = training
    const { channels } = data
    const graphs = trainingGraphs(seriesObjective({ model, batch: batchSize, ...settings, channels, loss }), update)
    const { state } = await trainNetwork({
      graphs,
      engine,
      state: freshState(drawWeights(graphs.layout, seededRandom(seed)), momentCount(update.optimiser)),
      train: shuffledTraining(seriesBatches(data, 'train', settings), { batchSize, batchesPerUpdate }),
      validation: evaluationOf(seriesBatches(data, 'validation', settings), batchSize),
      settings: training,
      onEpoch: report,
    })
    return await graphForecaster(engine, model, graphs.layout, state.best.weights, channels, settings)
  },
})
