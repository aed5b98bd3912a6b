import type { FeatureEngine } from '../../features/feature-engine.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { CandleLane } from './candle-lane.ts'
import { RowsHash } from './rows-hash.ts'

/** Windows of the bars that close at one moment, in the order of the instruments. */
export type MomentWindows = readonly FeatureWindow[]

/** Moments one behind the other. Windows that nobody holds are put together whenever they are asked for: they are many. */
export interface Moments {
  readonly length: number
  at(nth: number): MomentWindows | undefined
}

/** The features of a backtest on candles, moment after moment. */
export interface WindowSource {
  /** Of the next moments, `count` of them; the caller asks for no more than there are, and for one lot at a time. */
  next(count: number): Promise<Moments>
  /** SHA-256 over the rows of all moments so far, hexadecimal; of a whole run the same wherever they are computed. */
  digest(): string
  /** Nothing is asked for afterwards. */
  close(): Promise<void>
}

/** The windows of one moment after the other. */
export function stepMoments(engine: FeatureEngine, lanes: readonly Pick<CandleLane, 'bar'>[]): () => MomentWindows {
  let index = 0
  return () => {
    const windows = engine.step(lanes.map((lane) => lane.bar(index)))
    index += 1
    return windows
  }
}

/** Computed when they are asked for. */
export function windowsHere(engine: FeatureEngine, lanes: readonly Pick<CandleLane, 'bar'>[]): WindowSource {
  const hash = new RowsHash(lanes.length)
  const step = stepMoments(engine, lanes)
  return {
    next(count) {
      const moments = Array.from({ length: count }, step)
      for (const windows of moments) windows.forEach(({ row }, lane) => void hash.add(lane, row))
      return Promise.resolve(moments)
    },
    digest: () => hash.digest(),
    close: () => Promise.resolve(),
  }
}
