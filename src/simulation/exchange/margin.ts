import type Big from 'big.js'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { MarginClaim } from '../account/initial-margin.ts'
import type { PositionSide } from './exchange.ts'
import { type Ledger, SIDES } from './ledger.ts'
import type { Market } from './market.ts'

export type Markets = ReadonlyMap<InstrumentSymbol, Market>

/** The account's own name of a position side. */
export function legOf(positionSide: PositionSide = 'BOTH'): Pick<MarginClaim, 'positionSide'> {
  const side = SIDES[positionSide]
  return side === undefined ? {} : { positionSide: side }
}

/** What the account's open orders claim: reduce-only ones nothing. */
export function claimsOf(ledger: Ledger, markets: Markets): readonly MarginClaim[] {
  const claims: MarginClaim[] = []
  for (const { state } of ledger.open.values()) {
    const { symbol, side, price, size, filled, reduceOnly, positionSide } = state
    if (reduceOnly || price === undefined) continue
    const value = markets
      .get(symbol)!
      .tickLot.times(price)
      .times(size - filled)
    claims.push({ symbol, side, value, ...legOf(positionSide) })
  }
  return claims
}

const currencyOf = ({ money }: Ledger): string => money.currencies()[0]!

/** Initial margin of cross positions and open orders, and of `wanted`, an order that is not in the account yet. */
export function initialMargin(ledger: Ledger, markets: Markets, wanted?: MarginClaim): Big {
  const claims = claimsOf(ledger, markets)
  return ledger.money.initialMargin(currencyOf(ledger), wanted ? [...claims, wanted] : claims)
}

/** Wallet plus unrealised profit at mark, isolated positions included. */
export const marginBalance = ({ money }: Ledger): Big => money.marginBalance(money.currencies()[0]!)

/** What new orders may claim; below 0 when more is claimed than there is. */
export const freeMargin = (ledger: Ledger, markets: Markets): Big =>
  ledger.money.freeMargin(currencyOf(ledger), claimsOf(ledger, markets))

/** The same, never below 0. */
export const available = (ledger: Ledger, markets: Markets): Big =>
  ledger.money.available(currencyOf(ledger), claimsOf(ledger, markets))
