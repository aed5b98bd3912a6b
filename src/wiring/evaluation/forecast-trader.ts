import { setImmediate as turn } from 'node:timers/promises'
import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import { converter, type Instrument, type InstrumentSymbol } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { Adjustment, Forecast, NoForecast } from '../../inference/forecast.ts'
import type { FundingPayment } from '../../market/candles/candle.ts'
import type { BacktestRecord } from '../../report/backtest/record.ts'
import { FRESH_GUARD } from '../../risk/guard.ts'
import { SimulatedVenue } from '../../simulation/venue/simulated-venue.ts'
import { memoryJournal } from '../../trading/memory-journal.ts'
import { trader as createTrader, type Trader } from '../../trading/trader.ts'
import { Recorder } from '../backtest/recorder.ts'
import type { Config } from '../config/schema.ts'
import type { SimulationConfig } from '../config/simulation-section.ts'
import { tapeScheduler } from '../replay/tape-scheduler.ts'
import { createDecider, type Decider, type Forecasted } from '../session/decider.ts'
import { traderDesk } from '../session/trader-desk.ts'
import { simulationSettings, venueAccount } from '../simulation/simulation-settings.ts'
import { BarMarket } from './bar-market.ts'

/** How forecasts are traded: what the daemon's own configuration says, in the simulated venue. */
export interface TradingTerms extends Pick<Config, 'barMs' | 'policy' | 'risk' | 'trading' | 'venue' | 'feed'> {
  readonly simulation: SimulationConfig
  /** Wallet at the start, decimal string, settle currency. */
  readonly startingBalance: string
  readonly instruments: readonly Instrument[]
  /** Of funding, in the order of time, where bars announce none; absent: what they announce is paid. */
  readonly payments?: ReadonlyMap<InstrumentSymbol, readonly FundingPayment[]> | undefined
}

/** A bar that closed, and what a model said at its close. */
export interface ForecastBar {
  readonly window: FeatureWindow
  readonly forecast: Forecast | NoForecast | undefined
  /** How it is to be taken; absent: as it is. */
  readonly adjustment?: Adjustment | undefined
}

/** What trading came to so far. */
export interface TradedSoFar {
  /** Settle currency, one for each moment at which bars closed: the change of equity since the moment before. */
  readonly pnl: readonly number[]
  readonly equityQuote: number
  readonly fills: number
  /** When each round trip was closed, milliseconds since the epoch. */
  readonly tripsAt: readonly number[]
}

const NO_MODEL: NoForecast = { modelId: '', failure: 'the model was not asked' }

/**
 * Trades given forecasts with the daemon's own decider, policy, risk and trader over closed bars; orders meet the simulated venue. For
 * evaluation and for models in shadow: no order leaves it. Deterministic.
 */
export class ForecastTrader {
  readonly #terms: TradingTerms
  readonly #markets: ReadonlyMap<InstrumentSymbol, BarMarket>
  readonly #time = { now: epochMs(0) }
  readonly #scheduler = tapeScheduler()
  readonly #venue: SimulatedVenue
  readonly #trader: Trader
  readonly #decider: Decider
  readonly #recorder: Recorder
  readonly #pnl: number[] = []
  #equityQuote: number
  #isStarted = false
  #halted: string | undefined

