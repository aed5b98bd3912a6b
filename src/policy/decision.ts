import type { InstrumentSymbol } from '../core/instrument.ts'
import type { EpochMs } from '../core/units.ts'

/** Why the policy keeps its hands still. */
export type AbstainReason =
  | 'warm-up'
  | 'tainted'
  | 'no-forecast'
  | 'model-expired'
  | 'edge-below-cost'
  | 'inside-band'
  | 'stale'
  | 'drift'
  | 'outlier'
  | 'calibration'

/** What to hold. `abstain` leaves the position as it is. Lots are signed. */
export type Target =
  | {
      readonly kind: 'target'
      readonly lots: number
      readonly edgeBps: number
      readonly costBps: number
      readonly reason: 'enter' | 'hold' | 'reduce' | 'exit' | 'reverse'
    }
  | { readonly kind: 'abstain'; readonly reason: AbstainReason; readonly edgeBps: number; readonly costBps: number }

/** Identity of a decision: at most one per instrument and bar close. A pure function of both. */
export const decisionIdOf = (symbol: InstrumentSymbol, barEndAt: EpochMs): string => `${symbol}@${barEndAt}`
