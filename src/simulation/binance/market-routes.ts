import type { EpochMs } from '../../core/units.ts'
import { dayStats } from './day-stats.ts'
import { eightDecimals } from './decimal-text.ts'
import { exchangeInfo } from './exchange-info.ts'
import { CANDLES_MAX, type Candle, KLINE_INTERVALS } from './klines.ts'
import type { Listing } from './listing.ts'
import { type AggregateRow, lastPrice, type MarketState, type TradeRow } from './market-state.ts'
import { BinanceRefusal } from './refusal.ts'
import type { Params } from './request.ts'
import { type Call, open, type Routes, type Venue } from './routes.ts'

const DEPTH_LIMITS = [5, 10, 20, 50, 100, 500, 1_000]
const AGGREGATE_WINDOW_MS = 3_600_000

/** "Market Data Endpoints" of Binance USD-M. */
export function marketRoutes(venue: Venue): Routes {
  const oneOrAll =
    (row: (state: MarketState, now: EpochMs) => unknown) =>
    ({ params, now }: Call) => {
      const name = params.text('symbol')
      return name === undefined ? venue.markets.map((state) => row(state, now)) : row(venue.market(name), now)
    }
  const one =
    (rows: (state: MarketState, params: Params, now: EpochMs) => unknown) =>
    ({ params, now }: Call) =>
      rows(venue.market(params.need('symbol')), params, now)
  return {
    'GET /fapi/v1/ping': open(() => ({})),
    'GET /fapi/v1/time': open(({ now }) => ({ serverTime: Math.floor(now) })),
    'GET /fapi/v1/exchangeInfo': open(({ now }) => exchangeInfo(venue.listings.all, venue.requestWeightMax, now)),
    'GET /fapi/v1/depth': open(
      one((state, params, now) => depth(venue, state, params, now)),
      20,
    ),
    'GET /fapi/v1/trades': open(one(trades), 5),
    'GET /fapi/v1/historicalTrades': { ...open(one(trades), 20), security: 'key' },
    'GET /fapi/v1/aggTrades': open(one(aggregates), 20),
    'GET /fapi/v1/klines': open(one(klines), 5),
    'GET /fapi/v1/premiumIndex': open(oneOrAll(premiumIndex)),
    'GET /fapi/v1/fundingRate': open(({ params }) => fundingRates(venue, params)),
    'GET /fapi/v1/fundingInfo': open(() => fundingInfo(venue)),
    'GET /fapi/v1/ticker/24hr': open(oneOrAll(dayTicker)),
    'GET /fapi/v1/ticker/price': open(oneOrAll(priceTicker)),
    'GET /fapi/v2/ticker/price': open(oneOrAll(priceTicker)),
    'GET /fapi/v1/ticker/bookTicker': open(oneOrAll(bookTicker)),
  }
}

function depth(venue: Venue, state: MarketState, params: Params, now: EpochMs) {
  const limit = params.integer('limit') ?? 500
  if (!DEPTH_LIMITS.includes(limit)) {
    throw new BinanceRefusal(-4021, `'${limit}' is not valid depth limit.`)
  }
  const { listing } = state
  const { lastUpdateId, bids, asks } = venue.exchange.depth(listing.symbol, limit)
  const pairs = (levels: readonly (readonly [number, number])[]) =>
    levels.map(([price, size]) => [listing.priceText(price), listing.quantityText(size)])
  return { lastUpdateId, E: Math.floor(now), T: Math.floor(now), bids: pairs(bids), asks: pairs(asks) }
}

function trades({ listing, trades: rows }: MarketState, params: Params) {
  const limit = params.limit(500, 1_000)
  const fromId = params.integer('fromId')
  const chosen = fromId === undefined ? rows.slice(-limit) : rows.filter((row) => row.tradeId >= fromId).slice(0, limit)
  return chosen.map((row) => tradeJson(listing, row))
}

const tradeJson = (listing: Listing, row: TradeRow) => ({
  id: row.tradeId,
  price: listing.priceText(row.price),
  qty: listing.quantityText(row.size),
  quoteQty: listing.quoteText(BigInt(row.price) * BigInt(row.size)),
  time: Math.floor(row.at),
  isBuyerMaker: row.side === 'sell',
})

function aggregates({ listing, aggregates: rows }: MarketState, params: Params) {
  const limit = params.limit(500, 1_000)
  const fromId = params.integer('fromId')
  const startTime = params.integer('startTime')
  const endTime = params.integer('endTime')
  const json = (row: AggregateRow) => ({
    a: row.aggregateId,
    p: listing.priceText(row.price),
    q: listing.quantityText(row.size),
    nq: listing.quantityText(row.size),
    f: row.tradeId,
    l: row.lastTradeId,
    T: Math.floor(row.at),
    m: row.side === 'sell',
  })
  if (fromId !== undefined)
    return rows
      .filter((row) => row.aggregateId >= fromId)
      .slice(0, limit)
      .map(json)
  if (startTime !== undefined && endTime !== undefined && endTime - startTime > AGGREGATE_WINDOW_MS) {
    throw new BinanceRefusal(-4165, 'Invalid time interval: more than one hour between startTime and endTime.')
  }
  const chosen = within(rows, startTime, endTime, (row) => Math.floor(row.at))
  return (startTime === undefined ? chosen.slice(-limit) : chosen.slice(0, limit)).map(json)
}

