import type { FeatureEngine } from '../../features/feature-engine.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { CandleLane } from './candle-lane.ts'

/** Windows of the bars that close at one moment, in the order of the instruments. */
export type MomentWindows = readonly FeatureWindow[]

/** The features of a backtest on candles, moment after moment. */
export interface WindowSource {
  /** Of the next moments, `count` of them; the caller asks for no more than there are, and for one lot at a time. */
  next(count: number): Promise<readonly MomentWindows[]>
  /** Nothing is asked for afterwards. */
  close(): Promise<void>
}

/** Computed when they are asked for. */
export function windowsHere(engine: FeatureEngine, lanes: readonly CandleLane[]): WindowSource {
  let index = 0
  return {
    next(count) {
      const moments: MomentWindows[] = []
      for (const until = index + count; index < until; index += 1) {
        const at = index
        moments.push(engine.step(lanes.map((lane) => lane.bar(at))))
      }
      return Promise.resolve(moments)
    },
    close: () => Promise.resolve(),
  }
}
