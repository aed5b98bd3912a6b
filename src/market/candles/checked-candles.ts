import { type EpochMs, epochMs } from '../../core/units.ts'
import type { Candle, CandleRepairs, Candles } from './candle.ts'
import { framedRows } from './framed-rows.ts'
import { candleLayout } from './layout.ts'
import { momentsOf } from './moments.ts'
import { orderedRows, type Repair, type Span } from './ordered-rows.ts'
import { packCandles } from './packed-candles.ts'
import { badRow, type RawTable, type Role } from './table.ts'

export interface CandleRules {
  readonly barMs: number
  readonly span: Span
  readonly repair: Repair
}

export interface CheckedCandles {
  readonly candles: Candles
  /** Row of each candle in its file; −1 for a filled one. */
  readonly slots: Int32Array
  readonly repairs: CandleRepairs
}

/** Candles of a file, all rules kept. Throws `InputError` that names file, row, value and rule. */
export function checkedCandles(table: RawTable, { barMs, span, repair }: CandleRules): CheckedCandles {
  const moments = momentsOf(table, candleLayout(table.shape))
  const { rows, repairs } = orderedRows(table, moments, span, repair)
  requireSane(table, rows)
  const { slots, gapsFilled } = framedRows({ table, moments, rows, barMs, gaps: repair.gaps })
  const candles = candlesOf(table, slots, epochMs(moments[slots[0]!]!), barMs)
  return { candles, slots, repairs: { ...repairs, gapsFilled } }
}

const PRICES = ['open', 'high', 'low', 'close'] as const
const AMOUNTS = ['volume', 'quoteVolume', 'tradeCount', 'takerBuyVolume'] as const

function requireSane(table: RawTable, rows: Int32Array): void {
  const { shape, columns } = table
  const prices = PRICES.map((role) => columns.get(role)!)
  const amounts = AMOUNTS.flatMap((role) => columns.get(role) ?? [])
  const [open, high, low, close] = prices.map(({ values }) => values)
  const taker = columns.get('takerBuyVolume')
  const volume = columns.get('volume')!
  for (const row of rows) {
    for (const { name, values } of prices) {
      if (!(values[row]! > 0)) throw badRow(shape, row, name, values[row]!, 'a price is > 0')
    }
    if (high![row]! < Math.max(open![row]!, close![row]!, low![row]!)) throw outside(table, row, 'high')
    if (low![row]! > Math.min(open![row]!, close![row]!)) throw outside(table, row, 'low')
    for (const { name, values } of amounts) {
      if (!(values[row]! >= 0)) throw badRow(shape, row, name, values[row]!, 'an amount is >= 0')
    }
    if (taker !== undefined && taker.values[row]! > volume.values[row]!) {
      throw badRow(shape, row, taker.name, taker.values[row]!, `it is part of the volume, ${volume.values[row]}`)
    }
  }
}

function outside({ shape, columns }: RawTable, row: number, role: 'high' | 'low'): Error {
  const { name, values } = columns.get(role)!
  const others = PRICES.filter((other) => other !== role).map((other) => `${other} ${columns.get(other)!.values[row]}`)
  return badRow(shape, row, name, values[row]!, `it is the ${role}est price of a candle with ${others.join(', ')}`)
}

function candlesOf({ columns }: RawTable, slots: Int32Array, startAt: EpochMs, barMs: number): Candles {
  const valuesOf = (role: Role): Float64Array | undefined => columns.get(role)?.values
  const [open, high, low, close, volume] = [...PRICES, 'volume' as const].map((role) => valuesOf(role)!)
  const [quoteVolume, tradeCount, takerBuyVolume] = AMOUNTS.slice(1).map(valuesOf)
  let last = Number.NaN
  return packCandles(slots.length, (n) => {
    const row = slots[n]!
    const at = (startAt + n * barMs) as EpochMs
    if (row < 0) return flatCandle(at, last)
    last = close![row]!
    return {
      startAt: at,
      open: open![row]!,
      high: high![row]!,
      low: low![row]!,
      close: last,
      volume: volume![row]!,
      quoteVolume: quoteVolume?.[row] ?? Number.NaN,
      tradeCount: tradeCount?.[row] ?? Number.NaN,
      takerBuyVolume: takerBuyVolume?.[row] ?? Number.NaN,
    }
  })
}

/** Stands where the file has none: nothing was traded as far as we know. */
const flatCandle = (startAt: EpochMs, close: number): Candle => ({
  startAt,
  open: close,
  high: close,
  low: close,
  close,
  volume: 0,
  quoteVolume: 0,
  tradeCount: 0,
  takerBuyVolume: Number.NaN,
})
