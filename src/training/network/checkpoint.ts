import { decodeOptimizerState, encodeOptimizerState } from '../../model/bundle/optimizer-state.ts'
import type { ForecasterScales } from '../../model/network-forecaster.ts'
import { packTrainingState, unpackTrainingState } from './pack-training-state.ts'
import type { EpochReport } from './train-network.ts'
import type { TrainingState } from './training-state.ts'

/** Keeps the last epoch of one training, so that a crash costs no more than the epoch that it happened in. */
export interface CheckpointStore {
  /** What was kept under the same data and settings; undefined: nothing. */
  load(): Promise<Uint8Array | undefined>
  /** Durable when it resolves; takes the place of the one before. */
  save(bytes: Uint8Array): Promise<void>
}

/** Mean loss of each epoch so far. */
export interface Losses {
  readonly train: readonly number[]
  readonly validation: readonly number[]
}

/** Where a training goes on. */
export interface Resumed {
  readonly state: TrainingState
  readonly losses: Losses
}

export const packCheckpoint = (
  state: TrainingState,
  scales: ForecasterScales,
  before: Losses,
  curve: readonly EpochReport[],
): Uint8Array =>
  encodeOptimizerState(
    packTrainingState(
      state,
      {
        trainLosses: [...before.train, ...curve.map(({ trainLoss }) => trainLoss)],
        validationLosses: [...before.validation, ...curve.map(({ validationLoss }) => validationLoss)],
      },
      scales,
    ),
  )

/** Undefined: it is damaged, and the training begins afresh. */
export function unpackCheckpoint(bytes: Uint8Array): Resumed | undefined {
  try {
    const kept = decodeOptimizerState(bytes, 'checkpoint')
    return {
      state: unpackTrainingState(kept),
      losses: {
        train: kept.settings['trainLosses'] as readonly number[],
        validation: kept.settings['validationLosses'] as readonly number[],
      },
    }
  } catch {
    return undefined
  }
}
