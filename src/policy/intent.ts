import { type Converter, roundTicks } from '../core/instrument.ts'
import { type Lots, lots, type Side, type Ticks, ticks } from '../core/units.ts'
import type { Target } from './decision.ts'

const BPS = 10_000

/** An order intent before it has a name and a time: the caller adds `clientId`, `decisionId`, `symbol` and `createdAt`. */
export interface OrderPlan {
  readonly side: Side
  readonly lots: Lots
  readonly type: 'limit'
  readonly price: Ticks
  readonly timeInForce: 'IOC'
  readonly reduceOnly: boolean
}

export interface PlanInputs {
  readonly converter: Converter
  /** Held now, signed. */
  readonly positionLots: number
  /** Best quotes in ticks; `NaN` while the book is void. */
  readonly bidTicks: number
  readonly askTicks: number
}

/**
 * The one order that moves the position to the target, or none: nothing to do, no quotes, or too small for the venue. An
 * immediate-or-cancel limit at the touch, at most `collarBps` beyond it, never rounded to a worse price. One order carries a
 * position through zero; it is reduce-only exactly when it cannot pass zero. A change above the venue's largest order is made in
 * part: the next decision does the rest.
 */
export function planOrder(target: Target, inputs: PlanInputs, collarBps: number): OrderPlan | undefined {
  if (target.kind === 'abstain') return undefined
  const { converter, positionLots, bidTicks, askTicks } = inputs
  const change = target.lots - positionLots
  if (change === 0 || !(bidTicks > 0 && askTicks > bidTicks && Number.isFinite(askTicks))) return undefined
  const side: Side = change > 0 ? 'buy' : 'sell'
  const { lotsMin, lotsMax, notionalMin } = converter.instrument
  const size = Math.min(Math.abs(change), lotsMax)
  const touch = side === 'buy' ? askTicks * (1 + collarBps / BPS) : bidTicks * (1 - collarBps / BPS)
  const price = Math.max(1, roundTicks(touch, side))
  const reduceOnly = Math.sign(change) === -Math.sign(positionLots) && size <= Math.abs(positionLots)
  if (size < lotsMin) return undefined
  if (!reduceOnly && converter.notional(price, size) < notionalMin) return undefined
  return { side, lots: lots(size), type: 'limit', price: ticks(price), timeInForce: 'IOC', reduceOnly }
}