/** Rows of `[startTime, endTime]`, both ends in. */
export function within<T>(
  rows: readonly T[],
  startTime: number | undefined,
  endTime: number | undefined,
  at: (row: T) => number,
): readonly T[] {
  if (startTime === undefined && endTime === undefined) return rows
  return rows.filter((row) => at(row) >= (startTime ?? 0) && at(row) <= (endTime ?? Number.POSITIVE_INFINITY))
}

function klines({ listing, series }: MarketState, params: Params, now: EpochMs) {
  const interval = params.need('interval')
  const intervalMs = KLINE_INTERVALS.get(interval)
  const found = series.get(interval)
  if (intervalMs === undefined || found === undefined) throw new BinanceRefusal(-1120, 'Invalid interval.')
  const limit = params.limit(500, CANDLES_MAX)
  const startTime = params.integer('startTime')
  found.advance(now)
  const chosen = within(found.candles, startTime, params.integer('endTime'), (candle) => candle.startAt)
  const rows = startTime === undefined ? chosen.slice(-limit) : chosen.slice(0, limit)
  return rows.map((candle: Candle) => [
    candle.startAt,
    listing.priceText(candle.open),
    listing.priceText(candle.high),
    listing.priceText(candle.low),
    listing.priceText(candle.close),
    listing.quantityText(candle.volume),
    candle.startAt + intervalMs - 1,
    listing.quoteText(candle.quote),
    candle.tradeCount,
    listing.quantityText(candle.buyVolume),
    listing.quoteText(candle.buyQuote),
    '0',
  ])
}

const premiumIndex = ({ listing, mark }: MarketState) => ({
  symbol: listing.name,
  markPrice: eightDecimals(mark.markPrice),
  indexPrice: eightDecimals(mark.indexPrice),
  estimatedSettlePrice: eightDecimals(mark.indexPrice),
  lastFundingRate: eightDecimals(mark.fundingRate),
  interestRate: '0.00010000',
  nextFundingTime: Math.floor(mark.nextFundingAt),
  time: Math.floor(mark.at),
})

function fundingRates(venue: Venue, params: Params) {
  const name = params.text('symbol')
  const limit = params.limit(100, 1_000)
  const startTime = params.integer('startTime')
  const rows = (name === undefined ? venue.markets : [venue.market(name)])
    .flatMap(({ listing, fundings }) => fundings.map((row) => ({ ...row, symbol: listing.name })))
    .sort((a, b) => a.at - b.at)
  const chosen = within(rows, startTime, params.integer('endTime'), (row) => Math.floor(row.at))
  return (startTime === undefined ? chosen.slice(-limit) : chosen.slice(0, limit)).map((row) => ({
    symbol: row.symbol,
    fundingTime: Math.floor(row.at),
    fundingRate: eightDecimals(row.rate),
    markPrice: eightDecimals(row.markPrice),
  }))
}

const fundingInfo = (venue: Venue) =>
  venue.listings.all.map((listing) => ({
    symbol: listing.name,
    adjustedFundingRateCap: '0.02000000',
    adjustedFundingRateFloor: '-0.02000000',
    fundingIntervalHours: venue.fundingIntervalMs / 3_600_000,
    disclaimer: false,
  }))

function dayTicker(state: MarketState, now: EpochMs) {
  const stats = dayStats(state, now)
  return {
    symbol: state.listing.name,
    priceChange: stats.change,
    priceChangePercent: stats.changePercent,
    weightedAvgPrice: stats.weighted,
    lastPrice: stats.last,
    lastQty: stats.lastQuantity,
    openPrice: stats.open,
    highPrice: stats.high,
    lowPrice: stats.low,
    volume: stats.volume,
    quoteVolume: stats.quoteVolume,
    openTime: stats.openTime,
    closeTime: stats.closeTime,
    firstId: stats.firstId,
    lastId: stats.lastId,
    count: stats.count,
  }
}

const priceTicker = (state: MarketState, now: EpochMs) => ({
  symbol: state.listing.name,
  price: state.listing.priceText(lastPrice(state)),
  time: Math.floor(now),
})

const bookTicker = ({ listing, book, lastUpdateId, lastBookAt }: MarketState) => ({
  symbol: listing.name,
  bidPrice: listing.priceText(book.top.bid),
  bidQty: listing.quantityText(book.top.bidSize),
  askPrice: listing.priceText(book.top.ask),
  askQty: listing.quantityText(book.top.askSize),
  time: Math.floor(lastBookAt),
  lastUpdateId,
})
