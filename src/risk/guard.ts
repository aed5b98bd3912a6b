import type { EpochMs } from '../core/units.ts'
import { dailyLossQuote, type EquityState, isDrawnDown, stepEquity } from './equity-guard.ts'
import { type Latches, type LatchName, reset, trip } from './latches.ts'
import type { RiskLimits } from './limits.ts'
import { FULL_RATE, type RateState, spend } from './rate-limit.ts'

/** What risk remembers of the account between orders. Plain data: store it, and hand it back after a restart. */
export interface Guard {
  readonly latches: Latches
  readonly rate: RateState
  /** Absent before the first reading. */
  readonly equity?: EquityState | undefined
  /** Times of the executed orders inside the window, ascending; at most `executionsMax` of them. */
  readonly executions: readonly EpochMs[]
}

export const FRESH_GUARD: Guard = { latches: {}, rate: FULL_RATE, executions: [] }

/**
 * `equity`: a reading in quote currency, feed one after every fill and bar. `message`: an order or cancel was sent. `execution`: an
 * order had its first fill. `reset`: a person clears a latch; the measure that set it starts afresh from here.
 */
export type GuardEvent =
  | { readonly kind: 'equity'; readonly at: EpochMs; readonly equityQuote: number }
  | { readonly kind: 'message'; readonly at: EpochMs }
  | { readonly kind: 'execution'; readonly at: EpochMs }
  | { readonly kind: 'kill'; readonly at: EpochMs; readonly detail: string }
  | { readonly kind: 'reset'; readonly at: EpochMs; readonly latch: LatchName }

/** Pure step. Latches are only ever set, but for `reset`. */
export function stepGuard(guard: Guard, event: GuardEvent, limits: RiskLimits): Guard {
  switch (event.kind) {
    case 'equity':
      return onEquity(guard, event.at, event.equityQuote, limits)
    case 'message':
      return { ...guard, rate: spend(limits, guard.rate, event.at) }
    case 'execution':
      return onExecution(guard, event.at, limits)
    case 'kill':
      return { ...guard, latches: trip(guard.latches, 'kill', event.at, event.detail) }
    case 'reset':
      return onReset(guard, event.latch)
  }
}

function onEquity(guard: Guard, at: EpochMs, equityQuote: number, limits: RiskLimits): Guard {
  const equity = stepEquity(guard.equity, at, equityQuote)
  if (equity === undefined) return guard
  let { latches } = guard
  const loss = dailyLossQuote(equity)
  if (loss >= limits.dailyLossMaxQuote) {
    latches = trip(latches, 'daily-loss', at, `lost ${loss} of at most ${limits.dailyLossMaxQuote} since 00:00 UTC`)
  }
  if (isDrawnDown(equity, limits.drawdownMaxFraction)) {
    const detail = `equity ${equity.lastQuote} after a peak of ${equity.peakQuote}, at most ${limits.drawdownMaxFraction} of it may go`
    latches = trip(latches, 'drawdown', at, detail)
  }
  return equity === guard.equity && latches === guard.latches ? guard : { ...guard, equity, latches }
}

function onExecution(guard: Guard, at: EpochMs, limits: RiskLimits): Guard {
  const executions = [...guard.executions, at].filter((time) => time > at - limits.executionWindowMs)
  if (executions.length < limits.executionsMax) return { ...guard, executions }
  const detail = `${executions.length} executions within ${limits.executionWindowMs} ms`
  return {
    ...guard,
    executions: executions.slice(-limits.executionsMax),
    latches: trip(guard.latches, 'throttle', at, detail),
  }
}

function onReset(guard: Guard, latch: LatchName): Guard {
  const latches = reset(guard.latches, latch)
  const { equity } = guard
  if (latch === 'throttle') return { ...guard, latches, executions: [] }
  if (equity === undefined || !Number.isFinite(equity.lastQuote)) return { ...guard, latches }
  if (latch === 'daily-loss') return { ...guard, latches, equity: { ...equity, dayStartQuote: equity.lastQuote } }
  if (latch === 'drawdown') return { ...guard, latches, equity: { ...equity, peakQuote: equity.lastQuote } }
  return { ...guard, latches }
}
