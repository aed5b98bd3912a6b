import type { Instrument } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { MarginTier } from '../account/margin-tiers.ts'

/** One instrument of the simulated market. Sizes in lots, times in seconds, prices in ticks. */
export interface MarketSettings {
  readonly instrument: Instrument
  readonly startPriceTicks: number
  /** Standard deviation of the fair price's whole log-return, the part that order flow drives included, basis points per √second. */
  readonly volatilityBps: number
  /**
   * Share of the fair price's variance over five seconds that order-flow drift carries, 0 ≤ alpha < 1; 0: nothing to learn. The drift
   * follows flow of those five seconds too: about 0.4 × alpha of the variance can be foreseen at their start.
   */
  readonly alpha: number
  /** A change of regime: so long after the start, seconds, `alpha` changes its sign; absent: never. */
  readonly alphaFlipSeconds?: number | undefined
  /** Mean arrivals per second at rest. */
  readonly limitRate: number
  readonly marketRate: number
  /** Branching ratio of the Hawkes processes, 0 ≤ x < 1: how many further orders an order begets. */
  readonly excitation: number
  /** Mean order size in lots. */
  readonly sizeMean: number
  /** Absent: one tier for any value. */
  readonly tiers?: readonly MarginTier[]
}

export interface ExchangeSettings {
  readonly seed: number
  readonly startAt: EpochMs
  readonly markets: readonly MarketSettings[]
  /** Wallet that an account finds when first seen, settle currency, decimal string. */
  readonly deposit: string
  readonly fundingIntervalMs: number
  /** Of the insurance fund at the start, settle currency, decimal string; absent: 1,000,000. */
  readonly insuranceFund?: string
}
