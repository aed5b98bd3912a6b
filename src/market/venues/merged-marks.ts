import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { MarkEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'

/** What one frame says; `NaN` or absent: nothing. */
export interface MarkFigures {
  readonly markPrice?: number
  readonly indexPrice?: number
  readonly fundingRate?: number
  readonly nextFundingAt?: number
  readonly openInterest?: number
}

type Known = { -readonly [Key in keyof MarkFigures]-?: number }

/** For venues that send mark, index, funding and open interest apart, or only what changed: the last known of each, per instrument. */
export interface MergedMarks {
  merge(symbol: InstrumentSymbol, exchangeTime: EpochMs, receivedAt: EpochMs, figures: MarkFigures): MarkEvent
  /** Forgets what was said of the instrument. */
  reset(symbol: InstrumentSymbol): void
}

const KEYS = ['markPrice', 'indexPrice', 'fundingRate', 'nextFundingAt', 'openInterest'] as const

/** One entry per instrument of the mapper, so bounded by its converters. */
export function mergedMarks(): MergedMarks {
  const known = new Map<InstrumentSymbol, Known>()
  return {
    reset: (symbol) => {
      known.delete(symbol)
    },
    merge(symbol, exchangeTime, receivedAt, figures) {
      const state = known.get(symbol) ?? unknownFigures()
      known.set(symbol, state)
      for (const key of KEYS) {
        const value = figures[key]
        if (value !== undefined && !Number.isNaN(value)) state[key] = value
      }
      const { markPrice, indexPrice, fundingRate, nextFundingAt, openInterest } = state
      return {
        kind: 'mark',
        symbol,
        exchangeTime,
        receivedAt,
        markPrice,
        indexPrice,
        fundingRate,
        nextFundingAt: nextFundingAt as EpochMs,
        ...(Number.isNaN(openInterest) ? {} : { openInterest }),
      }
    },
  }
}

const unknownFigures = (): Known => ({
  markPrice: Number.NaN,
  indexPrice: Number.NaN,
  fundingRate: Number.NaN,
  nextFundingAt: Number.NaN,
  openInterest: Number.NaN,
})
