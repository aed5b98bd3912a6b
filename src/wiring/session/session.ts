import { type Observable, Subject } from 'rxjs'
import { check } from '../../core/check.ts'
import type { Clock } from '../../core/clock.port.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import { converter } from '../../core/instrument.ts'
import type { GapEvent, MarketEvent } from '../../core/market-event.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import { type ClosedTogether, closedTogether } from '../../features/closed-together.ts'
import type { EngineState } from '../../features/engine-state.ts'
import { type FeatureEngine, featureEngine } from '../../features/feature-engine.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { barsOf, type InstrumentPipeline, instrumentPipeline } from '../../features/market-pipeline.ts'
import { type Forecast, isForecast, type NoForecast } from '../../inference/forecast.ts'
import type { InForce, ModelSource } from '../../inference/model-service.ts'
import type { Bar } from '../../market/bar.ts'
import { type Guard, type GuardEvent, stepGuard } from '../../risk/guard.ts'
import type { Latches } from '../../risk/latches.ts'
import type { DecisionRecord } from '../../trading/journal-records.ts'
import type { Decided, Placement } from '../../trading/submitter.ts'
import { type DecideSettings, decideBar } from './decide-bar.ts'
import { accountOf, accountStates, type DecisionInputs } from './decision-inputs.ts'
import type { Account, Desk } from './desk.ts'
import { valuation } from './valuation.ts'

/** `symbol`: of the first of the bars that are decided together. */
type RecordedInputs = (symbol: InstrumentSymbol, endAt: EpochMs) => Promise<DecisionInputs | undefined>

export interface SessionParts {
  /** In the order in which they decide. */
  readonly instruments: readonly Instrument[]
  readonly schema: FeatureSchema
  readonly models: ModelSource
  readonly desk: Desk
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly settings: DecideSettings
  /** Older book data are stale, milliseconds. */
  readonly staleMsMax: number
  /** A bar that closes later than this after its end is not traded, milliseconds. */
  readonly lateMsMax: number
  /** Exchange time of a local time. */
  exchangeTimeOf(local: EpochMs): number
  /** As the last run left it. */
  readonly guard: Guard
  /** Of the features, as `featureState` of the last run gave it; absent: they warm up. */
  readonly featureState?: unknown
  resync(symbol: InstrumentSymbol): void
  /** A replay of a recorded run: what stood in its ledger then. Undefined: it decided nothing at that moment. */
  readonly recordedInputs?: RecordedInputs | undefined
  /** A recorder. `symbol`: of the first of the bars that are decided together. */
  readonly onInputs?: ((symbol: InstrumentSymbol, inputs: DecisionInputs, now: EpochMs) => void) | undefined
  /** Sees every event in order before the bars do: a simulated venue. */
  readonly onOrdered?: ((event: MarketEvent) => void) | undefined
}

export type SessionEvent =
  | {
      readonly kind: 'decided'
      readonly record: DecisionRecord
      readonly placement: Placement
      readonly midQuote: number
      /** No bar closed: a stop closes the position in the middle of one. */
      readonly cutShort: boolean
    }
  | { readonly kind: 'gap'; readonly gap: GapEvent }
  | { readonly kind: 'latched'; readonly latches: Latches; readonly at: EpochMs }

/** From market events to committed decisions, one event after another. Knows no time but the events'. */
export interface Session {
  /** A promise when a bar closed: hand in the next event when it is settled. Rejects when the journal cannot commit. */
  handle(event: MarketEvent): Promise<void> | undefined
  readonly events$: Observable<SessionEvent>
  readonly pipelines: ReadonlyMap<InstrumentSymbol, InstrumentPipeline>
  /** Wallet and unrealised profit at mid, settle currency; NaN before the account is known. */
  equityQuote(): number
  guard(): Guard
  /** Everything that the features remember, for JSON; between two events. */
  featureState(): EngineState
  stepGuard(event: GuardEvent): void
  /** Bars that close from now on are not decided; the book goes on. */
  stop(): void
  /** Closes every position now, by a decision on the bar that the stop cuts short. */
  flatten(now: EpochMs): void
}

/** What decisions are made from besides the market. */
interface Inputs extends Pick<DecisionInputs, 'exchangeNow' | 'modelExpired' | 'ledgerTag'> {
  readonly account: Account
}

/** Answers for the bars that closed together, all of one model. */
interface Forecasts {
  of(window: FeatureWindow): Forecast | NoForecast | undefined
  /** Null when the model was not asked. */
  readonly ms: number | null
  /** Of the instruments without a forecast. */
  readonly failures: Readonly<Record<InstrumentSymbol, string>>
}

interface Closed {
  readonly window: FeatureWindow
  readonly pipeline: InstrumentPipeline
  readonly featureMs: number
}

export const createSession = (parts: SessionParts): Session => new LiveSession(parts)

