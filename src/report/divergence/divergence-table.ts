import type { EpochMs } from '../../core/units.ts'
import type { PlotTable } from '../plot-page.ts'
import type { DivergenceReport, OrderRow, OutcomeRow, PartsRow } from './divergence-report.ts'

const MONEY_DECIMALS = 4
const BPS_DECIMALS = 2
const NONE = '–'

/** The orders that differ most, in the order of their time. At most `rowsMax`. */
export function worstOrders({ orders }: DivergenceReport, rowsMax: number): readonly OrderRow[] {
  if (orders.length <= rowsMax) return orders
  const size = ({ parts, fillsEqual }: OrderRow): number => Math.abs(Number(parts.total)) + (fillsEqual ? 0 : 1e-9)
  const shown = new Set([...orders].sort((a, b) => size(b) - size(a)).slice(0, rowsMax))
  return orders.filter((order) => shown.has(order))
}

/** A time for people, UTC: a stage knows no calendar. */
export type TimeText = (at: EpochMs) => string

/** One row per order. Money in the settle currency, simulated less real. */
export const orderTable = (rows: readonly OrderRow[], currency: string, timeText: TimeText): PlotTable => ({
  head: [
    ...['sent (UTC)', 'instrument', 'order', 'real', 'simulated', 'equal', 'price bps', 'delay bps'],
    ...(['fill', 'latency', 'price', 'fee', 'total'] as const).map((part) => `${part} ${currency}`),
  ],
  rows: rows.map((row) => [
    timeText(row.sentAt),
    row.symbol,
    `${row.side} ${row.lots} ${row.type} ${row.timeInForce}`,
    outcomeText(row.real),
    outcomeText(row.simulated),
    row.fillsEqual ? 'yes' : 'no',
    bpsText(row.priceBps),
    bpsText(row.simulated.delayBps),
    ...partsCells(row.parts),
  ]),
})

const outcomeText = ({ state, filledLots, averagePrice }: OutcomeRow): string =>
  averagePrice === null ? state : `${filledLots} @ ${averagePrice}`

const partsCells = ({ fill, latency, price, fee, total }: PartsRow): readonly string[] =>
  [fill, latency, price, fee, total].map(moneyText)

export const moneyText = (decimal: string): string => (Number(decimal) + 0).toFixed(MONEY_DECIMALS)

export const bpsText = (bps: number | null): string => (bps === null ? NONE : bps.toFixed(BPS_DECIMALS))
