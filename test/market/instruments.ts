import type { Instrument } from '../../src/core/instrument.ts'

/** Binance USD-M BTCUSDT as exchangeInfo states it. */
export const BTCUSDT: Instrument = {
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
  lotsMax: 1_000_000,
  lotsMaxMarket: 120_000,
  notionalMin: 100,
  makerFeeRate: 0.0002,
  takerFeeRate: 0.0005,
}

export const ETHUSDT: Instrument = {
  ...BTCUSDT,
  symbol: 'ETH/USDT:USDT',
  venueSymbol: 'ETHUSDT',
  base: 'ETH',
  tickSize: '0.01',
}

/** COIN-M: sizes count contracts of 100 USD. */
export const BTCUSD_PERP: Instrument = {
  ...BTCUSDT,
  symbol: 'BTC/USD:BTC',
  venueSymbol: 'BTCUSD_PERP',
  quote: 'USD',
  settle: 'BTC',
  lotSize: '1',
  contractSize: '100',
  inverse: true,
}
