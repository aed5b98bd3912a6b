import { seededRandom } from '../../src/core/random.ts'
import type { EpochMs } from '../../src/core/units.ts'

export interface SyntheticFrame {
  readonly receivedAt: EpochMs
  /** Binance USD-M, combined stream. */
  readonly text: string
}

const START_AT = 1_700_000_000_000
const SNAPSHOT_LEVELS = 1_000

/**
 * A random walk's book as Binance would send it: the snapshot, then `count` frames, of which 7 % are depth updates of some 45 levels,
 * 23 % trades and 70 % bookTickers, as in a busy hour of BTCUSDT. Deterministic.
 */
export function syntheticFrames(count: number): readonly SyntheticFrame[] {
  const random = seededRandom(7)
  const price = (ticks: number): string => (ticks / 10).toFixed(2)
  const size = (): string => (Math.ceil(random() * 5_000) / 1_000).toFixed(3)
  let bid = 600_000
  let updateId = 1_000
  let tradeId = 1
  let at = START_AT
  const frames: SyntheticFrame[] = []
  const push = (frame: object): void => {
    frames.push({ receivedAt: at as EpochMs, text: JSON.stringify(frame) })
  }
  const side = (best: number, sign: 1 | -1): string[][] =>
    Array.from({ length: SNAPSHOT_LEVELS }, (_, level) => [price(best + sign * level), size()])
  push({ lastUpdateId: updateId, E: at, T: at, bids: side(bid, -1), asks: side(bid + 1, 1) })
  const stamp = (): object => ({ E: at, T: at, s: 'BTCUSDT' })
  for (let nth = 0; nth < count; nth += 1) {
    at += Math.floor(random() * 8)
    const draw = random()
    if (draw < 0.07) {
      const move = Math.floor(random() * 5) - 2
      const cleared = Array.from({ length: Math.abs(move) }, (_, step) => [
        price(move > 0 ? bid + 1 + step : bid - step),
        '0.000',
      ])
      bid += move
      const levels = (best: number, sign: 1 | -1): string[][] => [
        [price(best), size()],
        ...Array.from({ length: 21 }, () => [
          price(best + sign * Math.ceil(random() ** 2 * 900)),
          random() < 0.3 ? '0.000' : size(),
        ]),
      ]
      const b = [...(move < 0 ? cleared : []), ...levels(bid, -1)]
      const a = [...(move > 0 ? cleared : []), ...levels(bid + 1, 1)]
      const prevId = updateId
      updateId += 40
      const data = { e: 'depthUpdate', ...stamp(), U: prevId + 1, u: updateId, pu: prevId, b, a }
      push({ stream: 'btcusdt@depth@0ms', data })
    } else if (draw < 0.3) {
      const isSell = random() < 0.5
      const data = { t: tradeId, p: price(isSell ? bid : bid + 1), q: size(), X: 'MARKET', m: isSell }
      push({ stream: 'btcusdt@trade', data: { e: 'trade', ...stamp(), ...data } })
      tradeId += 1
    } else {
      const data = { u: updateId, b: price(bid), B: size(), a: price(bid + 1), A: size() }
      push({ stream: 'btcusdt@bookTicker', data: { e: 'bookTicker', ...stamp(), ...data } })
    }
  }
  return frames
}
