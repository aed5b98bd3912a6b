import { TransientError } from '../../core/errors.ts'
import type { Converter } from '../../core/instrument.ts'
import type { BalanceReport, Fill, OrderReport, PositionReport } from '../../core/order.ts'
import type { EpochMs } from '../../core/units.ts'
import type { AccountEvent } from '../../trading/order-gateway.port.ts'
import {
  decimalIn,
  type Fields,
  fieldsOf,
  flagIn,
  idIn,
  limitTicksIn,
  lotsIn,
  rowsOf,
  sideIn,
  textIn,
  ticksIn,
  timeIn,
} from './json-fields.ts'
import { algoReport } from './order-codec.ts'

/** By the venue's symbol. */
export type Converters = ReadonlyMap<string, Converter>

const STATES: Readonly<Record<string, OrderReport['state']>> = {
  NEW: 'open',
  PARTIALLY_FILLED: 'partial',
  FILLED: 'filled',
  CANCELED: 'cancelled',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  REJECTED: 'rejected',
}

function stateIn(fields: Fields, key: string): OrderReport['state'] {
  const state = STATES[textIn(fields, key)]
  if (state !== undefined) return state
  throw new TransientError(
    `the venue's ${key} was ${textIn(fields, key)}; rule: one of ${Object.keys(STATES).join(', ')}`,
  )
}

/** An order of REST. Throws `TransientError` for a reply that makes no sense, as do all here. */
export const orderReport = (row: Fields, convert: Converter): OrderReport => ({
  symbol: convert.instrument.symbol,
  clientId: textIn(row, 'clientOrderId'),
  venueId: idIn(row, 'orderId'),
  state: stateIn(row, 'status'),
  side: sideIn(row, 'side'),
  lots: lotsIn(row, 'origQty', convert),
  filledLots: lotsIn(row, 'executedQty', convert),
  priceTicks: limitTicksIn(row, 'price', convert),
  reduceOnly: flagIn(row, 'reduceOnly'),
  updatedAt: timeIn(row, 'updateTime'),
})

/** A row of `userTrades`, which names no client id. */
export const fillOf = (row: Fields, clientId: string, convert: Converter): Fill => ({
  symbol: convert.instrument.symbol,
  tradeId: idIn(row, 'id'),
  clientId,
  venueId: idIn(row, 'orderId'),
  side: sideIn(row, 'side'),
  price: ticksIn(row, 'price', convert),
  lots: lotsIn(row, 'qty', convert),
  fee: decimalIn(row, 'commission'),
  feeCurrency: textIn(row, 'commissionAsset'),
  realisedPnl: decimalIn(row, 'realizedPnl'),
  maker: flagIn(row, 'maker'),
  at: timeIn(row, 'time'),
})

/** Of REST (`positionAmt`, `entryPrice`) and of the stream (`pa`, `ep`). One-way mode: `positionSide` is BOTH. */
export function positionReport(
  row: Fields,
  keys: { readonly amount: string; readonly entry: string },
  convert: Converter,
  updatedAt: EpochMs,
): PositionReport {
  const size = lotsIn(row, keys.amount, convert)
  const entryPrice = size === 0 ? '0' : decimalIn(row, keys.entry)
  return { symbol: convert.instrument.symbol, lots: size, entryPrice, updatedAt }
}

export const balanceReport = (row: Fields, updatedAt: EpochMs): BalanceReport => ({
  currency: textIn(row, 'asset'),
  wallet: decimalIn(row, 'balance'),
  updatedAt,
})

/** What a frame of the user stream says; nothing for kinds that we do not use. */
export function accountEvents(frame: Fields, converters: Converters): readonly AccountEvent[] {
  if (frame['e'] === 'ORDER_TRADE_UPDATE') return orderEvents(fieldsOf(frame['o'], 'o'), converters)
  if (frame['e'] === 'ALGO_UPDATE') return algoEvents(frame, converters)
  if (frame['e'] === 'ACCOUNT_UPDATE') return updateEvents(frame, converters)
  return []
}

function algoEvents(frame: Fields, converters: Converters): readonly AccountEvent[] {
  const order = fieldsOf(frame['o'], 'o')
  const convert = converters.get(textIn(order, 's'))
  const report = convert && algoReport({ ...order, T: frame['T'] }, 'frame', convert)
  return report ? [{ kind: 'order', report }] : []
}

/** The fill comes before the report that counts it: an order never ends with a fill still to come. */
function orderEvents(order: Fields, converters: Converters): readonly AccountEvent[] {
  const convert = converters.get(textIn(order, 's'))
  if (!convert) return []
  const report: OrderReport = {
    symbol: convert.instrument.symbol,
    clientId: textIn(order, 'c'),
    venueId: idIn(order, 'i'),
    state: stateIn(order, 'X'),
    side: sideIn(order, 'S'),
    lots: lotsIn(order, 'q', convert),
    filledLots: lotsIn(order, 'z', convert),
    priceTicks: limitTicksIn(order, 'p', convert),
    reduceOnly: flagIn(order, 'R'),
    updatedAt: timeIn(order, 'T'),
  }
  const reported: AccountEvent = { kind: 'order', report }
  if (lotsIn(order, 'l', convert) === 0) return [reported]
  return [{ kind: 'fill', fill: streamFill(order, report, convert) }, reported]
}

const streamFill = (order: Fields, report: OrderReport, convert: Converter): Fill => ({
  symbol: report.symbol,
  tradeId: idIn(order, 't'),
  clientId: report.clientId,
  venueId: report.venueId,
  side: report.side,
  price: ticksIn(order, 'L', convert),
  lots: lotsIn(order, 'l', convert),
  // Left out by the venue where nothing was charged.
  fee: order['n'] === undefined ? '0' : decimalIn(order, 'n'),
  feeCurrency: order['N'] === undefined ? convert.instrument.settle : textIn(order, 'N'),
  realisedPnl: decimalIn(order, 'rp'),
  maker: flagIn(order, 'm'),
  at: timeIn(order, 'T'),
})

/** `bc`: "balance change except PnL and commission", that is what no fill explains. */
function updateEvents(frame: Fields, converters: Converters): readonly AccountEvent[] {
  const update = fieldsOf(frame['a'], 'a')
  const at = timeIn(frame, 'T')
  const reason = textIn(update, 'm')
  const money = rowsOf(update['B'] ?? [], 'a.B').flatMap((row): AccountEvent[] => {
    const currency = textIn(row, 'a')
    const amount = decimalIn(row, 'bc')
    const balance: AccountEvent = { kind: 'balance', report: { currency, wallet: decimalIn(row, 'wb'), updatedAt: at } }
    return Number(amount) === 0 ? [balance] : [{ kind: 'cash', currency, amount, reason, at }, balance]
  })
  const positions = rowsOf(update['P'] ?? [], 'a.P').flatMap((row): AccountEvent[] => {
    const convert = converters.get(textIn(row, 's'))
    if (!convert || row['ps'] !== 'BOTH') return []
    return [{ kind: 'position', report: positionReport(row, { amount: 'pa', entry: 'ep' }, convert, at) }]
  })
  return [...money, ...positions]
}
