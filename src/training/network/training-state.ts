import type { PlateauState } from './schedule.ts'
import { FRESH_PLATEAU } from './schedule.ts'

/** Everything that training goes on from, taken between epochs. */
export interface TrainingState {
  /** Flat, as the layout of the network. */
  readonly weights: Float32Array
  /** Of the optimiser, each as long as the weights. */
  readonly moments: readonly Float32Array[]
  /** Updates made. */
  readonly step: number
  /** Epochs done. */
  readonly epoch: number
  readonly plateau: PlateauState
  readonly best: BestWeights
}

/** Weights with the lowest validation loss so far. */
export interface BestWeights {
  readonly weights: Float32Array
  readonly loss: number
  /** Counted from 1; 0: before the first. */
  readonly epoch: number
}

export const freshState = (weights: Float32Array, moments: number): TrainingState => ({
  weights,
  moments: Array.from({ length: moments }, () => new Float32Array(weights.length)),
  step: 0,
  epoch: 0,
  plateau: FRESH_PLATEAU,
  best: { weights, loss: Number.MAX_VALUE, epoch: 0 },
})
