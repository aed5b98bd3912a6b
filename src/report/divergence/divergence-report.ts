import type Big from 'big.js'
import { check } from '../../core/check.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import { signOf } from '../../core/units.ts'
import { type Attribution, attribute, feesOf, lotsOf, NOTHING, type Parts } from './attribute.ts'
import type { ComparedOrder, Execution, Outcome } from './compared-order.ts'

const BPS = 10_000

/** What became of an order at one venue, for people: prices in quote currency. */
export interface OutcomeRow {
  readonly state: string
  readonly detail: string
  readonly filledLots: number
  /** Null when nothing filled. */
  readonly averagePrice: number | null
  readonly fees: string
  readonly pnl: string
  /** Mid at the arrival against the mid when it was sent, basis points; above 0: it had moved against the order. */
  readonly delayBps: number | null
}

/** Decimal strings, settle currency; simulated less real. */
export type PartsRow = Readonly<Record<keyof Parts, string>>

export interface OrderRow extends Omit<ComparedOrder, 'real' | 'simulated' | 'sendMidTicks'> {
  /** The same lots at the same prices as maker and taker, and nothing else. */
  readonly fillsEqual: boolean
  /** Simulated against real average, basis points; above 0: the simulated was better. Null unless both filled. */
  readonly priceBps: number | null
  readonly real: OutcomeRow
  readonly simulated: OutcomeRow
  readonly parts: PartsRow
}

export interface DivergenceReport {
  readonly currency: string
  readonly orders: readonly OrderRow[]
  readonly totals: {
    readonly orders: number
    readonly fillsEqual: number
    /** Of all orders. */
    readonly fillsEqualShare: number
    readonly filledBoth: number
    readonly filledRealOnly: number
    readonly filledSimulatedOnly: number
    readonly realPnl: string
    readonly simulatedPnl: string
    readonly parts: PartsRow
    /** Over the orders that filled at both, weighted by nothing; null when there is none. */
    readonly meanPriceBps: number | null
    readonly meanAbsolutePriceBps: number | null
  }
}

/** `endMidTicks`: what open lots are worth at the end of the tape. Orders are of one settle currency, at least one. */
export function divergenceReport(
  orders: readonly ComparedOrder[],
  instruments: ReadonlyMap<InstrumentSymbol, Instrument>,
  endMidTicks: ReadonlyMap<InstrumentSymbol, number>,
): DivergenceReport {
  const judged = orders.map((order) => {
    const instrument = instruments.get(order.symbol)
    const endMid = endMidTicks.get(order.symbol)
    check(instrument !== undefined && endMid !== undefined, 'instrument and end of a compared order', order.symbol)
    const attribution = attribute(order, instrument!, endMid!)
    return { row: rowOf(order, instrument!, attribution), attribution }
  })
  const rows = judged.map(({ row }) => row)
  const sum = (of: (attribution: Attribution) => Big): string =>
    judged.reduce((total, { attribution }) => total.plus(of(attribution)), NOTHING).toFixed()
  const filled = (real: boolean, simulated: boolean): number =>
    rows.filter((row) => row.real.filledLots > 0 === real && row.simulated.filledLots > 0 === simulated).length
  const fillsEqual = rows.filter((row) => row.fillsEqual).length
  const bps = rows.flatMap(({ priceBps }) => (priceBps === null ? [] : [priceBps]))
  return {
    currency: instruments.get(orders[0]?.symbol ?? '')?.settle ?? '',
    orders: rows,
    totals: {
      orders: rows.length,
      fillsEqual,
      fillsEqualShare: fillsEqual / rows.length,
      filledBoth: filled(true, true),
      filledRealOnly: filled(true, false),
      filledSimulatedOnly: filled(false, true),
      realPnl: sum(({ profits }) => profits.real),
      simulatedPnl: sum(({ profits }) => profits.simulated),
      parts: {
        fill: sum(({ parts }) => parts.fill),
        latency: sum(({ parts }) => parts.latency),
        price: sum(({ parts }) => parts.price),
        fee: sum(({ parts }) => parts.fee),
        total: sum(({ parts }) => parts.total),
      },
      meanPriceBps: mean(bps),
      meanAbsolutePriceBps: mean(bps.map(Math.abs)),
    },
  }
}

function rowOf(order: ComparedOrder, instrument: Instrument, { parts, profits }: Attribution): OrderRow {
  const { sendMidTicks, real, simulated, ...rest } = order
  const tickSize = Number(instrument.tickSize)
  const outcome = (one: Outcome, pnl: Big): OutcomeRow => ({
    state: one.state,
    detail: one.detail,
    filledLots: lotsOf(one.fills),
    averagePrice: scaled(averageTicks(one.fills), tickSize),
    fees: feesOf(one.fills).toFixed(),
    pnl: pnl.toFixed(),
    delayBps: sendMidTicks === undefined ? null : moveBps(sendMidTicks, one.arrivalMidTicks, signOf(order.side)),
  })
  const realTicks = averageTicks(real.fills)
  return {
    ...rest,
    fillsEqual: isEqual(real.fills, simulated.fills),
    priceBps: realTicks === undefined ? null : moveBps(realTicks, averageTicks(simulated.fills), -signOf(order.side)),
    real: outcome(real, profits.real),
    simulated: outcome(simulated, profits.simulated),
    parts: {
      fill: parts.fill.toFixed(),
      latency: parts.latency.toFixed(),
      price: parts.price.toFixed(),
      fee: parts.fee.toFixed(),
      total: parts.total.toFixed(),
    },
  }
}

function averageTicks(fills: readonly Execution[]): number | undefined {
  const lots = lotsOf(fills)
  return lots === 0 ? undefined : fills.reduce((sum, fill) => sum + fill.ticks * fill.lots, 0) / lots
}

const scaled = (ticks: number | undefined, tickSize: number): number | null =>
  ticks === undefined ? null : Number((ticks * tickSize).toPrecision(12))

/** Plus zero, so that no `-0` is shown. */
const moveBps = (from: number, to: number | undefined, sign: number): number | null =>
  to === undefined ? null : ((sign * (to - from)) / from) * BPS + 0

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

/** Venues cut one execution into prints of their own liking: lots are compared by price. */
function isEqual(a: readonly Execution[], b: readonly Execution[]): boolean {
  const [one, other] = [lotsByPrice(a), lotsByPrice(b)]
  return one.size === other.size && [...one].every(([key, lots]) => other.get(key) === lots)
}

function lotsByPrice(fills: readonly Execution[]): Map<string, number> {
  const lots = new Map<string, number>()
  for (const fill of fills) {
    const key = `${fill.ticks} ${fill.maker}`
    lots.set(key, (lots.get(key) ?? 0) + fill.lots)
  }
  return lots
}
