import { check } from '../../core/check.ts'
import type { Converter, InstrumentSymbol } from '../../core/instrument.ts'
import type { Fill } from '../../core/order.ts'
import type { EpochMs, Side } from '../../core/units.ts'
import type { RoundTrip } from '../backtest/record.ts'
import { type TradeMoney, tradeMoney } from './trade-money.ts'

interface OpenTrip {
  readonly side: Side
  readonly openedAt: EpochMs
  readonly modelId: string
  /** ≥ 0. */
  held: number
  lotsMax: number
  entryLots: number
  /** Σ value of the entries and of the exits, settle currency. */
  entryValue: number
  exitLots: number
  exitValue: number
  fees: number
  funding: number
  slippage: number
  mae: number
  mfe: number
  bars: number
}

/**
 * Makes round trips of one position from its fills in order (in hedge mode: one builder for the long, one for the short). Keeps the
 * open trip alone. Money is what the account sees: Σ `netPnl` = change of its equity, the last position valued at the price of `end`.
 */
export interface TripBuilder {
  /**
   * `midQuote`: the price that the decision saw, quote currency, > 0. `modelId` goes to the trip that the fill opens, `reason` to the one
   * it closes; fee and slippage of a reversal are shared by lots. The fee must be in the settle currency. Returns the trip that ended.
   */
  fill(fill: Fill, midQuote: number, modelId: string, reason: string): RoundTrip | undefined
  /** Once per closed bar, after its fills: extremes and close in quote currency; NaN where the bar has none. */
  mark(high: number, low: number, close: number): void
  /** A payment to the open position: received > 0. */
  funding(amount: number): void
  /** A fee that no fill states, paid > 0. False: nothing is open, and `withFee` adds it to the trip that ended. */
  fee(amount: number): boolean
  /** Values what is still open at `close`. Nothing when flat. */
  end(at: EpochMs, close: number): RoundTrip | undefined
}

export function tripBuilder(symbol: InstrumentSymbol, converter: Converter): TripBuilder {
  const money = tradeMoney(converter)
  let open: OpenTrip | undefined
  return {
    fill(fill, midQuote, modelId, reason) {
      check(
        fill.feeCurrency === converter.instrument.settle,
        `fee of ${symbol} in its settle currency`,
        fill.feeCurrency,
      )
      check(midQuote > 0, 'mid price > 0', midQuote)
      const price = converter.price(fill.price)
      const closing = open && open.side !== fill.side ? Math.min(fill.lots, open.held) : 0
      let closed: RoundTrip | undefined
      if (open && closing > 0) {
        pay(open, money, fill, price, midQuote, closing)
        reduce(open, money, price, closing)
        if (open.held === 0) {
          closed = tripOf(symbol, open, money, fill.at, reason)
          open = undefined
        }
      }
      const opening = fill.lots - closing
      if (opening > 0) {
        open ??= startTrip(fill, modelId)
        pay(open, money, fill, price, midQuote, opening)
        grow(open, money, price, opening)
      }
      return closed
    },
    mark(high, low, close) {
      if (!open) return
      open.bars += 1
      for (const price of [high, low, close]) if (price > 0) observe(open, money, price)
    },
    funding(amount) {
      check(open !== undefined, `a position of ${symbol} at its funding`, amount)
      open!.funding += amount
    },
    fee(amount) {
      if (open) open.fees += amount
      return open !== undefined
    },
    end(at, close) {
      if (!open) return undefined
      const last = open
      open = undefined
      reduce(last, money, close, last.held)
      return tripOf(symbol, last, money, at, 'end')
    },
  }
}

/** A trip whose last fee came after its last fill. */
export const withFee = (trip: RoundTrip, fee: number): RoundTrip => ({
  ...trip,
  fees: trip.fees + fee,
  netPnl: trip.netPnl - fee,
})

const startTrip = ({ side, at }: Fill, modelId: string): OpenTrip => ({
  side,
  openedAt: at,
  modelId,
  held: 0,
  lotsMax: 0,
  entryLots: 0,
  entryValue: 0,
  exitLots: 0,
  exitValue: 0,
  fees: 0,
  funding: 0,
  slippage: 0,
  mae: 0,
  mfe: 0,
  bars: 0,
})

/** The share of a fill's fee and slippage that belongs to `lots` of it. */
function pay(trip: OpenTrip, money: TradeMoney, fill: Fill, price: number, mid: number, lots: number): void {
  trip.fees += (Number(fill.fee) * lots) / fill.lots
  trip.slippage += money.slippage(fill.side, price, mid, lots)
}

function grow(trip: OpenTrip, money: TradeMoney, price: number, lots: number): void {
  trip.held += lots
  trip.lotsMax = Math.max(trip.lotsMax, trip.held)
  trip.entryLots += lots
  trip.entryValue += money.value(price, lots)
  observe(trip, money, price)
}

function reduce(trip: OpenTrip, money: TradeMoney, price: number, lots: number): void {
  observe(trip, money, price)
  trip.held -= lots
  trip.exitLots += lots
  trip.exitValue += money.value(price, lots)
}

/** Gross profit so far, with what is held valued at `price`. */
const grossAt = (trip: OpenTrip, money: TradeMoney, price: number): number =>
  money.gainSign(trip.side) * (trip.exitValue + money.value(price, trip.held) - trip.entryValue)

function observe(trip: OpenTrip, money: TradeMoney, price: number): void {
  const gross = grossAt(trip, money, price)
  trip.mae = Math.max(trip.mae, -gross)
  trip.mfe = Math.max(trip.mfe, gross)
}

function tripOf(
  symbol: InstrumentSymbol,
  trip: OpenTrip,
  money: TradeMoney,
  closedAt: EpochMs,
  exitReason: string,
): RoundTrip {
  const { side, openedAt, modelId, lotsMax, fees, funding, slippage, mae, mfe, bars } = trip
  const entryPrice = money.priceAt(trip.entryValue, trip.entryLots)
  const grossPnl = money.gainSign(side) * (trip.exitValue - trip.entryValue)
  return {
    symbol,
    side,
    openedAt,
    closedAt,
    lotsMax,
    entryPrice,
    exitPrice: money.priceAt(trip.exitValue, trip.exitLots),
    grossPnl,
    fees,
    funding,
    slippage,
    netPnl: grossPnl - fees + funding,
    entryValue: money.value(entryPrice, lotsMax),
    mae,
    mfe,
    bars,
    modelId,
    exitReason,
  }
}
