import type { Converter } from '../core/instrument.ts'
import { type Lots, opposite, type Side, signOf, type Ticks } from '../core/units.ts'

/** Unfilled lots of open orders per side, ≥ 0. */
export interface OpenLots {
  readonly buy: number
  readonly sell: number
}

/** What an order leads to at worst, quote currency. */
export interface Exposure {
  readonly orderQuote: number
  /** If every order of its side fills, this one included, and none of the other. */
  readonly positionQuote: number
  /** Worst of both sides of this instrument, and all others. */
  readonly grossQuote: number
}

interface Held {
  readonly converter: Converter
  readonly positionLots: number
  readonly open: OpenLots
  readonly otherExposureQuote: number
  readonly reference?: { readonly ticks: number } | undefined
}

interface Order {
  readonly side: Side
  readonly lots: Lots
  readonly price: Ticks
}

/** Values at the limit or the reference, whichever is dearer: a sell's limit is below what the position is worth. */
export function exposureOf(intent: Order, held: Held): Exposure {
  const { converter, positionLots, open } = held
  const atTicks = Math.max(intent.price, held.reference?.ticks ?? 0)
  const signed = signOf(intent.side) * positionLots
  const sideLots = Math.max(0, signed + open[intent.side] + intent.lots)
  const otherLots = Math.max(0, -signed + open[opposite(intent.side)])
  const worst = converter.notional(atTicks, Math.max(sideLots, otherLots))
  return {
    orderQuote: converter.notional(atTicks, intent.lots),
    positionQuote: converter.notional(atTicks, sideLots),
    grossQuote: held.otherExposureQuote + worst,
  }
}
