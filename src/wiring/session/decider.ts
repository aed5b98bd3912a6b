import { type Observable, Subject } from 'rxjs'
import { check } from '../../core/check.ts'
import type { Clock } from '../../core/clock.port.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { GapEvent } from '../../core/market-event.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import { type Adjustment, type Forecast, isForecast, type NoForecast } from '../../inference/forecast.ts'
import { applyAdjustment } from '../../inference/oversight/adjustment.ts'
import type { Bar } from '../../market/bar.ts'
import { type Guard, type GuardEvent, stepGuard } from '../../risk/guard.ts'
import type { Latches } from '../../risk/latches.ts'
import type { DecisionRecord } from '../../trading/journal-records.ts'
import type { Decided, Placement } from '../../trading/submitter.ts'
import { type Answers, askModels, type ModelRoute, modelInputs, overseen } from './ask-models.ts'
import { type DecideSettings, decideBar } from './decide-bar.ts'
import { type Adjustments, accountOf, accountStates, type DecisionInputs } from './decision-inputs.ts'
import type { Account, Desk } from './desk.ts'
import type { MarketView } from './market-view.ts'
import { valuation } from './valuation.ts'

/** `symbol`: of the first of the bars that are decided together. */
type RecordedInputs = (symbol: InstrumentSymbol, endAt: EpochMs) => Promise<DecisionInputs | undefined>

export interface DeciderParts {
  /** Every instrument, in the order in which they decide. */
  readonly views: ReadonlyMap<InstrumentSymbol, MarketView>
  /** Each for its own instruments. Left out where forecasts are handed in (`decideKnown`). */
  readonly models?: readonly ModelRoute[]
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
  /** A replay of a recorded run: what stood in its ledger then. Undefined: it decided nothing at that moment. */
  readonly recordedInputs?: RecordedInputs | undefined
  /** A recorder. `symbol`: of the first of the bars that are decided together. */
  readonly onInputs?: ((symbol: InstrumentSymbol, inputs: DecisionInputs, now: EpochMs) => void) | undefined
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

/** From windows of bars that closed together to committed decisions. Knows no time but the bars'. */
export interface Decider {
  readonly events$: Observable<SessionEvent>
  /** Wallet and unrealised profit at mid, settle currency; NaN before the account is known. */
  equityQuote(): number
  guard(): Guard
  stepGuard(event: GuardEvent): void
  /** `now`: arrival of what closed the bars; `superseded`: newer bars have closed already, so nothing is traded. Rejects when the journal cannot commit. */
  decide(batch: readonly Closed[], now: EpochMs, closedAtMs: number, superseded: boolean): Promise<void>
  /** The same at once, where the forecasts are known already: neither a model nor a recorded run is asked. */
  decideKnown(batch: readonly Forecasted[], now: EpochMs): void
  /** Closes every position now, by a decision on the bar that the stop cuts short. */
  flatten(now: EpochMs): void
  tell(event: SessionEvent): void
}

/** What decisions are made from besides the market. */
interface Inputs extends Pick<DecisionInputs, 'exchangeNow' | 'ledgerTag'> {
  readonly account: Account
}

/** A moment at which bars close. */
interface Moment {
  readonly now: EpochMs
  readonly closedAtMs: number
  readonly superseded: boolean
  readonly forecastMs: number | null
}

/** A window whose bar has closed. */
export interface Closed {
  readonly window: FeatureWindow
  readonly featureMs: number
}

export interface Forecasted extends Closed {
  /** Undefined: the model was not to be asked. */
  readonly forecast: Forecast | NoForecast | undefined
  /** How it is to be taken; absent: as it is. */
  readonly adjustment?: Adjustment | undefined
  /** No entries by its model any more; absent: it is young enough. */
  readonly modelExpired?: boolean
}

export const createDecider = (parts: DeciderParts): Decider => new LiveDecider(parts)

class LiveDecider implements Decider {
  readonly #parts: DeciderParts
  readonly #events = new Subject<SessionEvent>()
  readonly #value
  readonly #blindBars = new Map<InstrumentSymbol, number>()
  readonly #lastWindow = new Map<InstrumentSymbol, FeatureWindow>()
  #guard: Guard

  constructor(parts: DeciderParts) {
    this.#parts = parts
    this.#guard = parts.guard
    this.#value = valuation(parts.views, parts.desk)
  }

  get events$(): Observable<SessionEvent> {
    return this.#events.asObservable()
  }

  tell(event: SessionEvent): void {
    this.#events.next(event)
  }

  equityQuote(): number {
    return this.#value.equityQuote()
  }

  guard(): Guard {
    return this.#guard
  }

  stepGuard(event: GuardEvent): void {
    const before = this.#guard.latches
    this.#guard = stepGuard(this.#guard, event, this.#parts.settings.limits)
    if (this.#guard.latches !== before) {
      this.#events.next({ kind: 'latched', latches: this.#guard.latches, at: event.at })
    }
  }

