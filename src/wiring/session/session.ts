import type { Observable } from 'rxjs'
import { check } from '../../core/check.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import { converter } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'
import { type ClosedTogether, closedTogether } from '../../features/closed-together.ts'
import type { EngineState } from '../../features/engine-state.ts'
import { type FeatureEngine, featureEngine } from '../../features/feature-engine.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { barsOf, type InstrumentPipeline, instrumentPipeline } from '../../features/market-pipeline.ts'
import type { Bar } from '../../market/bar.ts'
import type { Guard, GuardEvent } from '../../risk/guard.ts'
import type { ModelRoute } from './ask-models.ts'
import { type Closed, createDecider, type Decider, type DeciderParts, type SessionEvent } from './decider.ts'

export interface SessionParts extends Omit<DeciderParts, 'views' | 'models'> {
  /** Each for its own instruments; every instrument has one. */
  readonly models: readonly ModelRoute[]
  /** In the order in which they decide. */
  readonly instruments: readonly Instrument[]
  readonly schema: FeatureSchema
  /** Of the features, as `featureState` of the last run gave it; absent: they warm up. */
  readonly featureState?: unknown
  resync(symbol: InstrumentSymbol): void
  /** Every group of bars that the features step on together, before they do. */
  readonly onBars?: ((bars: readonly Bar[]) => void) | undefined
  /** Sees every event in order before the bars do: a simulated venue. */
  readonly onOrdered?: ((event: MarketEvent) => void) | undefined
}

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

export const createSession = (parts: SessionParts): Session => new LiveSession(parts)

class LiveSession implements Session {
  readonly pipelines: ReadonlyMap<InstrumentSymbol, InstrumentPipeline>
  readonly #parts: SessionParts
  readonly #engine: FeatureEngine
  /** None for bars that events close: each is decided alone. */
  readonly #together: ClosedTogether | undefined
  readonly #decider: Decider
  #stopped = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    const { schema, models, instruments, onOrdered } = parts
    this.pipelines = new Map(
      instruments.map((instrument) => [
        instrument.symbol,
        instrumentPipeline({ converter: converter(instrument), ...barsOf(schema), onOrdered }),
      ]),
    )
    const converters = [...this.pipelines.values()].map((pipeline) => pipeline.converter)
    // Of a window longer than a model's, the newest rows count.
    const steps = Math.max(...models.map(({ source }) => source.steps))
    this.#engine = featureEngine({ schema, converters, steps })
    if (parts.featureState !== undefined) this.#engine.restore(parts.featureState)
    const isTimed = schema.settings.eventBars === undefined
    this.#together = isTimed ? closedTogether(instruments.map(({ symbol }) => symbol)) : undefined
    this.#decider = createDecider({ ...parts, views: this.pipelines })
  }

  get events$(): Observable<SessionEvent> {
    return this.#decider.events$
  }

  handle(event: MarketEvent): Promise<void> | undefined {
    const pipeline = this.pipelines.get(event.symbol)
    check(pipeline !== undefined, 'symbol of an event', event.symbol)
    if (!pipeline) return undefined
    const mayClose = event.kind === 'watermark' || (!this.#together && event.kind === 'trade')
    const closedAtMs = mayClose ? this.#parts.clock.monotonicMs() : 0
    const { resync, closed, gaps } = pipeline.step(event)
    if (resync) this.#parts.resync(event.symbol)
    for (const gap of gaps) this.#decider.tell({ kind: 'gap', gap })
    if (closed.length === 0) return undefined
    const batches = this.#windows(closed)
    if (batches.length === 0 || this.#stopped) return undefined
    const featureMs = this.#parts.clock.monotonicMs() - closedAtMs
    const decided = batches.map((windows) => windows.map((window) => ({ window, featureMs })))
    return this.#decideAll(decided, event.receivedAt, closedAtMs)
  }

  /** The windows of each moment at which all instruments have closed now; the features see the other moments too. */
  #windows(closed: readonly Bar[]): readonly (readonly FeatureWindow[])[] {
    if (!this.#together) return closed.map((bar) => this.#step([bar]))
    const batches: (readonly FeatureWindow[])[] = []
    for (const bar of closed) {
      for (const { bars, isComplete } of this.#together.add(bar)) {
        const windows = this.#step(bars)
        if (isComplete) batches.push(windows)
      }
    }
    return batches
  }

  #step(bars: readonly Bar[]): readonly FeatureWindow[] {
    this.#parts.onBars?.(bars)
    return this.#engine.step(bars)
  }

  equityQuote(): number {
    return this.#decider.equityQuote()
  }

  guard(): Guard {
    return this.#decider.guard()
  }

  featureState(): EngineState {
    return this.#engine.save()
  }

  stepGuard(event: GuardEvent): void {
    this.#decider.stepGuard(event)
  }

  stop(): void {
    this.#stopped = true
  }

  flatten(now: EpochMs): void {
    this.#decider.flatten(now)
  }

  /** Bars that closed together but late (the process slept) are recorded, and only the newest may trade. */
  async #decideAll(batches: readonly (readonly Closed[])[], now: EpochMs, closedAtMs: number): Promise<void> {
    for (const [at, batch] of batches.entries()) {
      await this.#decider.decide(batch, now, closedAtMs, at < batches.length - 1)
    }
  }
}
