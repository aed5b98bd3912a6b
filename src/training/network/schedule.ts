import { unreachable } from '../../core/check.ts'

/** How the learning rate moves while training. */
export type Schedule =
  | { readonly kind: 'constant' }
  /** Times `factor` after every `epochs`. */
  | { readonly kind: 'step'; readonly epochs: number; readonly factor: number }
  /** Linear from 0 over the share `warmUp` of all steps, then half a cosine down to `floor` × the rate (Loshchilov and Hutter 2017, eq. 5). */
  | { readonly kind: 'cosine'; readonly warmUp: number; readonly floor: number }
  /** Times `factor` when the validation loss has not fallen by the share `threshold` for more than `patience` epochs; not below `floor` × the rate. */
  | {
      readonly kind: 'plateau'
      readonly factor: number
      readonly patience: number
      readonly threshold: number
      readonly floor: number
    }

/** What a schedule remembers between epochs. */
export interface PlateauState {
  readonly bestLoss: number
  readonly badEpochs: number
  /** Factor of the learning rate. */
  readonly scale: number
}

export const FRESH_PLATEAU: PlateauState = { bestLoss: Number.MAX_VALUE, badEpochs: 0, scale: 1 }

interface Progress {
  /** Updates made so far. */
  readonly step: number
  /** Updates of the whole training, should it not stop early. */
  readonly stepsMax: number
  /** Epochs done so far. */
  readonly epoch: number
  readonly plateau: PlateauState
}

/** Factor of the learning rate for the next update. */
export function rateScale(schedule: Schedule, { step, stepsMax, epoch, plateau }: Progress): number {
  switch (schedule.kind) {
    case 'constant':
      return 1
    case 'step':
      return schedule.factor ** Math.floor(epoch / schedule.epochs)
    case 'cosine':
      return cosineScale(step, stepsMax, schedule)
    case 'plateau':
      return plateau.scale
    default:
      return unreachable(schedule)
  }
}

function cosineScale(step: number, stepsMax: number, { warmUp, floor }: Schedule & { kind: 'cosine' }): number {
  const warmUpSteps = Math.round(warmUp * stepsMax)
  // The first step already moves: a rate of 0 would waste it.
  if (step < warmUpSteps) return (step + 1) / warmUpSteps
  const done = (step - warmUpSteps) / Math.max(1, stepsMax - warmUpSteps)
  return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)))
}

/** The plateau's state after an epoch; as PyTorch's `ReduceLROnPlateau` with a relative threshold and no cool-down. */
export function afterEpoch(schedule: Schedule, state: PlateauState, validationLoss: number): PlateauState {
  if (schedule.kind !== 'plateau') return state
  if (validationLoss < state.bestLoss * (1 - Math.sign(state.bestLoss) * schedule.threshold)) {
    return { ...state, bestLoss: validationLoss, badEpochs: 0 }
  }
  const badEpochs = state.badEpochs + 1
  if (badEpochs <= schedule.patience) return { ...state, badEpochs }
  return { ...state, badEpochs: 0, scale: Math.max(schedule.floor, state.scale * schedule.factor) }
}
