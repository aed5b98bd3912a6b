import type { Instrument } from '../../core/instrument.ts'
import { marginTiers } from '../account/margin-tiers.ts'
import type { MarketSettings } from './exchange-settings.ts'

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

/** The first of Binance's tiers of BTCUSDT (`GET /fapi/v1/leverageBracket`). */
const TIERS = marginTiers([
  { notionalMax: 300_000, maintenanceRate: 0.004, leverageMax: 125 },
  { notionalMax: 800_000, maintenanceRate: 0.005, leverageMax: 100 },
  { notionalMax: 3_000_000, maintenanceRate: 0.0065, leverageMax: 75 },
  { notionalMax: 12_000_000, maintenanceRate: 0.01, leverageMax: 50 },
  { notionalMax: 70_000_000, maintenanceRate: 0.02, leverageMax: 25 },
  { notionalMax: 100_000_000, maintenanceRate: 0.025, leverageMax: 20 },
  { notionalMax: 230_000_000, maintenanceRate: 0.05, leverageMax: 10 },
])

const FLOW = { volatilityBps: 4, limitRate: 14, marketRate: 3, excitation: 0.5, tiers: TIERS } as const

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
