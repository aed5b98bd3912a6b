import type { Converter, InstrumentSymbol } from '../../core/instrument.ts'
import type { Fill } from '../../core/order.ts'
import { epochMs } from '../../core/units.ts'
import { isForecast } from '../../inference/forecast.ts'
import type { BacktestRecord, RoundTrip } from '../../report/backtest/record.ts'
import { costAccumulator } from '../../report/trades/cost-accumulator.ts'
import { type TradeMoney, tradeMoney } from '../../report/trades/trade-money.ts'
import { type TripBuilder, tripBuilder, withFee } from '../../report/trades/trip-builder.ts'
import type { CashRecord, DecisionRecord } from '../../trading/journal-records.ts'
import type { TraderEvent } from '../../trading/trader-event.ts'
import type { SessionEvent } from '../session/decider.ts'
import { type GrowingCurve, growingCurve } from './growing-curve.ts'
import { type ForecastTerms, type OutcomeSample, outcomeSample } from './outcome-sample.ts'
import { RunHash } from './run-hash.ts'

/** Decided orders whose fills may still come; past it the oldest are forgotten, and their fills count as the venue's own. */
const CONTEXTS_MAX = 10_000

const FUNDING = 'FUNDING_FEE'
const LIQUIDATION_FEE = 'INSURANCE_CLEAR'
/** Of a fill that no decision of ours explains. */
const FORCED = { modelId: '', reason: 'liquidation' }

export interface RecorderSettings {
  readonly converters: readonly Converter[]
  readonly currency: string
  readonly startingBalance: number
  readonly barMs: number
  readonly forecasts: ForecastTerms
  /** False: the run hash gets the features when the run is over, not with each decision. Absent: with each. */
  readonly hashesWindows?: boolean
  readonly onDecision?: ((record: DecisionRecord) => void) | undefined
}

/** What an order was decided on. */
interface OrderContext {
  readonly midQuote: number
  readonly modelId: string
  readonly reason: string
}

/** Listens to a run and remembers what metrics and report need. */
export class Recorder {
  readonly counts = { decisions: 0, orders: 0, fills: 0, liquidations: 0, bars: 0 }
  readonly #settings: RecorderSettings
  readonly #converters: ReadonlyMap<InstrumentSymbol, Converter>
  readonly #trips: ReadonlyMap<InstrumentSymbol, TripBuilder>
  #prices: ReadonlyMap<InstrumentSymbol, GrowingCurve>
  readonly #contexts = new Map<string, OrderContext>()
  readonly #costs = costAccumulator()
  readonly #ended: RoundTrip[] = []
  #equity = growingCurve(2)
  #hasModel = false
  readonly #outcomes: OutcomeSample
  readonly #run: RunHash
  readonly #lastPrice = new Map<InstrumentSymbol, number>()
  readonly #values: ReadonlyMap<InstrumentSymbol, TradeMoney>
  /** Order of the last liquidation: its fills are one. */
  #lastForced = ''
  readonly #moment = { at: 0, equity: 0, exposure: 0 }
  /** What `#moment.equity` was read from. */
  #equityText = ''
  readonly #span = { from: Number.NaN, to: Number.NaN }

  constructor(settings: RecorderSettings) {
    this.#settings = settings
    const { converters, forecasts } = settings
    const each = <T>(make: (converter: Converter) => T): ReadonlyMap<InstrumentSymbol, T> =>
      new Map(converters.map((one) => [one.instrument.symbol, make(one)]))
    this.#converters = each((one) => one)
    this.#trips = each((one) => tripBuilder(one.instrument.symbol, one))
    this.#values = each((one) => tradeMoney(one))
    this.#prices = each(() => growingCurve(1))
    this.#run = new RunHash(settings.hashesWindows)
    this.#outcomes = outcomeSample(forecasts)
  }

  onSession(event: SessionEvent): void {
    if (event.kind !== 'decided') return
    const { record, midQuote } = event
    if (!this.#hasModel && record.modelId) this.#begin()
    this.#onBar(record, midQuote)
    this.#onMoment(record)
    this.counts.bars += 1
    this.counts.decisions += 1
    this.#run.addDecision(record)
    this.#settings.onDecision?.(record)
    this.#remember(record, midQuote)
    const said = record.forecast
    this.#outcomes.add(record.symbol, record.barEndAt, midQuote, said && isForecast(said) ? said : undefined)
  }

  onTrader(event: TraderEvent): void {
    if (event.kind === 'fill') this.#onFill(event.fill)
    else if (event.kind === 'cash' && event.cash.reason === FUNDING) this.#onFunding(event.cash)
    else if (event.kind === 'cash' && event.cash.reason === LIQUIDATION_FEE) this.#onLiquidationFee(event.cash)
  }

  /** What is measured begins with the first forecast: before it nothing could be traded, which is neither skill nor patience. */
  #begin(): void {
    this.#hasModel = true
    this.#span.from = Number.NaN
    this.#moment.at = 0
    this.#equity = growingCurve(2)
    this.#prices = new Map([...this.#converters.keys()].map((symbol) => [symbol, growingCurve(1)]))
  }

