import { BOOK_LEVELS } from './bar.ts'
import { ASK_LOTS, ASK_TICKS, BID_LOTS, BID_TICKS, type TopLevels } from './book.ts'

/**
 * Contribution of the bid side to e_n: price up, the new queue; price equal, its change; price down, minus the old queue. For the
 * ask side pass negated prices and negate the result.
 */
const queueFlow = (priceBefore: number, sizeBefore: number, price: number, size: number): number =>
  (price >= priceBefore ? size : 0) - (price <= priceBefore ? sizeBefore : 0)

/** One price level of both sides, ticks and lots. */
export interface LevelPair {
  readonly bidTicks: number
  readonly bidLots: number
  readonly askTicks: number
  readonly askLots: number
}

/** e_n of Cont, Kukanov, Stoikov 2014 (J. Fin. Econometrics 12(1), §2) between two best quotes, lots. > 0: buying pressure. */
export const orderFlow = (before: LevelPair, now: LevelPair): number =>
  queueFlow(before.bidTicks, before.bidLots, now.bidTicks, now.bidLots) -
  queueFlow(-before.askTicks, before.askLots, -now.askTicks, now.askLots)

/** Adds e_n of each level (Xu, Gould, Howison 2019: the same formula at level m) to `sums`, [BOOK_LEVELS], lots. */
export function addOrderFlow(before: TopLevels, now: TopLevels, sums: Float64Array): void {
  for (let level = 0; level < BOOK_LEVELS; level += 1) {
    const bid = BID_TICKS + level
    const bidLots = BID_LOTS + level
    const ask = ASK_TICKS + level
    const askLots = ASK_LOTS + level
    sums[level]! +=
      queueFlow(before[bid]!, before[bidLots]!, now[bid]!, now[bidLots]!) -
      queueFlow(-before[ask]!, before[askLots]!, -now[ask]!, now[askLots]!)
  }
}
