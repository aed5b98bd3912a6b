import { check } from '../../core/check.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { FeeTier } from './fee-tiers.ts'
import { type MarginTier, SINGLE_TIER } from './margin-tiers.ts'

/** `cross`: all positions of a currency share its wallet. `isolated`: each has its own margin, and can lose no more. */
export type MarginType = 'cross' | 'isolated'
/** `hedge`: long and short of an instrument are held apart. */
export type PositionMode = 'one-way' | 'hedge'
export type PositionSide = 'long' | 'short'

/** How the venue margins, charges and liquidates an account. */
export interface AccountSettings {
  readonly positionMode: PositionMode
  /** At the start, ≥ 1; changed with `setLeverage`. */
  leverageOf(symbol: InstrumentSymbol): number
  /** At the start; changed with `setMarginType`. */
  marginTypeOf(symbol: InstrumentSymbol): MarginType
  tiersOf(symbol: InstrumentSymbol): readonly MarginTier[]
  /** Rates by traded volume; absent: each instrument's own. */
  readonly feeTiers?: readonly FeeTier[]
  /** Fraction of the value that is liquidated; never more than what is left. Goes to the insurance fund. */
  readonly liquidationFeeRate: number
}

/** Binance's leverage at the start. */
const LEVERAGE = 20
/** Binance's `liquidationFee` of BTCUSDT (`GET /fapi/v1/exchangeInfo`). With 1 the fund takes all that is left, as on Bybit. */
const LIQUIDATION_FEE_RATE = 0.0125

export function accountSettings(given: Partial<AccountSettings> = {}): AccountSettings {
  const settings = {
    positionMode: 'one-way' as const,
    leverageOf: () => LEVERAGE,
    marginTypeOf: () => 'cross' as const,
    tiersOf: () => SINGLE_TIER,
    liquidationFeeRate: LIQUIDATION_FEE_RATE,
    ...given,
  }
  const { liquidationFeeRate } = settings
  check(liquidationFeeRate >= 0 && liquidationFeeRate <= 1, 'liquidationFeeRate', liquidationFeeRate)
  return settings
}
