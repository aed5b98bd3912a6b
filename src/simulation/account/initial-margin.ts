import type Big from 'big.js'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Side } from '../../core/units.ts'
import type { PositionSide } from './account-settings.ts'
import { larger, ZERO } from './decimal.ts'
import { type Holding, type Leg, leverageAt, markValue } from './holding.ts'

/** An open or wanted order that claims margin. Reduce-only orders claim none and are left out. */
export interface MarginClaim {
  readonly symbol: InstrumentSymbol
  readonly positionSide?: PositionSide
  readonly side: Side
  /** Of what is left to fill, at the price it is expected to trade at; settle currency, ≥ 0. */
  readonly value: Big
}

const sumOf = (claims: readonly MarginClaim[], side: Side): Big =>
  claims.reduce((total, claim) => (claim.side === side ? total.plus(claim.value) : total), ZERO)

/**
 * Greatest value that the position can reach when its orders fill: the worse of both sides for a net position,
 * max(|position + buys|, |position − sells|); in hedge mode the position and the orders that open it.
 */
function exposure(leg: Leg, value: Big, claims: readonly MarginClaim[]): Big {
  if (leg.side) return value.plus(sumOf(claims, leg.side === 'long' ? 'buy' : 'sell'))
  const signed = leg.position.lots < 0 ? value.times(-1) : value
  return larger(signed.plus(sumOf(claims, 'buy')).abs(), signed.minus(sumOf(claims, 'sell')).abs())
}

/**
 * Margin that an instrument's positions and orders claim from the cross wallet. An isolated position has its own
 * apart already. Where the tier of what is reached allows less leverage than was chosen, that counts.
 */
export function holdingMargin(holding: Holding, claims: readonly MarginClaim[]): Big {
  let total = ZERO
  for (const leg of holding.legs) {
    const own = claims.filter(({ positionSide }) => positionSide === leg.side)
    if (leg.position.lots === 0 && own.length === 0) continue
    const value = leg.position.lots === 0 ? ZERO : markValue({ holding, leg })
    const reached = exposure(leg, value, own)
    const claimed = holding.marginType === 'cross' ? reached : reached.minus(value)
    total = total.plus(claimed.div(leverageAt(holding, reached)))
  }
  return total
}
