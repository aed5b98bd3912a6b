import Big from 'big.js'
import type { Instrument } from '../../core/instrument.ts'
import { type Side, signOf } from '../../core/units.ts'
import type { ComparedOrder, Execution } from './compared-order.ts'

/** A private constructor, so that its precision is nobody else's. Linear money is exact; the quotients of inverse have 24 decimals. */
const Decimal = Big()
Decimal.DP = 24

/** Simulated less real: above 0 the simulation was kinder. Settle currency; `total` is the exact sum of the four others. */
export interface Parts {
  /** Lots that only one of the two got, at that venue's price against the end. */
  readonly fill: Big
  /** Lots that both got: what the mid's move between the two arrivals made of their price. */
  readonly latency: Big
  /** Lots that both got: the rest of their price. */
  readonly price: Big
  readonly fee: Big
  readonly total: Big
}

/** Profit of an order's fills less their fees, valued at the end mid; settle currency. */
export interface Profits {
  readonly real: Big
  readonly simulated: Big
}

export interface Attribution {
  readonly parts: Parts
  readonly profits: Profits
}

/** A run of lots at one price. */
type Slice = Pick<Execution, 'ticks' | 'lots'>

/**
 * Lots are matched in the order in which they filled: the first m = min(real, simulated) lots of each got filled at both. With g(p) the
 * gain of a lot bought (sold) at p against `endMidTicks`:
 *   fill    = Σ g over the simulated lots past m − the same of the real ones
 *   latency = m × (g(mid at the simulated arrival) − g(mid at the real one)); 0 where either is not known
 *   price   = Σ g over the first m simulated lots − the same of the real ones − latency
 *   fee     = real fees − simulated fees
 */
export function attribute(order: ComparedOrder, instrument: Instrument, endMidTicks: number): Attribution {
  const { real, simulated, side } = order
  const gain = gainOf(instrument, side, endMidTicks)
  const sum = (slices: readonly Slice[]): Big =>
    slices.reduce((total, { ticks, lots }) => total.plus(gain(ticks, lots)), new Decimal(0))
  const matched = Math.min(lotsOf(real.fills), lotsOf(simulated.fills))
  const ours = split(real.fills, matched)
  const theirs = split(simulated.fills, matched)
  const [realMid, simulatedMid] = [real.arrivalMidTicks, simulated.arrivalMidTicks]
  const latency =
    realMid === undefined || simulatedMid === undefined
      ? new Decimal(0)
      : gain(simulatedMid, matched).minus(gain(realMid, matched))
  const both = { real: sum(ours.within), simulated: sum(theirs.within) }
  const beyond = { real: sum(ours.beyond), simulated: sum(theirs.beyond) }
  const fees = { real: feesOf(real.fills), simulated: feesOf(simulated.fills) }
  const parts = {
    fill: beyond.simulated.minus(beyond.real),
    latency,
    price: both.simulated.minus(both.real).minus(latency),
    fee: fees.real.minus(fees.simulated),
  }
  const profits = {
    real: both.real.plus(beyond.real).minus(fees.real),
    simulated: both.simulated.plus(beyond.simulated).minus(fees.simulated),
  }
  return { parts: { ...parts, total: profits.simulated.minus(profits.real) }, profits }
}

export const lotsOf = (fills: readonly Execution[]): number => fills.reduce((sum, { lots }) => sum + lots, 0)

export const feesOf = (fills: readonly Execution[]): Big =>
  fills.reduce((sum, { fee }) => sum.plus(fee), new Decimal(0))

export const NOTHING: Big = new Decimal(0)

/** Settle currency gained by lots bought (sold) at a price, valued at the end. */
function gainOf(instrument: Instrument, side: Side, endMidTicks: number): (ticks: number, lots: number) => Big {
  const { lotSize, contractSize, tickSize, inverse } = instrument
  const sign = signOf(side)
  const units = new Decimal(lotSize).times(contractSize).times(sign)
  const priceOf = (ticks: number): Big => new Decimal(String(ticks)).times(tickSize)
  const end = priceOf(endMidTicks)
  return (ticks, lots) => {
    const size = units.times(lots)
    return inverse ? size.div(priceOf(ticks)).minus(size.div(end)) : size.times(end.minus(priceOf(ticks)))
  }
}

/** The first `matched` lots and the others. */
function split(fills: readonly Execution[], matched: number): { within: Slice[]; beyond: Slice[] } {
  const within: Slice[] = []
  const beyond: Slice[] = []
  let left = matched
  for (const { ticks, lots } of fills) {
    const taken = Math.min(lots, left)
    left -= taken
    if (taken > 0) within.push({ ticks, lots: taken })
    if (lots > taken) beyond.push({ ticks, lots: lots - taken })
  }
  return { within, beyond }
}
