import { availableParallelism } from 'node:os'
import { onnxEngine } from '../../../src/adapters/onnx/onnx-engine.ts'
import type { SeriesModel } from '../../../src/model/series/series-model.ts'
import { dlinearSeries, nlinearSeries, patchSeries } from '../../../src/model/series/series-model.ts'
import type { SeriesLoss } from '../../../src/model/series/series-objective.ts'
import type { TrainingSettings } from '../../../src/training/network/train-network.ts'
import { ols, olsRaw } from '../../../src/training/series/closed-form-linear.ts'
import { gradientTrainer } from '../../../src/training/series/gradient-trainer.ts'
import { repeat } from '../../../src/training/series/repeat.ts'
import type { SeriesTrainer } from '../../../src/training/series/series-trainer.ts'

export interface SeriesModelOptions {
  /** Passes over the training part at most; undefined: as many as the model takes. Nothing to closed forms. */
  readonly epochs: number | undefined
  progress(text: string): void
}

type Schedule = Pick<TrainingSettings, 'learningRate' | 'schedule' | 'epochsMax' | 'patience'>

/** Zeng et al. 2023, `scripts/EXP-LongForecasting/Linear` of LTSF-Linear for ETTh1: 0.005, halved after each pass. */
const LINEAR: Schedule = {
  learningRate: 0.005,
  schedule: { kind: 'step', epochs: 1, factor: 0.5 },
  epochsMax: 10,
  patience: 3,
}

/** Ten to a hundred times fewer passes than the authors': a higher rate, let down to 0 by a cosine. */
const PATCH: Schedule = {
  learningRate: 0.001,
  schedule: { kind: 'cosine', warmUp: 0.1, floor: 0.01 },
  epochsMax: 4,
  patience: 4,
}

/**
 * Sizes of PatchTST/42 for ETTh1 (Nie et al. 2023, `scripts/PatchTST/etth1.sh`). Layer norms, before each part, stand for its batch norms,
 * and a Huber loss for its squared one: a few outliers of the validation part would else decide which pass is kept.
 */
const patchTransformer = patchSeries({
  patchLength: 16,
  patchStride: 8,
  layers: 3,
  width: 16,
  heads: 4,
  feedForwardWidth: 128,
  activation: 'gelu',
  norm: 'pre',
  causal: false,
  dropout: 0.3,
  attentionDropout: 0,
  headDropout: 0,
  affine: true,
})

/** Models by the name that `--models` takes. */
export const SERIES_MODELS: Readonly<Record<string, (options: SeriesModelOptions) => SeriesTrainer>> = {
  repeat: () => repeat,
  ols: () => ols,
  'ols-raw': () => olsRaw,
  nlinear: trained('nlinear', nlinearSeries({ individual: false }), 'mse', LINEAR),
  dlinear: trained('dlinear', dlinearSeries({ individual: false, kernel: 25 }), 'mse', LINEAR),
  'patch-transformer': trained('patch-transformer', patchTransformer, 'huber', PATCH),
}

function trained(
  name: string,
  model: SeriesModel,
  loss: SeriesLoss,
  schedule: Schedule,
): (options: SeriesModelOptions) => SeriesTrainer {
  return ({ epochs = schedule.epochsMax, progress }) =>
    gradientTrainer(
      onnxEngine({ provider: 'cpu', threads: availableParallelism() }),
      {
        name,
        model,
        loss,
        batchSize: 32,
        training: {
          ...schedule,
          epochsMax: epochs,
          update: {
            optimiser: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
            weightDecay: 0,
            l1: 0,
          },
          batchesPerUpdate: 1,
          seed: 1,
        },
      },
      ({ epoch, trainLoss, validationLoss }) =>
        progress(`${name}: pass ${epoch}, training ${trainLoss.toFixed(4)}, validation ${validationLoss.toFixed(4)}`),
    )
}
