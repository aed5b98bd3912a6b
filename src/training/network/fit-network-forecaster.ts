import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import { sha256Of } from '../../model/bundle/manifest.ts'
import { encodeOptimizerState } from '../../model/bundle/optimizer-state.ts'
import { LEVELS } from '../../model/forecaster-outputs.ts'
import type { Dataset } from '../dataset.ts'
import type { FitForecaster, FittedForecaster } from '../fitted-forecaster.ts'
import type { GraphEngine, GraphSession } from '../graph-engine.port.ts'
import type { CheckpointStore, Losses } from './checkpoint.ts'
import { packCheckpoint, unpackCheckpoint } from './checkpoint.ts'
import type { Continuation } from './continuation.ts'
import { settingsRecord } from './continuation.ts'
import type { NetworkFit } from './fit-network.ts'
import { fitNetwork } from './fit-network.ts'
import { forecastRows } from './forecast-rows.ts'
import type { NetworkSettings } from './network-settings.ts'
import { packTrainingState } from './pack-training-state.ts'
import type { EpochReport, TrainingResult } from './train-network.ts'
import type { WarmStart } from './warm-start.ts'

export interface NetworkFitter {
  readonly settings: NetworkSettings
  /** Trains. */
  readonly engine: GraphEngine
  /** Computes what the bundle will compute: ONNX Runtime on the CPU. */
  readonly servingEngine: GraphEngine
  /** What to go on from; absent: fresh weights. */
  readonly from?: Continuation | undefined
  /** What to begin from on other data; without `from`. */
  readonly warmStart?: WarmStart | undefined
  /** Makes this training go on where a crash cut it short; without `from`. */
  readonly checkpoint?: CheckpointStore | undefined
  readonly onEpoch?: (report: EpochReport) => void
  /** Asked after each epoch: true ends the training, and the best weights so far are packed. */
  readonly isStopped?: () => boolean
  readonly onEnd?: (result: TrainingResult) => void
}

const NO_LOSSES: Losses = { train: [], validation: [] }

/** Fits networks as `settings` says. */
export function networkFitter(fitter: NetworkFitter): FitForecaster {
  const { settings, engine, servingEngine, from, warmStart, checkpoint, onEpoch, isStopped, onEnd } = fitter
  check(from === undefined || warmStart === undefined, 'a continuation or a warm start, not both', from?.version)
  return async (data, split) => {
    const bytes = await checkpoint?.load()
    const kept = bytes && unpackCheckpoint(bytes)
    const resumed = kept ?? from
    const before = resumed?.losses ?? NO_LOSSES
    const curve: EpochReport[] = []
    const fit = await fitNetwork({
      ...{ data, split, settings, engine, warmStart, isStopped },
      state: resumed?.state,
      async onEpoch(report, state, scales) {
        curve.push(report)
        onEpoch?.(report)
        await checkpoint?.save(packCheckpoint(state, scales, before, curve))
      },
    })
    if (curve.length === 0 && !kept) throw nothingTrained(fit.training.stoppedBy, settings, from)
    onEnd?.(fit.training)
    return fittedOf(fit, data, fitter, before, await servingEngine.load(fit.graph))
  }
}

function nothingTrained(
  stoppedBy: TrainingResult['stoppedBy'],
  { training: { learningRate, epochsMax } }: NetworkSettings,
  from: Continuation | undefined,
): InputError {
  return stoppedBy === 'diverged'
    ? new InputError(
        `training.learningRate was ${learningRate}; training diverged in its first epoch: it must be lower`,
      )
    : new InputError(
        `training.epochsMax was ${epochsMax}; ${from?.version} has ${from?.state.epoch} epochs: there is nothing to go on with`,
      )
}

function fittedOf(
  { scales, deviationBps, graph, training }: NetworkFit,
  { shape }: Dataset,
  { settings, engine, from, warmStart }: NetworkFitter,
  before: Losses,
  session: GraphSession,
): FittedForecaster {
  const parent = (from ?? warmStart)?.version
  const { state, curve } = training
  const { architecture, training: options } = settingsRecord(settings)
  const losses = {
    train: [...before.train, ...curve.map(({ trainLoss }) => trainLoss)],
    validation: [...before.validation, ...curve.map(({ validationLoss }) => validationLoss)],
  }
  return {
    architecture,
    versionPrefix: architecture.name,
    graph,
    calibration: { levels: [...LEVELS], thresholdBps: scales.thresholdBps },
    deviationBps,
    trials: state.epoch,
    weights: { count: state.weights.length, sha256: sha256Of(littleEndian(state.best.weights)) },
    training: {
      engine: engine.name,
      provider: training.provider,
      seed: settings.training.seed,
      optimizer: options,
      epochs: state.epoch,
      bestEpoch: state.best.epoch,
      losses,
    },
    ...(parent !== undefined && { parent }),
    optimizer: encodeOptimizerState(packTrainingState(state, options, scales)),
    forecast: (inputs, rows) => forecastRows(session, inputs, rows, [shape.steps, shape.featureNames.length]),
    release: () => session.release(),
  }
}

function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of values.entries()) view.setFloat32(i * 4, value, true)
  return bytes
}