  flatten(now: EpochMs): void {
    const { clock, desk, settings } = this.#parts
    const equityQuote = this.equityQuote()
    const decided = [...this.#lastWindow].flatMap(([symbol, last]): Decided[] => {
      const view = this.#parts.views.get(symbol)
      if (!view || desk.position(symbol).lots === 0) return []
      const moment = {
        window: cutShort(last, view, this.#parts.exchangeTimeOf(now)),
        view,
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

  async decide(batch: readonly Closed[], now: EpochMs, closedAtMs: number, superseded: boolean): Promise<void> {
    const { clock, models, recordedInputs } = this.#parts
    const first = batch[0]!.window.row.bar
    const said = await recordedInputs?.(first.symbol, first.endAt)
    if (recordedInputs && !said) return
    const answers = await askModels(
      check(models !== undefined, 'models of a decider that asks them', models)!,
      batch.map(({ window }) => window),
      now,
      clock,
      said,
    )
    // No wait in a live run from here on: the ledger must not change between what is recorded and what is decided.
    const adjustments = said ? said.adjustments : overseen(answers.asked)
    const inputs = said ? this.#asRecorded(said) : this.#standing(first, now, answers, adjustments)
    const taken = batch.map((closed) => ({
      ...closed,
      forecast: answers.of(closed.window),
      adjustment: adjustments?.[closed.window.row.bar.symbol],
      modelExpired: answers.isExpired(closed.window),
    }))
    this.#decide(taken, { now, closedAtMs, superseded, forecastMs: answers.ms }, inputs)
  }

  decideKnown(batch: readonly Forecasted[], now: EpochMs): void {
    const { desk, settings } = this.#parts
    const { ledgerTag } = settings
    const inputs = { exchangeNow: this.#parts.exchangeTimeOf(now), ledgerTag, account: desk }
    this.#decide(batch, { now, closedAtMs: now, superseded: false, forecastMs: null }, inputs)
  }

  #decide(batch: readonly Forecasted[], moment: Moment, inputs: Inputs): void {
    const { clock, desk, staleMsMax, lateMsMax, views } = this.#parts
    const { now, closedAtMs, superseded, forecastMs } = moment
    const { account, exchangeNow } = inputs
    const settings = this.#settingsFor(inputs.ledgerTag)
    const value = account === desk ? this.#value : valuation(views, account)
    const equityQuote = value.equityQuote()
    this.stepGuard({ kind: 'equity', at: now, equityQuote })
    const exposures = value.exposures()
    const decided: Decided[] = []
    for (const { window, featureMs, forecast: stated, adjustment, modelExpired = false } of batch) {
      const { symbol, endAt } = window.row.bar
      const view = views.get(symbol)
      check(view !== undefined, 'instrument of a bar', symbol)
      if (!view) continue
      this.#lastWindow.set(symbol, window)
      const forecast = stated && adjustment && isForecast(stated) ? applyAdjustment(stated, adjustment) : stated
      const known = {
        window,
        view,
        forecast,
        now,
        closedAtMs,
        stale: superseded || now - view.lastBookAt > staleMsMax || exchangeNow - endAt > lateMsMax,
        modelExpired,
        blindBars: this.#countBlind(symbol, adjustment?.abstain ? undefined : forecast),
        equityQuote,
        otherExposureQuote: exposures.othersQuote(symbol),
        guard: this.#guard,
        featureMs,
        forecastMs,
        monotonicMs: () => clock.monotonicMs(),
      }
      const one = decideBar(known, account, settings)
      decided.push(one)
      if (!one.order) continue
      exposures.add(one.order)
      this.stepGuard({ kind: 'message', at: now }) // Reserved before it is sent.
    }
    this.#commit(decided, false)
  }

  #settingsFor(ledgerTag: string): DecideSettings {
    const { settings } = this.#parts
    return ledgerTag === settings.ledgerTag ? settings : { ...settings, ledgerTag }
  }

  #asRecorded(said: DecisionInputs): Inputs {
    this.#guard = said.guard
    return { ...said, account: accountOf(said) }
  }

  /** The ledger, the guard and the clock as they are now. `first`: of the bars that are decided together. */
  #standing({ symbol, endAt }: Bar, now: EpochMs, answers: Answers, adjustments: Adjustments | undefined): Inputs {
    const { desk, settings, onInputs } = this.#parts
    const { ledgerTag } = settings
    const exchangeNow = this.#parts.exchangeTimeOf(now)
    if (onInputs) {
      const accounts = accountStates(desk, this.#parts.views.keys())
      const guard = { ...this.#guard, executions: [] }
      const { asked, failures } = answers
      const said = {
        ...{ endAt, ledgerTag, exchangeNow, ...modelInputs(asked), failures, guard, accounts },
        ...(adjustments && { adjustments }),
      }
      onInputs(symbol, { ...said, walletQuote: desk.walletQuote() }, now)
    }
    return { exchangeNow, ledgerTag, account: desk }
  }

  #commit(decided: readonly Decided[], cutShort: boolean): void {
    const placements = this.#parts.desk.commit(decided)
    decided.forEach(({ record }, at) => {
      const placement = placements[at]
      const midQuote = this.#parts.views.get(record.symbol)?.mid ?? Number.NaN
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
function cutShort(last: FeatureWindow, { book, synced }: MarketView, exchangeNow: number): FeatureWindow {
  const quotes = synced ? { bidTicks: book.bidTicks, askTicks: book.askTicks } : {}
  const bar = {
    ...last.row.bar,
    ...quotes,
    startAt: last.row.bar.endAt,
    endAt: epochMs(Math.max(last.row.bar.endAt + 1, Math.floor(exchangeNow))),
    taints: ['partial'] as const,
  }
  const { values, steps, row } = last
  return { values, steps, ready: false, row: { bar, values: row.values, schemaHash: row.schemaHash, ready: row.ready } }
}
