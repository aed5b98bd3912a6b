import type { ArrowColumn } from '../../adapters/tape/arrow-file.ts'
import type { Converter } from '../../core/instrument.ts'
import type { MarketEvent, QuoteEvent, TradeEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'
import { type Bar, BOOK_LEVELS } from '../../market/bar.ts'
import type { Book } from '../../market/book.ts'
import { isObject } from '../../market/frame-fields.ts'

export type Row = readonly (number | string)[]

/** What a row is made of. Absent numbers are NaN. */
export interface ArrowTable<T extends readonly unknown[]> {
  readonly columns: readonly ArrowColumn[]
  rowOf(...from: T): Row
}

const column = (type: ArrowColumn['type'], ...names: string[]): readonly ArrowColumn[] =>
  names.map((name) => ({ name, type }))

const TIMES = column('time', 'time', 'received_at')
/** Null where there is no price, or one between two ticks: the price column says it. */
const wholeTicks = (ticks: number): number => (Number.isInteger(ticks) ? ticks : Number.NaN)
/** Decimal digits that a step of 10^-8 can show: the rest is noise of the multiplication. */
const clean = (value: number): number => Number(value.toPrecision(15))

/** `side`: 1 the buyer was the aggressor, −1 the seller. */
export const tradeTable = ({ price, quantity }: Converter): ArrowTable<[TradeEvent]> => ({
  columns: [
    ...TIMES,
    ...column('text', 'trade_id'),
    ...column('integer', 'side', 'price_ticks', 'size_lots'),
    ...column('float', 'price', 'size'),
  ],
  rowOf: ({ exchangeTime, receivedAt, tradeId, side, price: ticks, size }) => [
    ...[exchangeTime, receivedAt, String(tradeId), side === 'buy' ? 1 : -1, ticks, size],
    ...[clean(price(ticks)), clean(quantity(size))],
  ],
})

export const quoteTable = ({ price, quantity }: Converter): ArrowTable<[QuoteEvent]> => ({
  columns: [
    ...TIMES,
    ...column('integer', 'update_id', 'bid_ticks', 'bid_lots', 'ask_ticks', 'ask_lots'),
    ...column('float', 'bid_price', 'bid_size', 'ask_price', 'ask_size'),
  ],
  rowOf: ({ exchangeTime, receivedAt, updateId, bidTicks, bidLots, askTicks, askLots }) => [
    ...[exchangeTime, receivedAt, updateId, wholeTicks(bidTicks), bidLots, wholeTicks(askTicks), askLots],
    ...[clean(price(bidTicks)), clean(quantity(bidLots)), clean(price(askTicks)), clean(quantity(askLots))],
  ],
})

/** The book after each update, `levels` a side, best first; levels that are not there are null. */
export function bookTable(
  { price, quantity }: Converter,
  levels: number,
): ArrowTable<[Extract<MarketEvent, { kind: 'book' }>, Book]> {
  const sides = ['bid', 'ask'] as const
  const columns = sides.flatMap((side) =>
    Array.from({ length: levels }, (_, nth) => [
      ...column('integer', `${side}_ticks_${nth + 1}`, `${side}_lots_${nth + 1}`),
      ...column('float', `${side}_price_${nth + 1}`, `${side}_size_${nth + 1}`),
    ]).flat(),
  )
  return {
    columns: [...TIMES, ...column('integer', 'update_id'), ...columns],
    rowOf(event, book) {
      const row: number[] = [event.exchangeTime, event.receivedAt, event.lastId]
      for (const side of ['bids', 'asks'] as const) {
        const flat = book.levels(side, levels)
        for (let at = 0; at < 2 * levels; at += 2) {
          const [ticks = Number.NaN, lots = Number.NaN] = [flat[at], flat[at + 1]]
          row.push(wholeTicks(ticks), lots, clean(price(ticks)), clean(quantity(lots)))
        }
      }
      return row
    },
  }
}

const numbered = (...names: string[]): readonly string[] =>
  names.flatMap((name) => Array.from({ length: BOOK_LEVELS }, (_, nth) => `${name}_${nth + 1}`))

/** `taints`: why a bar is not to be trusted, joined by `+`; empty for a clean one. */
export const barTable: ArrowTable<[Bar]> = {
  columns: [
    ...column('time', 'start_at', 'end_at'),
    ...column('float', 'open', 'high', 'low', 'close', 'buy_volume', 'sell_volume', 'quote_volume'),
    ...column('integer', 'trade_count', 'buy_count', 'sell_count', 'book_update_count'),
    ...column('float', 'weighed_ms', 'spread_ticks_mean', 'bid_depth_mean', 'ask_depth_mean'),
    ...column('integer', 'bid_ticks', 'ask_ticks'),
    ...column('float', 'bid_size', 'ask_size', 'mark_price', 'index_price', 'funding_rate', 'open_interest'),
    ...column('float', 'liquidation_buy_volume', 'liquidation_sell_volume'),
    ...column('float', ...numbered('ofi', 'bid_depth', 'ask_depth')),
    ...column('text', 'taints'),
  ],
  rowOf: (bar) => [
    ...[bar.startAt, bar.endAt, bar.open, bar.high, bar.low, bar.close],
    ...[bar.buyVolume, bar.sellVolume, bar.quoteVolume],
    ...[bar.tradeCount, bar.buyCount, bar.sellCount, bar.bookUpdateCount],
    ...[bar.weighedMs, bar.spreadTicksMean, bar.bidDepthMean, bar.askDepthMean],
    ...[wholeTicks(bar.bidTicks), wholeTicks(bar.askTicks), bar.bidSize, bar.askSize],
    ...[bar.markPrice, bar.indexPrice, bar.fundingRate, bar.openInterest],
    ...[bar.liquidationBuyVolume, bar.liquidationSellVolume],
    ...[...bar.ofi, ...bar.bidDepths, ...bar.askDepths],
    bar.taints.join('+'),
  ],
}

/** A closed candle as the venue states it. */
export interface Kline {
  readonly venueSymbol: string
  readonly row: Row
}

export const KLINE_COLUMNS: readonly ArrowColumn[] = [
  ...column('time', 'start_at', 'end_at'),
  ...column('text', 'interval'),
  ...column('float', 'open', 'high', 'low', 'close', 'volume', 'quote_volume', 'buy_volume', 'buy_quote_volume'),
  ...column('integer', 'trade_count'),
]

/** From a Binance `kline` frame; none for any other, and for candles that are still open. */
export function klineOf(frame: unknown): Kline | undefined {
  const data = isObject(frame) && isObject(frame['data']) ? frame['data'] : frame
  if (!isObject(data) || data['e'] !== 'kline' || !isObject(data['k'])) return undefined
  const { t, T, s, i, o, h, l, c, v, q, V, Q, n, x } = data['k']
  if (x !== true) return undefined
  // The last millisecond of the candle is told; ours end where the next begins.
  const endAt = (Number(T) + 1) as EpochMs
  const row = [Number(t), endAt, String(i), ...[o, h, l, c, v, q, V, Q, n].map(Number)]
  return { venueSymbol: String(s), row }
}
