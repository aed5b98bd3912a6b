import Big from 'big.js'
import { check } from '../core/check.ts'
import type { Fill } from '../core/order.ts'
import { epochMs, lots, signOf } from '../core/units.ts'
import type { PositionRecord } from './journal-records.ts'

/** Decimal places kept of a mean entry price in ticks. */
const ENTRY_DECIMALS = 12

/** The position after one more fill, one-way mode: adding averages the entry, reducing keeps it, crossing zero restarts it. */
export function bookFill(position: PositionRecord, fill: Fill): PositionRecord {
  check(fill.lots > 0, 'Fill.lots', fill.lots)
  const before = position.lots
  const change = signOf(fill.side) * fill.lots
  const after = lots(before + change)
  return {
    ...position,
    lots: after,
    entryTicks: entryAfter(position.entryTicks, before, change, fill.price),
    realised: new Big(position.realised).plus(fill.realisedPnl).toFixed(),
    fees: new Big(position.fees).plus(fill.fee).toFixed(),
    updatedAt: epochMs(Math.max(position.updatedAt, fill.at)),
  }
}

function entryAfter(entryTicks: string, before: number, change: number, price: number): string {
  const after = before + change
  if (after === 0) return '0'
  if (before === 0 || Math.sign(after) !== Math.sign(before)) return String(price)
  if (Math.abs(after) < Math.abs(before)) return entryTicks
  const cost = new Big(entryTicks).times(Math.abs(before)).plus(new Big(price).times(Math.abs(change)))
  return cost.div(Math.abs(after)).round(ENTRY_DECIMALS).toFixed()
}
