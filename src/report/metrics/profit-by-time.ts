import type { RoundTrip } from '../backtest/record.ts'
import { hourOf, weekdayOf } from './clock.ts'
import type { EquityPath } from './equity-path.ts'

/** One hour of the day, or one day of the week, UTC. Settle currency. */
export interface TimeSlot {
  /** Hour 0 to 23; weekday 0 Monday to 6 Sunday. */
  readonly slot: number
  /** Σ change of equity over the bars that began in it; over all slots the profit of the run. */
  readonly pnl: number
  /** Trips opened in it and what they brought. */
  readonly trips: number
  readonly tripsNetPnl: number
}

export const profitByHour = (path: EquityPath, trips: readonly RoundTrip[]): readonly TimeSlot[] =>
  bySlot(24, hourOf, path, trips)

export const profitByWeekday = (path: EquityPath, trips: readonly RoundTrip[]): readonly TimeSlot[] =>
  bySlot(7, weekdayOf, path, trips)

function bySlot(
  count: number,
  slotOf: (at: number) => number,
  { at, equity }: EquityPath,
  trips: readonly RoundTrip[],
): readonly TimeSlot[] {
  const slots = Array.from({ length: count }, (_, slot) => ({ slot, pnl: 0, trips: 0, tripsNetPnl: 0 }))
  for (let i = 1; i < at.length; i += 1) slots[slotOf(at[i - 1]!)]!.pnl += equity[i]! - equity[i - 1]!
  for (const { openedAt, netPnl } of trips) {
    const slot = slots[slotOf(openedAt)]!
    slot.trips += 1
    slot.tripsNetPnl += netPnl
  }
  return slots
}
