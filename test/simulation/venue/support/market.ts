import type { Instrument } from '../../../../src/core/instrument.ts'
import type { BookEvent, GapEvent, Levels, MarkEvent, TradeEvent } from '../../../../src/core/market-event.ts'
import { epochMs, lots, type Side, ticks } from '../../../../src/core/units.ts'

/** One tick is 0.1, one lot 0.001: at 1,000 ticks a lot is worth 0.1. */
export const LINEAR: Instrument = {
  symbol: 'BTC/USDT:USDT',
  venueSymbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: '0.10',
  lotSize: '0.001',
  contractSize: '1',
  inverse: false,
  lotsMin: 1,
  lotsMax: 100_000,
  lotsMaxMarket: 50_000,
  notionalMin: 5,
  makerFeeRate: 0.0002,
  takerFeeRate: 0.0005,
}

/** A contract is worth 100 USD and settles in BTC. */
export const INVERSE: Instrument = {
  ...LINEAR,
  symbol: 'BTC/USD:BTC',
  venueSymbol: 'BTCUSD_PERP',
  quote: 'USD',
  settle: 'BTC',
  lotSize: '1',
  contractSize: '100',
  inverse: true,
  notionalMin: 0,
}

const stamp = (at: number, symbol: string) => ({ symbol, exchangeTime: epochMs(at), receivedAt: epochMs(at) })

export const snapshot = (at: number, bids: Levels, asks: Levels, symbol = LINEAR.symbol): BookEvent => ({
  ...stamp(at, symbol),
  kind: 'book',
  type: 'snapshot',
  firstId: at,
  lastId: at,
  prevId: 0,
  bids,
  asks,
})

export const delta = (at: number, bids: Levels, asks: Levels, symbol = LINEAR.symbol): BookEvent => ({
  ...snapshot(at, bids, asks, symbol),
  type: 'delta',
})

export const trade = (at: number, side: Side, price: number, size: number, symbol = LINEAR.symbol): TradeEvent => ({
  ...stamp(at, symbol),
  kind: 'trade',
  tradeId: at,
  price: ticks(price),
  size: lots(size),
  side,
})

export const mark = (at: number, markPrice: number, fundingRate: number, nextFundingAt: number): MarkEvent => ({
  ...stamp(at, LINEAR.symbol),
  kind: 'mark',
  markPrice,
  indexPrice: markPrice,
  fundingRate,
  nextFundingAt: epochMs(nextFundingAt),
})

export const gap = (at: number): GapEvent => ({
  ...stamp(at, LINEAR.symbol),
  kind: 'gap',
  reason: 'sequence',
  detail: 'a hole',
})
