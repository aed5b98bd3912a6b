import type { TradeEvent } from '../../core/market-event.ts'

/** For venues whose lists of trades run from the newest to the oldest: of the same millisecond, the later row happened first. */
export const oldestFirst = (newestFirst: readonly TradeEvent[]): readonly TradeEvent[] =>
  newestFirst.toReversed().sort((a, b) => a.exchangeTime - b.exchangeTime)
