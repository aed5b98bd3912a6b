import Big from 'big.js'
import { converter, type Instrument } from '../../core/instrument.ts'
import type { Fill } from '../../core/order.ts'

/** Decimals of a fee that is reckoned here; venues tell 8. */
const FEE_DECIMALS = 8

/** Whether the fee was paid in another currency than the one of profit (e.g. BNB at Binance). */
export const isForeignFee = ({ feeCurrency }: Fill, { settle }: Instrument): boolean => feeCurrency !== settle

/** The fee in the settle currency: as the venue told it, or by the instrument's rates where it was paid in another. Decimal string. */
export function settledFee(fill: Fill, instrument: Instrument): string {
  if (!isForeignFee(fill, instrument)) return fill.fee
  const { price, quantity } = converter(instrument)
  const units = new Big(quantity(fill.lots))
  const value = instrument.inverse
    ? units.times(instrument.contractSize).div(price(fill.price))
    : units.times(price(fill.price))
  return value
    .times(fill.maker ? instrument.makerFeeRate : instrument.takerFeeRate)
    .round(FEE_DECIMALS)
    .toFixed()
}
