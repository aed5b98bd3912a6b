import type { Instrument } from '../../core/instrument.ts'
import type { MarketSettings } from './exchange.ts'

/** Fractions; low, so that a short forecast can pay for its trades. */
const MAKER_FEE_RATE = 0
const TAKER_FEE_RATE = 0.0001

const perpetual = (base: string, tickSize: string, lotSize: string, notionalMin: number, lots: number): Instrument => ({
  symbol: `${base}/USDT:USDT`,
  venueSymbol: `${base}USDT`,
  base,
  quote: 'USDT',
  settle: 'USDT',
  tickSize,
  lotSize,
  contractSize: '1',
  inverse: false,
  lotsMin: 1,
  lotsMax: lots,
  lotsMaxMarket: Math.floor(lots / 8),
  notionalMin,
  makerFeeRate: MAKER_FEE_RATE,
  takerFeeRate: TAKER_FEE_RATE,
})

const FLOW = { volatilityBps: 4, limitRate: 14, marketRate: 3, excitation: 0.5 } as const

/** The demo's three perpetuals: about 9 basis points of movement in five seconds, of which order flow drives the share `alpha`. */
export const demoMarkets = (alpha: number): readonly MarketSettings[] => [
  {
    ...FLOW,
    alpha,
    instrument: perpetual('BTC', '0.10', '0.001', 100, 1_000_000),
    startPriceTicks: 600_000,
    sizeMean: 250,
  },
  {
    ...FLOW,
    alpha,
    instrument: perpetual('ETH', '0.01', '0.001', 20, 10_000_000),
    startPriceTicks: 300_000,
    sizeMean: 4000,
  },
  {
    ...FLOW,
    alpha,
    instrument: perpetual('SOL', '0.01', '0.01', 5, 10_000_000),
    startPriceTicks: 15_000,
    sizeMean: 6000,
  },
]
