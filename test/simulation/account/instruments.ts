import type { Instrument } from '../../../src/core/instrument.ts'

/** A linear perpetual whose prices have two decimals and whose sizes have three. */
export const linear = (base: string, over: Partial<Instrument> = {}): Instrument => ({
  symbol: `${base}/USDT:USDT`,
  venueSymbol: `${base}USDT`,
  base,
  quote: 'USDT',
  settle: 'USDT',
  tickSize: '0.01',
  lotSize: '0.001',
  contractSize: '1',
  inverse: false,
  lotsMin: 1,
  lotsMax: 1e9,
  lotsMaxMarket: 1e9,
  notionalMin: 0,
  makerFeeRate: 0,
  takerFeeRate: 0,
  ...over,
})

/** A contract of `contractSize` USD that settles in the base. */
export const inverse = (contractSize: string, over: Partial<Instrument> = {}): Instrument =>
  linear('BTC', {
    symbol: 'BTC/USD:BTC',
    quote: 'USD',
    settle: 'BTC',
    tickSize: '0.1',
    lotSize: '1',
    contractSize,
    inverse: true,
    ...over,
  })

export const BTC = linear('BTC')
export const ETH = linear('ETH')
