import { check } from '../../core/check.ts'
import type { Instrument } from '../../core/instrument.ts'
import { BINANCE_FEE_TIERS } from '../../simulation/account/binance-tiers.ts'
import type { SimulationConfig } from '../config/simulation-section.ts'

/** The instruments at the rates that the configuration names for the simulated account; absent: at their own. */
export function withFees(
  instruments: readonly Instrument[],
  { fees }: Pick<SimulationConfig, 'fees'>,
): readonly Instrument[] {
  if (!fees) return instruments
  const { makerFeeRate, takerFeeRate } = fees.tier ? BINANCE_FEE_TIERS[fees.tier.level]! : fees
  check(makerFeeRate !== undefined && takerFeeRate !== undefined, 'simulation.fees', fees)
  return instruments.map((instrument) => ({ ...instrument, makerFeeRate: makerFeeRate!, takerFeeRate: takerFeeRate! }))
}
