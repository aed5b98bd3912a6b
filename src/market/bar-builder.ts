import type { Converter } from '../core/instrument.ts'
import type { MarketEvent } from '../core/market-event.ts'
import type { Bar } from './bar.ts'
import type { BarSpec } from './bar-spec.ts'
import type { Book } from './book.ts'
import { EventBars } from './event-bars.ts'
import { TimeBars } from './time-bars.ts'

export interface BarBuilderSettings {
  readonly converter: Converter
  readonly bar: BarSpec
  /** Puts the signature of its path into each bar; some 0.1 µs more per book event and trade. */
  readonly signature?: boolean
}

/** Bars of one instrument from sequenced events, one close each. */
export interface BarBuilder {
  /** Time bars: trades outside of the open bars, left out. Event bars: trades older than the bar that they are in. */
  readonly lateTrades: number
  /** `book` is the one that the event has been applied to. Returns the bars that this event closes, oldest first. */
  step(event: MarketEvent, book: Book): readonly Bar[]
  /** The whole state, for JSON: after `restore` of it every bar comes out with the same bits. */
  save(): unknown
  /** Throws `InputError` for a state of other settings, or a damaged one. */
  restore(saved: unknown): void
}

export function barBuilder({ converter, bar, signature = false }: BarBuilderSettings): BarBuilder {
  return bar.kind === 'time'
    ? new TimeBars({ converter, bar, signature })
    : new EventBars({ converter, bar, signature })
}
