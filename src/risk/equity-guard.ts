import type { EpochMs } from '../core/units.ts'

const DAY_MS = 86_400_000

/** Equity as the guard has seen it, quote currency. Plain data. `lastQuote` is `NaN` when the last reading was no number. */
export interface EquityState {
  readonly utcDay: number
  readonly dayStartQuote: number
  readonly peakQuote: number
  readonly lastQuote: number
}

/**
 * A new reading (wallet and unrealised profit). The day begins at 00:00 UTC with the last reading before it, or the first ever. A
 * reading that is no number leaves day and peak as they are, and shows as `lastQuote`, on which nothing is approved.
 */
export function stepEquity(state: EquityState | undefined, at: EpochMs, equityQuote: number): EquityState | undefined {
  if (!Number.isFinite(equityQuote)) return state && { ...state, lastQuote: Number.NaN }
  const utcDay = Math.floor(at / DAY_MS)
  if (state === undefined) {
    return { utcDay, dayStartQuote: equityQuote, peakQuote: equityQuote, lastQuote: equityQuote }
  }
  const isNewDay = utcDay > state.utcDay
  if (!isNewDay && state.lastQuote === equityQuote) return state
  const before = Number.isFinite(state.lastQuote) ? state.lastQuote : equityQuote
  return {
    utcDay: isNewDay ? utcDay : state.utcDay,
    dayStartQuote: isNewDay ? before : state.dayStartQuote,
    peakQuote: Math.max(state.peakQuote, equityQuote),
    lastQuote: equityQuote,
  }
}

/** Lost since the day began, quote currency; negative when won. */
export const dailyLossQuote = ({ dayStartQuote, lastQuote }: EquityState): number => dayStartQuote - lastQuote

/** Whether that fraction of the peak is lost; always when the peak never was above 0. Multiplied out, so that the limit is exact. */
export const isDrawnDown = ({ peakQuote, lastQuote }: EquityState, fraction: number): boolean =>
  peakQuote - lastQuote >= fraction * Math.max(0, peakQuote)
