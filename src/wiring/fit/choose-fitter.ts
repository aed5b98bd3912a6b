import { onnxEngine } from '../../adapters/onnx/onnx-engine.ts'
import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import { reservoirFitter } from '../../training/fit-reservoir-forecaster.ts'
import { fitRidgeForecaster } from '../../training/fit-ridge-forecaster.ts'
import type { FitForecaster } from '../../training/fitted-forecaster.ts'
import type { GraphEngine } from '../../training/graph-engine.port.ts'
import type { ModelSettings } from '../../training/model-settings.ts'
import { solvedReservoir } from '../../training/model-settings.ts'
import type { CheckpointStore } from '../../training/network/checkpoint.ts'
import type { Continuation } from '../../training/network/continuation.ts'
import { networkFitter } from '../../training/network/fit-network-forecaster.ts'
import type { NetworkSettings } from '../../training/network/network-settings.ts'
import type { EpochReport, TrainingResult } from '../../training/network/train-network.ts'
import type { TrainingOptions } from '../../training/network/training-options.ts'
import type { WarmStart } from '../../training/network/warm-start.ts'
import type { Io } from '../io.ts'

/** Reads what to go on from, for these settings. */
export type ReadContinuation = (settings: NetworkSettings) => Promise<Continuation>

/** What a network begins from, and who hears how it goes. */
export interface FitterOptions {
  /** Training goes on from what it reads, on the same data. */
  readonly resume?: ReadContinuation | undefined
  /** First weights on other data; undefined: fresh ones. */
  readonly warmStart?: ((settings: NetworkSettings) => Promise<WarmStart | undefined>) | undefined
  readonly checkpoint?: CheckpointStore | undefined
  /** Most threads, whatever the settings say. */
  readonly threadsMax?: number
  /** `of`: epochs at most. Absent: a line on standard error. */
  onEpoch?(report: EpochReport, of: number): void
}

/** How the model of `settings` is fitted; ridge without any. */
export async function chooseFitter(
  settings: ModelSettings | undefined,
  io: Io,
  options: FitterOptions = {},
): Promise<FitForecaster> {
  const { architecture, heads, training } = settings ?? { architecture: { solved: 'ridge' } as const }
  const reservoir = settings && solvedReservoir(settings)
  if ('solved' in architecture || reservoir) {
    if (options.resume)
      throw new InputError('--resume was given; a model that is solved in closed form has nothing to go on from')
    return reservoir ? reservoirFitter(reservoir) : fitRidgeForecaster
  }
  check(
    heads !== undefined && training !== undefined,
    'heads and training of a network',
    architecture.architecture.name,
  )
  const threads = Math.min(training!.threads, options.threadsMax ?? Number.POSITIVE_INFINITY)
  return trainer({ architecture, heads: heads!, training: { ...training!, threads } }, io, options)
}

async function trainer(settings: NetworkSettings, io: Io, options: FitterOptions): Promise<FitForecaster> {
  const engine = await engineOf(settings.training)
  const from = await options.resume?.(settings)
  const warmStart = await options.warmStart?.(settings)
  return async (data, split) => {
    let stopped = false
    const unregister = io.onStop((why) => {
      stopped = true
      io.err(`${why}: stops after this epoch and packs the best so far; once more ends at once and leaves nothing`)
    })
    try {
      return await networkFitter({
        settings,
        engine,
        servingEngine: onnxEngine({ provider: 'cpu', threads: 1 }),
        ...{ from, warmStart, checkpoint: options.checkpoint },
        onEpoch: (report) =>
          options.onEpoch ? options.onEpoch(report, settings.training.epochsMax) : io.err(epochLine(report)),
        isStopped: () => stopped,
        onEnd: (result) => io.err(endLine(result)),
      })(data, split)
    } finally {
      unregister()
    }
  }
}

async function engineOf({ engine, provider, threads }: TrainingOptions): Promise<GraphEngine> {
  if (engine === 'onnx') return onnxEngine({ provider, threads })
  const [{ loadTfjs }, { tfjsEngine }] = await Promise.all([
    import('../../adapters/tfjs/load-tfjs.ts'),
    import('../../adapters/tfjs/tfjs-engine.ts'),
  ])
  return tfjsEngine(await loadTfjs())
}

export const epochLine = ({ epoch, trainLoss, validationLoss, learningRate, gradientNorm }: EpochReport): string =>
  `epoch ${epoch}: loss ${trainLoss.toFixed(5)}, validation ${validationLoss.toFixed(5)}, ` +
  `learning rate ${learningRate.toPrecision(3)}, gradient ${gradientNorm.toPrecision(3)}`

const WHY: Readonly<Record<TrainingResult['stoppedBy'], string>> = {
  epochs: 'all epochs done',
  patience: 'no lower validation loss for training.patience epochs',
  request: 'stopped on request',
  diverged: 'diverged: a loss or a gradient was not finite',
}

const endLine = ({ stoppedBy, state }: TrainingResult): string => `${WHY[stoppedBy]}; keeps epoch ${state.best.epoch}`
