import type Big from 'big.js'
import { type Contract, gainSign } from './contract.ts'
import { money, ZERO } from './decimal.ts'

/** Signed lots. `cost`: what the open lots were bought (or sold) for, settle currency, ≥ 0. */
export interface Position {
  readonly lots: number
  readonly cost: Big
}

export const FLAT: Position = { lots: 0, cost: ZERO }

/** Profit if a position of this cost, on the side of `lots`, were worth `value` now. */
export const gainOf = (contract: Contract, lots: number, value: Big, cost: Big): Big =>
  gainSign(contract, lots) > 0 ? value.minus(cost) : cost.minus(value)

export interface Trade {
  readonly next: Position
  readonly realised: Big
  /** Lots closed, ≥ 0, and value of those opened. */
  readonly closed: number
  readonly openedValue: Big
}

/**
 * Trades `signedLots` for `value` (≥ 0). Average-cost method; a trade through zero closes and opens anew. What part of a position
 * realises is rounded and the rest stays in `cost`, so over a round trip the realised profits add up to the cash exactly.
 */
export function trade(contract: Contract, position: Position, signedLots: number, value: Big): Trade {
  const { lots, cost } = position
  const held = Math.abs(lots)
  const size = Math.abs(signedLots)
  if (lots === 0 || lots > 0 === signedLots > 0) {
    const next = { lots: lots + signedLots, cost: cost.plus(value) }
    return { next, realised: ZERO, closed: 0, openedValue: value }
  }
  const closed = Math.min(held, size)
  const valueIn = closed === size ? value : value.times(closed).div(size)
  const openedValue = value.minus(valueIn)
  if (closed === held) {
    const realised = gainOf(contract, lots, valueIn, cost)
    return { next: { lots: lots + signedLots, cost: openedValue }, realised, closed, openedValue }
  }
  const realised = money(gainOf(contract, lots, valueIn, cost.times(closed).div(held)))
  const costOut = gainSign(contract, lots) > 0 ? valueIn.minus(realised) : valueIn.plus(realised)
  return { next: { lots: lots + signedLots, cost: cost.minus(costOut) }, realised, closed, openedValue }
}
