import type { EpochMs } from '../core/units.ts'
import type { RiskLimits } from './limits.ts'

/** Tokens spent and not yet refilled, of the second's and the minute's bucket, at `at`. */
export interface RateState {
  readonly at: EpochMs
  readonly secondSpent: number
  readonly minuteSpent: number
}

export const FULL_RATE: RateState = { at: 0 as EpochMs, secondSpent: 0, minuteSpent: 0 }

type Limits = Pick<RiskLimits, 'messagesPerSecondMax' | 'messagesPerMinuteMax' | 'messageReserveFraction'>

/** Token buckets as deep as the limit, refilled evenly: any window of one period sees at most twice the limit. Time never runs back. */
function refill(limits: Limits, state: RateState, now: EpochMs): RateState {
  const at = now > state.at ? now : state.at
  const elapsedSeconds = (at - state.at) / 1_000
  return {
    at,
    secondSpent: Math.max(0, state.secondSpent - elapsedSeconds * limits.messagesPerSecondMax),
    minuteSpent: Math.max(0, state.minuteSpent - (elapsedSeconds / 60) * limits.messagesPerMinuteMax),
  }
}

/** Absorbs the rounding of the refill. */
const SLACK = 1e-9

/** Whether one more message may go. Entries leave the reserve alone (but for a limit of one, which leaves none); exits may use it. */
export function maySend(limits: Limits, state: RateState, now: EpochMs, purpose: 'entry' | 'exit'): boolean {
  const { secondSpent, minuteSpent } = refill(limits, state, now)
  const share = purpose === 'entry' ? 1 - limits.messageReserveFraction : 1
  const isWithin = (spent: number, max: number) => spent + 1 <= Math.max(1, max * share) + SLACK
  return isWithin(secondSpent, limits.messagesPerSecondMax) && isWithin(minuteSpent, limits.messagesPerMinuteMax)
}

/** Counts a message that went, allowed or not. */
export function spend(limits: Limits, state: RateState, now: EpochMs): RateState {
  const { at, secondSpent, minuteSpent } = refill(limits, state, now)
  return { at, secondSpent: secondSpent + 1, minuteSpent: minuteSpent + 1 }
}