class LiveSession implements Session {
  readonly pipelines: ReadonlyMap<InstrumentSymbol, InstrumentPipeline>
  readonly #parts: SessionParts
  readonly #events = new Subject<SessionEvent>()
  readonly #engine: FeatureEngine
  /** None for bars that events close: each is decided alone. */
  readonly #together: ClosedTogether | undefined
  readonly #value
  readonly #blindBars = new Map<InstrumentSymbol, number>()
  readonly #lastWindow = new Map<InstrumentSymbol, FeatureWindow>()
  #guard: Guard
  #stopped = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#guard = parts.guard
    const { schema, models, instruments, onOrdered } = parts
    this.pipelines = new Map(
      instruments.map((instrument) => [
        instrument.symbol,
        instrumentPipeline({ converter: converter(instrument), ...barsOf(schema), onOrdered }),
      ]),
    )
    const converters = [...this.pipelines.values()].map((pipeline) => pipeline.converter)
    this.#engine = featureEngine({ schema, converters, steps: models.steps })
    if (parts.featureState !== undefined) this.#engine.restore(parts.featureState)
    const isTimed = schema.settings.eventBars === undefined
    this.#together = isTimed ? closedTogether(instruments.map(({ symbol }) => symbol)) : undefined
    this.#value = valuation(this.pipelines, parts.desk)
  }

  get events$(): Observable<SessionEvent> {
    return this.#events.asObservable()
  }

  handle(event: MarketEvent): Promise<void> | undefined {
    const pipeline = this.pipelines.get(event.symbol)
    check(pipeline !== undefined, 'symbol of an event', event.symbol)
    if (!pipeline) return undefined
    const mayClose = event.kind === 'watermark' || (!this.#together && event.kind === 'trade')
    const closedAtMs = mayClose ? this.#parts.clock.monotonicMs() : 0
    const { resync, closed, gaps } = pipeline.step(event)
    if (resync) this.#parts.resync(event.symbol)
    for (const gap of gaps) this.#events.next({ kind: 'gap', gap })
    if (closed.length === 0) return undefined
    const batches = this.#windows(closed)
    if (batches.length === 0 || this.#stopped) return undefined
    const featureMs = this.#parts.clock.monotonicMs() - closedAtMs
    const decided = batches.map((windows) => windows.map((window) => this.#closed(window, featureMs)))
    return this.#decideAll(decided, event.receivedAt, closedAtMs)
  }

  /** The windows of each moment at which all instruments have closed now; the features see the other moments too. */
  #windows(closed: readonly Bar[]): readonly (readonly FeatureWindow[])[] {
    if (!this.#together) return closed.map((bar) => this.#engine.step([bar]))
    const batches: (readonly FeatureWindow[])[] = []
    for (const bar of closed) {
      for (const { bars, isComplete } of this.#together.add(bar)) {
        const windows = this.#engine.step(bars)
        if (isComplete) batches.push(windows)
      }
    }
    return batches
  }

  #closed(window: FeatureWindow, featureMs: number): Closed {
    return { window, pipeline: this.pipelines.get(window.row.bar.symbol)!, featureMs }
  }

  equityQuote(): number {
    return this.#value.equityQuote()
  }

  guard(): Guard {
    return this.#guard
  }

  featureState(): EngineState {
    return this.#engine.save()
  }

  stepGuard(event: GuardEvent): void {
    const before = this.#guard.latches
    this.#guard = stepGuard(this.#guard, event, this.#parts.settings.limits)
    if (this.#guard.latches !== before) {
      this.#events.next({ kind: 'latched', latches: this.#guard.latches, at: event.at })
    }
  }

  stop(): void {
    this.#stopped = true
  }

  flatten(now: EpochMs): void {
    const { clock, desk, settings } = this.#parts
    const equityQuote = this.equityQuote()
    const decided = [...this.#lastWindow].flatMap(([symbol, last]): Decided[] => {
      const pipeline = this.pipelines.get(symbol)
      if (!pipeline || desk.position(symbol).lots === 0) return []
      const moment = {
        window: cutShort(last, pipeline, this.#parts.exchangeTimeOf(now)),
        pipeline,
        forecast: undefined,
        now,
        closedAtMs: clock.monotonicMs(),
        stale: false,
        modelExpired: false,
        flatten: true,
        blindBars: 0,
        equityQuote,
        otherExposureQuote: 0,
        guard: this.#guard,
        featureMs: 0,
        forecastMs: null,
        monotonicMs: () => clock.monotonicMs(),
      }
      return [decideBar(moment, desk, settings)]
    })
    if (decided.length > 0) this.#commit(decided, true)
  }

  /** Bars that closed together but late (the process slept) are recorded, and only the newest may trade. */
  async #decideAll(batches: readonly (readonly Closed[])[], now: EpochMs, closedAtMs: number): Promise<void> {
    for (const [at, batch] of batches.entries()) {
      await this.#decideBatch(batch, now, closedAtMs, at < batches.length - 1)
    }
  }

  async #decideBatch(batch: readonly Closed[], now: EpochMs, closedAtMs: number, superseded: boolean): Promise<void> {
    const { models, recordedInputs, clock, settings, staleMsMax, lateMsMax } = this.#parts
    const first = batch[0]!.window.row.bar
    const said = await recordedInputs?.(first.symbol, first.endAt)
    if (recordedInputs && !said) return
    const model = await models.take(said?.modelId)
    const forecasts = await this.#forecast(batch, model, said?.failures)
    // No wait in a live run from here on: the ledger must not change between what is recorded and what is decided.
    const inputs = said ? this.#asRecorded(said) : this.#standing(batch, now, model, forecasts)
    const { account, exchangeNow, modelExpired, ledgerTag } = inputs
    const value = valuation(this.pipelines, account)
    const equityQuote = value.equityQuote()
    this.stepGuard({ kind: 'equity', at: now, equityQuote })
    const exposures = value.exposures()
    const decided: Decided[] = []
    for (const { window, pipeline, featureMs } of batch) {
      const { symbol, endAt } = window.row.bar
      this.#lastWindow.set(symbol, window)
      const forecast = forecasts.of(window)
      const moment = {
        window,
        pipeline,
        forecast,
        now,
        closedAtMs,
        stale: superseded || now - pipeline.lastBookAt > staleMsMax || exchangeNow - endAt > lateMsMax,
        modelExpired,
        blindBars: this.#countBlind(symbol, forecast),
        equityQuote,
        otherExposureQuote: exposures.othersQuote(symbol),
        guard: this.#guard,
        featureMs,
        forecastMs: forecasts.ms,
        monotonicMs: () => clock.monotonicMs(),
      }
      const one = decideBar(moment, account, { ...settings, ledgerTag })
      decided.push(one)
      if (!one.order) continue
      exposures.add(one.order)
      this.stepGuard({ kind: 'message', at: now }) // Reserved before it is sent.
    }
    this.#commit(decided, false)
  }

  /** One run for all of them. `failures`: those of a recorded run, which are taken over. */
  async #forecast(
    batch: readonly Closed[],
    { forecaster }: InForce,
    failures: DecisionInputs['failures'] = {},
  ): Promise<Forecasts> {
    const { clock } = this.#parts
    const { modelId } = forecaster
    const windows = batch.map(({ window }) => window).filter(({ ready, row }) => ready && row.bar.taints.length === 0)
    if (windows.length === 0) return { of: () => undefined, ms: null, failures: {} }
    const fromMs = clock.monotonicMs()
    const answers = await forecaster.forecast(windows)
    const ms = clock.monotonicMs() - fromMs
    const outcomes = new Map(
      windows.map((window, at) => {
        const failure = failures[window.row.bar.symbol]
        return [window, failure === undefined ? answers[at]! : { modelId, failure }]
      }),
    )
    const failed = [...outcomes].flatMap(([{ row }, outcome]) =>
      isForecast(outcome) ? [] : [[row.bar.symbol, outcome.failure] as const],
    )
    return { of: (window) => outcomes.get(window), ms, failures: Object.fromEntries(failed) }
  }

  #asRecorded(said: DecisionInputs): Inputs {
    this.#guard = said.guard
    return { ...said, account: accountOf(said) }
  }

  /** The ledger, the guard and the clock as they are now. */
  #standing(batch: readonly Closed[], now: EpochMs, { forecaster, expiresAt }: InForce, forecasts: Forecasts): Inputs {
    const { desk, settings, onInputs } = this.#parts
    const { symbol, endAt } = batch[0]!.window.row.bar
    const { ledgerTag } = settings
    const exchangeNow = this.#parts.exchangeTimeOf(now)
    const modelExpired = expiresAt !== undefined && now >= expiresAt
    if (onInputs) {
      const { modelId } = forecaster
      const accounts = accountStates(desk, this.pipelines.keys())
      const guard = { ...this.#guard, executions: [] }
      const { failures } = forecasts
      const said = { endAt, ledgerTag, exchangeNow, modelId, modelExpired, failures, guard, accounts }
      onInputs(symbol, { ...said, walletQuote: desk.walletQuote() }, now)
    }
    return { exchangeNow, modelExpired, ledgerTag, account: desk }
  }

  #commit(decided: readonly Decided[], cutShort: boolean): void {
    const placements = this.#parts.desk.commit(decided)
    decided.forEach(({ record }, at) => {
      const placement = placements[at]
      const midQuote = this.pipelines.get(record.symbol)?.mid ?? Number.NaN
      if (placement) this.#events.next({ kind: 'decided', record, placement, midQuote, cutShort })
    })
  }

  #countBlind(symbol: InstrumentSymbol, forecast: Forecast | NoForecast | undefined): number {
    const blind = forecast && isForecast(forecast) ? 0 : (this.#blindBars.get(symbol) ?? 0) + 1
    this.#blindBars.set(symbol, blind)
    return blind
  }
}

/** The bar that a stop cuts short: it says nothing to the model, but its decision needs quotes and a time of its own. */
function cutShort(last: FeatureWindow, { book, synced }: InstrumentPipeline, exchangeNow: number): FeatureWindow {
  const quotes = synced ? { bidTicks: book.bidTicks, askTicks: book.askTicks } : {}
  const bar = {
    ...last.row.bar,
    ...quotes,
    startAt: last.row.bar.endAt,
    endAt: epochMs(Math.max(last.row.bar.endAt + 1, Math.floor(exchangeNow))),
    taints: ['partial'] as const,
  }
  return { ...last, ready: false, row: { ...last.row, bar } }
}
