import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { FrameOutcome } from '../frame-mapper.ts'
import { type SnapshotDiff, snapshotDiff, type WholeBook } from '../snapshot-diff.ts'

interface Followed {
  readonly diff: SnapshotDiff
  /** Name of the stream that the book is taken from. */
  stream?: string
}

/**
 * One `SnapshotDiff` per instrument of a mapper, so bounded by its converters. Two streams of whole books (5 levels and 20 levels)
 * would undo each other: the first that comes is followed until `reset`.
 */
export interface WholeBooks {
  /** False for a frame of a second stream of books: it says nothing new. */
  follows(symbol: InstrumentSymbol, stream: string): boolean
  step(book: WholeBook): FrameOutcome
  reset(symbol: InstrumentSymbol): void
}

export function wholeBooks(): WholeBooks {
  const followed = new Map<InstrumentSymbol, Followed>()
  const of = (symbol: InstrumentSymbol): Followed => {
    const known = followed.get(symbol) ?? { diff: snapshotDiff() }
    followed.set(symbol, known)
    return known
  }
  return {
    follows(symbol, stream) {
      const known = of(symbol)
      known.stream ??= stream
      return known.stream === stream
    },
    step(book) {
      const event = of(book.symbol).diff.step(book)
      return event ? { kind: 'event', event } : { kind: 'ignored' }
    },
    reset(symbol) {
      const known = followed.get(symbol)
      if (!known) return
      known.diff.reset()
      delete known.stream
    },
  }
}
