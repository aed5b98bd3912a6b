import type { EpochMs, Side } from '../../core/units.ts'
import type { DayStats } from './day-stats.ts'
import { eightDecimals } from './decimal-text.ts'
import type { DepthDiff } from './depth-batch.ts'
import type { Candle } from './klines.ts'
import type { Listing } from './listing.ts'
import type { AggregateRow, MarketState, MarkOutput, TradeRow } from './market-state.ts'

// Payloads of the market streams: field for field "Websocket Market Streams" of Binance USD-M, and `st`, `ps`, `nq`, `ap` as captured
// on the wire in August 2026. `E` is when the frame was made, `T` when the thing happened. Whole milliseconds.

/** `st` on the wire: 1 for a contract on a coin. */
const COIN = 1

const pairs = (listing: Listing, levels: ReadonlyMap<number, number>) =>
  [...levels].map(([price, size]) => [listing.priceText(price), listing.quantityText(size)])

export const depthFrame = (listing: Listing, diff: DepthDiff, now: EpochMs) => ({
  e: 'depthUpdate',
  E: Math.floor(now),
  T: Math.floor(diff.at),
  s: listing.name,
  ps: listing.name,
  st: COIN,
  U: diff.firstId,
  u: diff.lastId,
  pu: diff.prevId,
  b: pairs(listing, diff.bids),
  a: pairs(listing, diff.asks),
})

export const bookTickerFrame = (state: MarketState, now: EpochMs) => ({
  e: 'bookTicker',
  u: state.lastUpdateId,
  E: Math.floor(now),
  T: Math.floor(state.lastBookAt),
  s: state.listing.name,
  ps: state.listing.name,
  st: COIN,
  b: state.listing.priceText(state.book.top.bid),
  B: state.listing.quantityText(state.book.top.bidSize),
  a: state.listing.priceText(state.book.top.ask),
  A: state.listing.quantityText(state.book.top.askSize),
})

export const tradeFrame = (listing: Listing, row: TradeRow, now: EpochMs) => ({
  e: 'trade',
  E: Math.floor(now),
  T: Math.floor(row.at),
  s: listing.name,
  t: row.tradeId,
  p: listing.priceText(row.price),
  q: listing.quantityText(row.size),
  X: 'MARKET',
  m: row.side === 'sell',
  st: COIN,
})

export const aggregateFrame = (listing: Listing, row: AggregateRow, now: EpochMs) => ({
  e: 'aggTrade',
  E: Math.floor(now),
  a: row.aggregateId,
  s: listing.name,
  p: listing.priceText(row.price),
  q: listing.quantityText(row.size),
  nq: listing.quantityText(row.size),
  f: row.tradeId,
  l: row.lastTradeId,
  T: Math.floor(row.at),
  m: row.side === 'sell',
  st: COIN,
})

export const klineFrame = (
  listing: Listing,
  interval: string,
  candle: Candle,
  endAt: number,
  closed: boolean,
  now: EpochMs,
) => ({
  e: 'kline',
  E: Math.floor(now),
  s: listing.name,
  k: {
    t: candle.startAt,
    T: endAt - 1,
    s: listing.name,
    i: interval,
    f: candle.firstTradeId,
    L: candle.lastTradeId,
    o: listing.priceText(candle.open),
    c: listing.priceText(candle.close),
    h: listing.priceText(candle.high),
    l: listing.priceText(candle.low),
    v: listing.quantityText(candle.volume),
    n: candle.tradeCount,
    x: closed,
    q: listing.quoteText(candle.quote),
    V: listing.quantityText(candle.buyVolume),
    Q: listing.quoteText(candle.buyQuote),
    B: '0',
  },
})

export const markFrame = (listing: Listing, mark: MarkOutput, now: EpochMs) => ({
  e: 'markPriceUpdate',
  E: Math.floor(now),
  s: listing.name,
  p: eightDecimals(mark.markPrice),
  ap: eightDecimals(mark.markPrice),
  P: eightDecimals(mark.indexPrice),
  i: eightDecimals(mark.indexPrice),
  r: eightDecimals(mark.fundingRate),
  T: Math.floor(mark.nextFundingAt),
  st: COIN,
})

export const forceOrderFrame = (
  listing: Listing,
  liquidation: { readonly at: number; readonly side: Side; readonly price: number; readonly size: number },
  now: EpochMs,
) => ({
  e: 'forceOrder',
  E: Math.floor(now),
  o: {
    s: listing.name,
    S: liquidation.side === 'buy' ? 'BUY' : 'SELL',
    o: 'LIMIT',
    f: 'IOC',
    q: listing.quantityText(liquidation.size),
    p: listing.priceText(liquidation.price),
    ap: listing.priceText(liquidation.price),
    X: 'FILLED',
    l: listing.quantityText(liquidation.size),
    z: listing.quantityText(liquidation.size),
    T: Math.floor(liquidation.at),
    ps: listing.name,
    st: COIN,
  },
})

export const miniTickerFrame = (listing: Listing, stats: DayStats, now: EpochMs) => ({
  e: '24hrMiniTicker',
  E: Math.floor(now),
  s: listing.name,
  c: stats.last,
  o: stats.open,
  h: stats.high,
  l: stats.low,
  v: stats.volume,
  q: stats.quoteVolume,
  st: COIN,
})

export const tickerFrame = (listing: Listing, stats: DayStats, now: EpochMs) => ({
  e: '24hrTicker',
  E: Math.floor(now),
  s: listing.name,
  p: stats.change,
  P: stats.changePercent,
  w: stats.weighted,
  c: stats.last,
  Q: stats.lastQuantity,
  o: stats.open,
  h: stats.high,
  l: stats.low,
  v: stats.volume,
  q: stats.quoteVolume,
  O: stats.openTime,
  C: stats.closeTime,
  F: stats.firstId,
  L: stats.lastId,
  n: stats.count,
  st: COIN,
})
