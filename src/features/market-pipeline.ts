import type { Converter } from '../core/instrument.ts'
import type { GapEvent, MarketEvent, QuoteEvent } from '../core/market-event.ts'
import type { EpochMs } from '../core/units.ts'
import type { Bar } from '../market/bar.ts'
import { barBuilder } from '../market/bar-builder.ts'
import type { BarSpec } from '../market/bar-spec.ts'
import type { Book } from '../market/book.ts'
import { sequencer } from '../market/sequencer.ts'
import type { FeatureSchema } from './feature-schema.ts'

export interface InstrumentPipelineSettings {
  readonly converter: Converter
  readonly bar: BarSpec
  /** Puts the signature of its path into each bar. */
  readonly signature?: boolean
  /** Book updates kept while a snapshot is awaited. */
  readonly bufferMax?: number
  /** Sees every event in order, gaps included and quotes left out, before the bars do: a simulated venue. */
  readonly onOrdered?: ((event: MarketEvent) => void) | undefined
}

/** What one event caused. Valid until the next step. */
export interface PipelineStep {
  /** Ask the feed for a fresh book. */
  readonly resync: boolean
  /** Oldest first. */
  readonly closed: readonly Bar[]
  /** Gaps found here or handed in. */
  readonly gaps: readonly GapEvent[]
}

/** Events received since the start, repetitions included where not said otherwise. */
export interface PipelineCounters {
  readonly gaps: number
  readonly trades: number
  readonly excludedTrades: number
  /** Book deltas. */
  readonly bookUpdates: number
  readonly bookTickers: number
  readonly lateTrades: number
  /** Deltas and trades that had been seen before. */
  readonly duplicates: number
  /** Size of the trades, each counted once. */
  readonly tradedLots: number
  readonly bars: number
}

export interface InstrumentPipeline {
  step(event: MarketEvent): PipelineStep
  /** For what the mapper kept out of the stream. */
  countExcludedTrade(): void
  counters(): PipelineCounters
  /** The bar under way, for JSON. The book is not in it: it comes with the next snapshot. */
  save(): unknown
  /**
   * Goes on with the bar that `save` left. Hand in a gap next, unless nothing was lost in between. Throws `InputError` for a state of
   * other bars, or a damaged one.
   */
  restore(saved: unknown): void
  readonly converter: Converter
  /** Read only, and only while `synced`. */
  readonly book: Book
  readonly synced: boolean
  /** Mid of the book in quote currency; NaN while there is none. */
  readonly mid: number
  /** Quote currency; NaN before the first. */
  readonly markPrice: number
  /** The venue's own best quote, as last sent. */
  readonly lastQuote: QuoteEvent | undefined
  /** Arrival of the last event that came from the venue, local clock; 0 before the first. */
  readonly lastEventAt: EpochMs
  /** Arrival of the last book event that was in order, local clock; 0 before the first. */
  readonly lastBookAt: EpochMs
}

/** The bars that a schema is computed from. */
export const barsOf = ({ settings, needsSignature }: FeatureSchema): { bar: BarSpec; signature: boolean } => ({
  bar: settings.eventBars ?? { kind: 'time', ms: settings.barMs },
  signature: needsSignature,
})

export const instrumentPipeline = (settings: InstrumentPipelineSettings): InstrumentPipeline =>
  new EventPipeline(settings)

const NOTHING: PipelineStep = { resync: false, closed: [], gaps: [] }
const RESYNC: PipelineStep = { resync: true, closed: [], gaps: [] }

class EventPipeline implements InstrumentPipeline {
  readonly converter: Converter
  markPrice = Number.NaN
  lastQuote: QuoteEvent | undefined
  lastEventAt = 0 as EpochMs
  lastBookAt = 0 as EpochMs
  readonly #onOrdered: InstrumentPipelineSettings['onOrdered']
  readonly #order
  readonly #bars
  #closed: Bar[] = []
  #gaps: GapEvent[] = []
  readonly #count = { gaps: 0, trades: 0, excludedTrades: 0, bookUpdates: 0, bookTickers: 0, tradedLots: 0, bars: 0 }

  constructor({ converter, bar, signature = false, bufferMax, onOrdered }: InstrumentPipelineSettings) {
    this.#onOrdered = onOrdered
    this.converter = converter
    this.#order = sequencer(bufferMax === undefined ? {} : { bufferMax })
    this.#bars = barBuilder({ converter, bar, signature })
  }

  get book(): Book {
    return this.#order.book
  }

  get synced(): boolean {
    return this.#order.synced
  }

  get mid(): number {
    const { book, synced } = this.#order
    const ticks = (book.bidTicks + book.askTicks) / 2
    return synced && Number.isFinite(ticks) ? this.converter.price(ticks) : Number.NaN
  }

  step(event: MarketEvent): PipelineStep {
    this.#receive(event)
    // Half of all frames of a busy market: neither book nor bars look at them.
    if (event.kind === 'quote') return NOTHING
    const resync = this.#order.step(event, this.#pass)
    if (this.#closed.length === 0 && this.#gaps.length === 0) return resync ? RESYNC : NOTHING
    const step = { resync, closed: this.#closed, gaps: this.#gaps }
    this.#closed = []
    this.#gaps = []
    return step
  }

  countExcludedTrade(): void {
    this.#count.excludedTrades += 1
  }

  counters(): PipelineCounters {
    return { ...this.#count, lateTrades: this.#bars.lateTrades, duplicates: this.#order.duplicates }
  }

  save(): unknown {
    return this.#bars.save()
  }

  restore(saved: unknown): void {
    this.#bars.restore(saved)
  }

  #receive(event: MarketEvent): void {
    const count = this.#count
    switch (event.kind) {
      case 'book':
        if (event.type === 'delta') count.bookUpdates += 1
        break
      case 'trade':
        count.trades += 1
        break
      case 'quote':
        count.bookTickers += 1
        this.lastQuote = event
        break
      case 'mark':
        if (!Number.isNaN(event.markPrice)) this.markPrice = event.markPrice
        break
      case 'liquidation':
        break
      case 'external':
      case 'gap':
      case 'connection':
      case 'watermark':
        // Made on our side: they say nothing of the venue's being alive.
        return
    }
    this.lastEventAt = event.receivedAt
  }

  /** One function for the pipeline's life: no closure per event. */
  readonly #pass = (event: MarketEvent): void => {
    if (event.kind === 'gap') {
      this.#gaps.push(event)
      this.#count.gaps += 1
    } else if (event.kind === 'trade') this.#count.tradedLots += event.size
    else if (event.kind === 'book') this.lastBookAt = event.receivedAt
    this.#onOrdered?.(event)
    for (const bar of this.#bars.step(event, this.#order.book)) {
      this.#count.bars += 1
      this.#closed.push(bar)
    }
  }
}
