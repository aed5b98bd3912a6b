import type { EpochMs, Side } from '../../core/units.ts'
import type { ExchangeOutput } from '../exchange/exchange-output.ts'
import type { SimulatedExchange } from '../exchange/simulated-exchange.ts'
import { type DepthBatch, depthBatch } from './depth-batch.ts'
import { type CandleSeries, candleSeries, KLINE_INTERVALS } from './klines.ts'
import type { Listing } from './listing.ts'
import { type TopOfBook, topOfBook } from './top-of-book.ts'

/** Newest rows kept for `trades` and `aggTrades`; older ones cannot be asked for. */
export const TRADES_MAX = 5_000
const FUNDINGS_MAX = 1_000
/** The grids of `@depth@100ms`, `@depth` and `@depth@500ms`. */
export const DEPTH_INTERVALS_MS = [100, 250, 500] as const

export interface TradeRow {
  readonly tradeId: number
  readonly at: number
  /** Ticks. */
  readonly price: number
  /** Lots. */
  readonly size: number
  readonly side: Side
}

/** Trades of one taker order at one price. */
export interface AggregateRow extends TradeRow {
  readonly aggregateId: number
  readonly lastTradeId: number
}

export type MarkOutput = Omit<Extract<ExchangeOutput, { kind: 'mark' }>, 'kind'>

export interface FundingRow {
  readonly at: number
  readonly rate: number
  readonly markPrice: number
}

/** What the public side remembers of one instrument; everything in it is bounded. */
export interface MarketState {
  readonly listing: Listing
  readonly book: TopOfBook
  /** Keyed by interval, ms. */
  readonly batches: ReadonlyMap<number, DepthBatch>
  /** Keyed by Binance's interval name. */
  readonly series: ReadonlyMap<string, CandleSeries>
  readonly trades: TradeRow[]
  readonly aggregates: AggregateRow[]
  readonly fundings: FundingRow[]
  mark: MarkOutput
  lastUpdateId: number
  lastBookAt: number
}

export function marketState(exchange: SimulatedExchange, listing: Listing, now: EpochMs): MarketState {
  const depth = exchange.depth(listing.symbol, Number.MAX_SAFE_INTEGER)
  return {
    listing,
    book: topOfBook(depth),
    batches: new Map(DEPTH_INTERVALS_MS.map((ms) => [ms, depthBatch(ms, depth.lastUpdateId)])),
    series: new Map([...KLINE_INTERVALS].map(([name, ms]) => [name, candleSeries(ms)])),
    trades: [],
    aggregates: [],
    fundings: [],
    mark: { symbol: listing.symbol, at: now, ...exchange.mark(listing.symbol) },
    lastUpdateId: depth.lastUpdateId,
    lastBookAt: Math.floor(now),
  }
}

export function keepTrade(state: MarketState, row: TradeRow): void {
  keep(state.trades, row, TRADES_MAX)
  for (const series of state.series.values()) series.trade(row.at, row.price, row.size, row.side, row.tradeId)
}

export const keepAggregate = (state: MarketState, row: AggregateRow): void => keep(state.aggregates, row, TRADES_MAX)

/** A funding time that has moved on means that the one before was settled. */
export function keepMark(state: MarketState, mark: MarkOutput): void {
  const before = state.mark
  if (mark.nextFundingAt > before.nextFundingAt) {
    const row = { at: before.nextFundingAt, rate: before.fundingRate, markPrice: mark.markPrice }
    keep(state.fundings, row, FUNDINGS_MAX)
  }
  state.mark = mark
}

function keep<T>(rows: T[], row: T, most: number): void {
  rows.push(row)
  if (rows.length > most) rows.shift()
}

/** Ticks: the last trade's, before the first trade the middle of the book. */
export function lastPrice(state: MarketState): number {
  const { bid, ask } = state.book.top
  return state.trades.at(-1)?.price ?? (bid > 0 && ask > 0 ? Math.round((bid + ask) / 2) : Math.max(bid, ask))
}