  /** When the round trips so far were closed, milliseconds since the epoch. */
  get tripsAt(): readonly number[] {
    return this.#ended.map(({ closedAt }) => closedAt)
  }

  /** `features`: see `RunHash`. */
  finish(features?: string): { readonly record: BacktestRecord; readonly runHash: string } {
    this.#endMoment()
    const { from, to } = this.#span
    for (const [symbol, builder] of this.#trips) {
      const trip = builder.end(epochMs(to), this.#lastPrice.get(symbol) ?? Number.NaN)
      if (trip) this.#ended.push(trip)
    }
    const { currency, startingBalance, barMs, forecasts } = this.#settings
    const horizonBars = Math.max(...[...this.#converters.keys()].map((symbol) => forecasts.horizonBarsOf(symbol)))
    const [at, equity, exposure] = this.#equity.columns()
    const record: BacktestRecord = {
      ...{ currency, startingBalance, barMs, horizonBars },
      startAt: epochMs(from),
      endAt: epochMs(to),
      equity: { at: at!, equity: equity!, exposure: exposure! },
      prices: [...this.#prices].map(([symbol, curve]) => {
        const [times, close] = curve.columns()
        return { symbol, at: times!, close: close! }
      }),
      trips: this.#ended,
      costs: this.#costs.breakdown(),
      forecasts: this.#outcomes.outcomes(),
      liquidations: this.counts.liquidations,
    }
    return { record, runHash: this.#run.digest(features) }
  }

  #onFill(fill: Fill): void {
    const converter = this.#converters.get(fill.symbol)
    if (!converter) return
    // Without a decision there is no price that it saw, and no slippage.
    const forced = { midQuote: converter.price(fill.price), ...FORCED }
    const { midQuote, modelId, reason } = this.#contexts.get(fill.clientId) ?? forced
    this.counts.fills += 1
    if (reason === FORCED.reason && fill.clientId !== this.#lastForced) {
      this.#lastForced = fill.clientId
      this.counts.liquidations += 1
    }
    this.#run.addFill(fill)
    this.#costs.fill(converter, fill, midQuote, reason)
    const trip = this.#trips.get(fill.symbol)?.fill(fill, midQuote, modelId, reason)
    if (trip) this.#ended.push(trip)
  }

  #onFunding({ symbol = '', amount, at }: CashRecord): void {
    this.#costs.funding(Number(amount))
    this.#trips.get(symbol)?.funding(Number(amount))
    this.#run.addCash(symbol, at, FUNDING, amount)
  }

  /** Told after the fill that it is for, which may have ended the trip. */
  #onLiquidationFee({ symbol = '', amount, at }: CashRecord): void {
    const trips = this.#trips.get(symbol)
    if (!trips) return
    const fee = -Number(amount)
    this.#costs.liquidationFee(fee)
    this.#run.addCash(symbol, at, LIQUIDATION_FEE, amount)
    if (trips.fee(fee)) return
    const last = this.#ended.findLastIndex((trip) => trip.symbol === symbol)
    if (last >= 0) this.#ended[last] = withFee(this.#ended[last]!, fee)
  }

  /** Equity is read once for the bars that close together; what each holds adds to the exposure. */
  #onMoment({ symbol, barEndAt, equity, positionLots }: DecisionRecord): void {
    if (barEndAt !== this.#moment.at) {
      this.#endMoment()
      this.#moment.at = barEndAt
      if (equity !== this.#equityText) this.#moment.equity = Number(equity)
      this.#equityText = equity
      this.#moment.exposure = 0
    }
    if (positionLots === 0) return
    this.#moment.exposure += this.#values.get(symbol)!.value(this.#lastPrice.get(symbol)!, Math.abs(positionLots))
  }

  #endMoment(): void {
    const { at, equity, exposure } = this.#moment
    if (at !== 0) this.#equity.add(at, equity, exposure)
  }

  /** A quiet bar has no close of its own, and one behind a gap no mid. */
  #onBar({ symbol, barStartAt, barEndAt, bar }: DecisionRecord, midQuote: number): void {
    if (Number.isNaN(this.#span.from)) this.#span.from = barStartAt
    this.#span.to = barEndAt
    const close = bar.close ?? midQuote
    const price = Number.isFinite(midQuote) ? midQuote : close
    if (Number.isFinite(price)) this.#lastPrice.set(symbol, price)
    this.#prices.get(symbol)?.add(barEndAt, close)
    this.#trips.get(symbol)?.mark(bar.high ?? close, bar.low ?? close, close)
  }

  #remember({ clientId, target, modelId }: DecisionRecord, midQuote: number): void {
    if (clientId === null) return
    this.counts.orders += 1
    const reason = target.kind === 'target' ? target.reason : 'exit'
    this.#contexts.set(clientId, { midQuote, modelId: modelId ?? '', reason })
    if (this.#contexts.size <= CONTEXTS_MAX) return
    for (const oldest of this.#contexts.keys()) {
      this.#contexts.delete(oldest)
      break
    }
  }
}
