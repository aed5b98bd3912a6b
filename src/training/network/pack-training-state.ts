import type { OptimizerState } from '../../model/bundle/optimizer-state.ts'
import type { JsonObject } from '../../model/bundle/plain-json.ts'
import type { ForecasterScales } from '../../model/network-forecaster.ts'
import type { TrainingState } from './training-state.ts'

/** A training state and the scales that its weights belong to as the content of `optimizer.bin`. */
export function packTrainingState(
  state: TrainingState,
  settings: JsonObject,
  { scaler, scaleBps, thresholdBps }: ForecasterScales,
): OptimizerState {
  const { weights, moments, step, epoch, plateau, best } = state
  return {
    step,
    counters: {
      epoch,
      plateauBestLoss: plateau.bestLoss,
      plateauBadEpochs: plateau.badEpochs,
      plateauScale: plateau.scale,
      bestLoss: best.loss,
      bestEpoch: best.epoch,
      scalerClip: scaler.clip,
      scaleBps,
      thresholdBps,
    },
    settings,
    vectors: {
      weights,
      bestWeights: best.weights,
      scalerCentre: scaler.centre,
      scalerScale: scaler.scale,
      ...Object.fromEntries(moments.map((moment, i) => [`moment${i}`, moment])),
    },
  }
}

/** The training state that `packTrainingState` packed. */
export function unpackTrainingState({ step, counters, vectors }: OptimizerState): TrainingState {
  const count = Object.keys(vectors).filter((name) => name.startsWith('moment')).length
  return {
    weights: vectors['weights']!,
    moments: Array.from({ length: count }, (_, i) => vectors[`moment${i}`]!),
    step,
    epoch: counters['epoch']!,
    plateau: {
      bestLoss: counters['plateauBestLoss']!,
      badEpochs: counters['plateauBadEpochs']!,
      scale: counters['plateauScale']!,
    },
    best: { weights: vectors['bestWeights']!, loss: counters['bestLoss']!, epoch: counters['bestEpoch']! },
  }
}

/** The scales that `packTrainingState` packed; undefined in files of versions that did not. */
export function unpackScales({ counters, vectors }: OptimizerState): ForecasterScales | undefined {
  const { scalerClip: clip, scaleBps, thresholdBps } = counters
  const { scalerCentre: centre, scalerScale: scale } = vectors
  if (!centre || !scale || clip === undefined || scaleBps === undefined || thresholdBps === undefined) return undefined
  return { scaler: { features: centre.length, centre, scale, clip }, scaleBps, thresholdBps }
}
