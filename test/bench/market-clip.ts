import type { Instrument } from '../../src/core/instrument.ts'
import type { MarketEvent } from '../../src/core/market-event.ts'
import { seededRandom } from '../../src/core/random.ts'
import type { EpochMs, Lots, Ticks } from '../../src/core/units.ts'

export const BAR_MS = 1_000
const START_AT = 1_700_000_000_000
/** How long after its end a bar is closed, milliseconds. */
const GRACE_MS = 150
const LEVELS = 20
const DELTAS_PER_BAR = 10
const BEST_BID_TICKS = 600_000
const LOTS_MAX = 5_000

/** Events of one instrument, bar by bar: ten book changes and ten trades, then the watermark that closes it. */
export interface MarketClip {
  snapshot(): MarketEvent
  /** Without its watermark. */
  bar(nth: number): readonly MarketEvent[]
  watermark(nth: number): MarketEvent
}

/** A best price that takes small steps around where it began, so that a position neither gains nor loses much. Deterministic. */
export function marketClip({ symbol }: Instrument, seed: number): MarketClip {
  const random = seededRandom(seed)
  const size = (): number => Math.ceil(random() * LOTS_MAX)
  const stamp = (at: number) => ({ symbol, exchangeTime: at as EpochMs, receivedAt: (at + 5) as EpochMs })
  let id = 1
  let tradeId = 1
  let bid = BEST_BID_TICKS

  function delta(at: number): MarketEvent {
    const before = bid
    bid = BEST_BID_TICKS + Math.floor(random() * 5) - 2
    const bids = Array.from({ length: LEVELS }, (_, level) => [bid - level, size()])
    const asks = Array.from({ length: LEVELS }, (_, level) => [bid + 1 + level, size()])
    for (let ticks = bid + 1; ticks <= before; ticks += 1) bids.push([ticks, 0])
    for (let ticks = before + 1; ticks <= bid; ticks += 1) asks.push([ticks, 0])
    const ids = { prevId: id, firstId: id + 1, lastId: id + 1 }
    id += 1
    return { ...stamp(at), kind: 'book', type: 'delta', ...ids, bids: bids.flat(), asks: asks.flat() }
  }
  function trade(at: number): MarketEvent {
    const side = random() < 0.5 ? 'buy' : 'sell'
    const price = (side === 'buy' ? bid + 1 : bid) as Ticks
    return { ...stamp(at), kind: 'trade', tradeId: tradeId++, price, size: size() as Lots, side }
  }
  return {
    snapshot() {
      const bids = Array.from({ length: LEVELS }, (_, level) => [bid - level, size()]).flat()
      const asks = Array.from({ length: LEVELS }, (_, level) => [bid + 1 + level, size()]).flat()
      const ids = { prevId: id, firstId: id, lastId: id }
      return { ...stamp(START_AT), kind: 'book', type: 'snapshot', ...ids, bids, asks }
    },
    bar: (nth) =>
      Array.from({ length: DELTAS_PER_BAR }, (_, step) => {
        const at = START_AT + nth * BAR_MS + (step * BAR_MS) / DELTAS_PER_BAR
        return [delta(at), trade(at + 50)]
      }).flat(),
    watermark(nth) {
      const endAt = START_AT + (nth + 1) * BAR_MS
      return { ...stamp(endAt), receivedAt: (endAt + GRACE_MS) as EpochMs, kind: 'watermark' }
    },
  }
}
