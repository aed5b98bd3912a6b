import type { Converter } from '../../core/instrument.ts'
import type { Side } from '../../core/units.ts'

/** Values and cash of one instrument's trades, settle currency. */
export interface TradeMoney {
  /** Of `lots` ≥ 0 at `price` (quote per base), ≥ 0. Linear: lots × lot value × price; inverse: lots × lot value ÷ price. */
  value(price: number, lots: number): number
  /** Price at which `lots` > 0 have that value. */
  priceAt(value: number, lots: number): number
  /** +1 where a position of that side gains as its value rises: a linear long, an inverse short (which is long of the settle currency). */
  gainSign(side: Side): 1 | -1
  /** Loss by trading at `price` and not at `mid`; < 0 where the price was better. */
  slippage(side: Side, price: number, mid: number, lots: number): number
}

export function tradeMoney({ instrument, lotSize }: Converter): TradeMoney {
  const { inverse } = instrument
  const lotValue = lotSize * Number(instrument.contractSize)
  const value = (price: number, lots: number): number => (inverse ? (lots * lotValue) / price : lots * lotValue * price)
  const gainSign = (side: Side): 1 | -1 => ((side === 'buy') === inverse ? -1 : 1)
  return {
    value,
    priceAt: (worth, lots) => (inverse ? (lots * lotValue) / worth : worth / (lots * lotValue)),
    gainSign,
    slippage: (side, price, mid, lots) => gainSign(side) * (value(price, lots) - value(mid, lots)),
  }
}
