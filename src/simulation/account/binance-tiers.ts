import type { FeeTier } from './fee-tiers.ts'
import { type MarginTier, marginTiers, SINGLE_TIER } from './margin-tiers.ts'

/** [notionalMax in USDT, maintenance rate, leverageMax] */
type Row = readonly [number, number, number]

const M = 1_000_000

const BTC: readonly Row[] = [
  [50_000, 0.004, 125],
  [600_000, 0.005, 100],
  [3 * M, 0.0065, 75],
  [12 * M, 0.01, 50],
  [70 * M, 0.02, 25],
  [100 * M, 0.025, 20],
  [230 * M, 0.05, 10],
  [480 * M, 0.1, 5],
  [600 * M, 0.125, 4],
  [800 * M, 0.15, 3],
  [1200 * M, 0.25, 2],
  [1800 * M, 0.5, 1],
]

const ETH: readonly Row[] = [
  [50_000, 0.004, 125],
  [600_000, 0.005, 100],
  [3 * M, 0.0065, 75],
  [12 * M, 0.01, 50],
  [50 * M, 0.02, 25],
  [65 * M, 0.025, 20],
  [150 * M, 0.05, 10],
  [320 * M, 0.1, 5],
  [400 * M, 0.125, 4],
  [530 * M, 0.15, 3],
  [800 * M, 0.25, 2],
  [1200 * M, 0.5, 1],
]

const table = (rows: readonly Row[], of: string): readonly MarginTier[] =>
  marginTiers(
    rows.map(([notionalMax, maintenanceRate, leverageMax]) => ({ notionalMax, maintenanceRate, leverageMax })),
    of,
  )

/**
 * Binance USD-M "Leverage & Margin" as of 2024 (`GET /fapi/v1/leverageBracket`, as freqtrade's `binance_leverage_tiers.json` keeps it).
 * The venue changes it every few months.
 */
const TABLES: ReadonlyMap<string, readonly MarginTier[]> = new Map([
  ['BTC/USDT:USDT', table(BTC, 'BTCUSDT')],
  ['ETH/USDT:USDT', table(ETH, 'ETHUSDT')],
])

/** Published tiers of an instrument, where they are kept here; otherwise the single tier. */
export const binanceTiers = (symbol: string): readonly MarginTier[] => TABLES.get(symbol) ?? SINGLE_TIER

/**
 * Binance USD-M "Futures Trading Fee Rate", VIP 0 to 9, by volume alone: the BNB that a tier asks for as well is taken for held. VIP 0 and
 * 1 are the published ones; thresholds and rates beyond VIP 1 were written from memory, as of 2024, and not checked against the page.
 */
export const BINANCE_FEE_TIERS: readonly FeeTier[] = [
  { volumeMin: 0, makerFeeRate: 0.0002, takerFeeRate: 0.0005 },
  { volumeMin: 15 * M, makerFeeRate: 0.00016, takerFeeRate: 0.0004 },
  { volumeMin: 50 * M, makerFeeRate: 0.00014, takerFeeRate: 0.00035 },
  { volumeMin: 100 * M, makerFeeRate: 0.00012, takerFeeRate: 0.00032 },
  { volumeMin: 600 * M, makerFeeRate: 0.0001, takerFeeRate: 0.0003 },
  { volumeMin: 1000 * M, makerFeeRate: 0.00008, takerFeeRate: 0.00027 },
  { volumeMin: 2500 * M, makerFeeRate: 0.00006, takerFeeRate: 0.00025 },
  { volumeMin: 5000 * M, makerFeeRate: 0.00004, takerFeeRate: 0.00022 },
  { volumeMin: 12_500 * M, makerFeeRate: 0.00002, takerFeeRate: 0.0002 },
  { volumeMin: 25_000 * M, makerFeeRate: 0, takerFeeRate: 0.00017 },
]