  /** `thresholdBps`: bounds of the model's flat class. */
  constructor(terms: TradingTerms, model: { readonly horizonBars: number; readonly thresholdBps: number }) {
    this.#terms = terms
    const { instruments, simulation, venue, trading, startingBalance, barMs } = terms
    const converters = instruments.map((one) => converter(one))
    this.#markets = new Map(
      converters.map((one) => [one.instrument.symbol, new BarMarket(one, terms.payments?.get(one.instrument.symbol))]),
    )
    this.#equityQuote = Number(startingBalance)
    this.#venue = new SimulatedVenue({
      ...{ instruments, leverage: venue.leverage, marginMode: venue.marginMode, deposit: startingBalance },
      simulation: simulationSettings(simulation),
      account: venueAccount(terms),
    })
    const clock = { now: () => this.#time.now, monotonicMs: () => this.#time.now }
    this.#trader = createTrader({
      ...{ gateway: this.#venue, journal: memoryJournal(), instruments, clock, scheduler: this.#scheduler },
      settings: { ...trading, reconcileMs: 0 },
    })
    const currency = instruments[0]?.settle ?? ''
    this.#recorder = new Recorder({
      ...{ converters, currency, startingBalance: Number(startingBalance), barMs },
      forecasts: { horizonBarsOf: () => model.horizonBars, thresholdBpsOf: () => model.thresholdBps },
    })
    this.#decider = this.#makeDecider(clock, currency)
    this.#decider.events$.subscribe((event) => this.#recorder.onSession(event))
    this.#trader.events$.subscribe((event) => {
      if (event.kind === 'halt') this.#halted ??= event.detail
      this.#recorder.onTrader(event)
    })
  }

  /** Bars that closed together, in the order of time from call to call; at most one of each instrument. */
  async step(bars: readonly ForecastBar[]): Promise<void> {
    const first = bars[0]
    check(first !== undefined, 'bars of a moment', bars.length)
    if (!first) return
    if (this.#halted !== undefined) throw new InputError(`the simulated trader halted: ${this.#halted}`)
    const { startAt, endAt } = first.window.row.bar
    if (!this.#isStarted) await this.#start(startAt)
    const heard = this.#recorder.counts.fills
    this.#time.now = endAt
    this.#play(bars)
    if (this.#scheduler.advance(endAt) || this.#recorder.counts.fills > heard) await turn()
    const ordered = this.#recorder.counts.orders
    this.#decider.decideKnown(bars.map(decidable), endAt)
    if (this.#recorder.counts.orders > ordered) await turn()
    const equityQuote = this.#decider.equityQuote()
    this.#pnl.push(equityQuote - this.#equityQuote)
    this.#equityQuote = equityQuote
  }

  soFar(): TradedSoFar {
    return {
      pnl: this.#pnl,
      equityQuote: this.#equityQuote,
      fills: this.#recorder.counts.fills,
      tripsAt: this.#recorder.tripsAt,
    }
  }

  /** Ends the run. Undefined when no bar came. */
  async end(): Promise<BacktestRecord | undefined> {
    this.#scheduler.finish()
    await this.#venue.close()
    if (!this.#isStarted) return undefined
    await this.#trader.stop()
    return this.#recorder.finish().record
  }

  async #start(at: number): Promise<void> {
    this.#isStarted = true
    this.#time.now = epochMs(at)
    await this.#trader.start()
  }

  /** What happened in the bars meets the orders that were open. Funding comes after the bars of all: its telling must not delay theirs. */
  #play(bars: readonly ForecastBar[]): void {
    const closed = bars.map(({ window: { row } }) => {
      const { symbol, markPrice, close } = row.bar
      const market = this.#markets.get(symbol)
      check(market !== undefined, 'instrument of a bar', symbol)
      return { symbol, bar: row.bar, market: market!, mark: Number.isFinite(markPrice) ? markPrice : close }
    })
    const played = closed.flatMap(({ symbol, bar, market, mark }) => {
      const candle = market.candle(bar)
      return candle ? [{ symbol, candle, markPrice: mark }] : []
    })
    if (played.length > 0) this.#venue.onCandles(played, this.#terms.barMs)
    const due = closed.flatMap(({ symbol, bar, market, mark }) => {
      return market.close(bar).map((payment) => ({ symbol, mark, ...payment }))
    })
    for (const { symbol, rate, mark, at } of due) this.#venue.onFunding(symbol, rate, mark, at)
  }

  #makeDecider(clock: { monotonicMs(): number }, currency: string): Decider {
    const { policy, risk, trading, feed } = this.#terms
    return createDecider({
      views: this.#markets,
      desk: traderDesk(this.#trader, currency),
      clock,
      settings: { policy, limits: risk, collarBps: trading.collarBps, ledgerTag: 'test' },
      staleMsMax: feed.staleMsMax,
      lateMsMax: Number.POSITIVE_INFINITY,
      exchangeTimeOf: (local) => local,
      guard: FRESH_GUARD,
    })
  }
}

/** As the daemon takes it: no model is asked about a tainted bar or before all has warmed up. */
function decidable({ window, forecast, adjustment }: ForecastBar): Forecasted {
  const isAsked = window.ready && window.row.bar.taints.length === 0
  return { window, featureMs: 0, forecast: isAsked ? (forecast ?? NO_MODEL) : undefined, adjustment }
}
