import { check } from '../core/check.ts'
import type { InstrumentSymbol } from '../core/instrument.ts'
import type { Bar } from '../market/bar.ts'

/** Bars of one moment, in the order of the instruments. */
export interface ClosedBars {
  readonly bars: readonly Bar[]
  /** All instruments closed; else a later moment has passed this one by, which the features see and nobody decides. */
  readonly isComplete: boolean
}

/** Gathers what the instruments close at one moment, so that rows see their peers and one inference run serves all. */
export interface ClosedTogether {
  /** The moments that are over with this bar, oldest first. */
  add(bar: Bar): readonly ClosedBars[]
}

/** Bar ends that may be open at once: one watermark closes at most 1,024 bars of an instrument before the others hear of it. */
const OPEN_ENDS_MAX = 2_048

const NONE: readonly ClosedBars[] = []

/**
 * Watermarks reach every instrument at one moment, so few bar ends are open; an instrument that missed one (it was added late) leaves an
 * older moment behind, which is over when a newer one is complete.
 */
export function closedTogether(symbols: readonly InstrumentSymbol[]): ClosedTogether {
  const open = new Map<number, Map<InstrumentSymbol, Bar>>()
  let over = Number.NEGATIVE_INFINITY
  const take = (endAt: number): ClosedBars => {
    const batch = open.get(endAt)!
    open.delete(endAt)
    over = Math.max(over, endAt)
    const bars = symbols.flatMap((symbol) => batch.get(symbol) ?? [])
    return { bars, isComplete: bars.length === symbols.length }
  }
  return {
    add(bar) {
      check(symbols.includes(bar.symbol), 'instrument of a bar', bar.symbol)
      // Its moment is over: the features see it alone.
      if (bar.endAt <= over) return [{ bars: [bar], isComplete: false }]
      const batch = open.get(bar.endAt) ?? new Map<InstrumentSymbol, Bar>()
      open.set(bar.endAt, batch.set(bar.symbol, bar))
      if (batch.size === symbols.length) {
        return [...open.keys()]
          .filter((endAt) => endAt <= bar.endAt)
          .toSorted((a, b) => a - b)
          .map(take)
      }
      return open.size > OPEN_ENDS_MAX ? [take(Math.min(...open.keys()))] : NONE
    },
  }
}
