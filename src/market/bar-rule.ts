import type { Converter } from '../core/instrument.ts'
import type { TradeEvent } from '../core/market-event.ts'
import type { EventBarSpec } from './bar-spec.ts'
import { quoteVolume } from './close-bar.ts'
import { ImbalanceRule } from './imbalance-rule.ts'
import type { OpenBar } from './open-bar.ts'
import type { SavedNumber } from './saved-numbers.ts'

/** Says when an event bar is complete. */
export interface BarRule {
  /** `bar` holds `trade` already. True: the trade completes it. */
  completes(bar: OpenBar, trade: TradeEvent): boolean
  /** `bar` has been closed, by its last trade (`whole`) or by time. */
  closed(bar: OpenBar, whole: boolean): void
  save(): SavedNumber[]
  restore(saved: readonly SavedNumber[]): void
}

/** Relative. A sum of decimals that misses its threshold by rounding alone has reached it. */
const ROUNDING = 1e-12

export function barRule(spec: EventBarSpec, converter: Converter): BarRule {
  switch (spec.kind) {
    case 'tick':
      return memoryless(({ buyCount, sellCount }) => buyCount + sellCount >= spec.trades)
    case 'volume': {
      const lotsMin = (spec.base / converter.quantity(1)) * (1 - ROUNDING)
      return memoryless(({ buyLots, sellLots }) => buyLots + sellLots >= lotsMin)
    }
    case 'dollar': {
      const quoteMin = spec.quote * (1 - ROUNDING)
      return memoryless((bar) => quoteVolume(bar, converter) >= quoteMin)
    }
    case 'imbalance':
      return new ImbalanceRule(spec, converter)
  }
}

const memoryless = (completes: (bar: OpenBar) => boolean): BarRule => ({
  completes,
  closed: () => undefined,
  save: () => [],
  restore: () => undefined,
})
