import type Big from 'big.js'
import type { Instrument } from '../../core/instrument.ts'
import { Decimal } from './decimal.ts'

/** An instrument with its steps as exact decimals. */
export interface Contract {
  readonly instrument: Instrument
  /** Size of one lot: base (linear) or quote (inverse). */
  readonly lotValue: Big
  /** The same as a float, for quick checks. */
  readonly lotValueNumber: number
  readonly tickSize: Big
}

export function contractOf(instrument: Instrument): Contract {
  const lotValue = new Decimal(instrument.lotSize).times(instrument.contractSize)
  return { instrument, lotValue, lotValueNumber: lotValue.toNumber(), tickSize: new Decimal(instrument.tickSize) }
}

/** Value of so many lots, settle currency, ≥ 0: lots × lot value × price (linear) or ÷ price (inverse). */
export function valueAt({ instrument, lotValue }: Contract, price: Big, lots: number): Big {
  const units = lotValue.times(Math.abs(lots))
  return instrument.inverse ? units.div(price) : units.times(price)
}

/** +1 where a position gains what its value gains (linear long, inverse short), −1 where it loses that; an inverse long is short of the settle currency. */
export const gainSign = ({ instrument }: Contract, lots: number): 1 | -1 => (lots > 0 === instrument.inverse ? -1 : 1)
