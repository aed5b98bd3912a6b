import Big from 'big.js'
import type { Instrument } from '../../core/instrument.ts'

/** Money is kept to this many decimals, as Binance does. */
const MONEY_DECIMALS = 8

/** Rounds half away from zero to the venue's money resolution. */
export const money = (amount: Big): Big => amount.round(MONEY_DECIMALS, Big.roundHalfUp)

/** Quote value of one tick × one lot, exact. */
export const tickLotValue = (instrument: Instrument): Big =>
  new Big(instrument.tickSize).times(instrument.lotSize).times(instrument.contractSize)

/** Net position. `cost`: what the open lots were bought (or sold) for, quote currency, ≥ 0, exact to the money resolution. */
export interface Position {
  readonly lots: number
  readonly cost: Big
}

export const FLAT: Position = { lots: 0, cost: new Big(0) }

/**
 * Trades `signedLots` for `value` (≥ 0, quote currency). Average-cost method; a trade through zero closes and opens anew. What closing
 * lots take out of `cost` is rounded and the rest stays in, so over a round trip the realised profits add up to the cash exactly.
 */
export function trade(
  position: Position,
  signedLots: number,
  value: Big,
): { readonly next: Position; readonly realised: Big } {
  const { lots, cost } = position
  if (lots === 0 || lots > 0 === signedLots > 0) {
    return { next: { lots: lots + signedLots, cost: cost.plus(value) }, realised: new Big(0) }
  }
  const closing = Math.min(Math.abs(lots), Math.abs(signedLots))
  const costOut = closing === Math.abs(lots) ? cost : money(cost.times(closing).div(Math.abs(lots)))
  const valueIn = closing === Math.abs(signedLots) ? value : money(value.times(closing).div(Math.abs(signedLots)))
  const realised = lots > 0 ? valueIn.minus(costOut) : costOut.minus(valueIn)
  const flipped = Math.abs(signedLots) > Math.abs(lots)
  return {
    next: { lots: lots + signedLots, cost: flipped ? value.minus(valueIn) : cost.minus(costOut) },
    realised,
  }
}
