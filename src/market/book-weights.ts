import { LEVELS } from './bar.ts'
import { ASK_LOTS, ASK_TICKS, BID_LOTS, BID_TICKS, type TopLevels } from './book.ts'

/** What a bar averages over time of a standing book; ticks and lots. */
export interface BookWeights {
  readonly bidTicks: number
  readonly askTicks: number
  readonly bidLots: number
  readonly askLots: number
  readonly bidLevelsLots: number
  readonly askLevelsLots: number
}

/** None while a side is empty: such a book has neither mid nor spread. */
export function weighTop(top: TopLevels): BookWeights | undefined {
  const bidTicks = top[BID_TICKS]!
  const askTicks = top[ASK_TICKS]!
  if (!(bidTicks > 0 && askTicks < Number.POSITIVE_INFINITY)) return undefined
  let bidLevelsLots = 0
  let askLevelsLots = 0
  for (let level = 0; level < LEVELS; level += 1) {
    bidLevelsLots += top[BID_LOTS + level]!
    askLevelsLots += top[ASK_LOTS + level]!
  }
  return { bidTicks, askTicks, bidLots: top[BID_LOTS]!, askLots: top[ASK_LOTS]!, bidLevelsLots, askLevelsLots }
}
