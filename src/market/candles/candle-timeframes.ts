import { z } from 'zod'
import type { Bar } from '../bar.ts'
import { loadState } from '../saved-numbers.ts'
import { requireFrames, type Timeframes } from '../timeframes.ts'
import { CandleFrame, savedCandleFrame } from './candle-frame.ts'

const NONE: readonly Bar[] = []

/**
 * `timeframes` where only prices and volume are read: candles have no counts of buys and sells that whole lots and ticks could be
 * recovered by. `baseMs`: length of the bars handed in; `framesMs`: of those that come out. Throws `InputError` as `timeframes` does.
 */
export function candleTimeframes(baseMs: number, framesMs: readonly number[]): Timeframes {
  requireFrames(baseMs, framesMs)
  const frames = [...framesMs].sort((a, b) => a - b).map((ms) => new CandleFrame(baseMs, ms))
  return {
    step(bar) {
      let closed = NONE
      for (const frame of frames) {
        const ended = frame.step(bar)
        if (ended.length > 0) closed = [...closed, ...ended]
      }
      return closed
    },
    save: () => frames.map((frame) => frame.save()),
    restore(saved) {
      const states = loadState(z.array(savedCandleFrame).length(frames.length), saved, 'timeframes')
      for (const [at, frame] of frames.entries()) frame.restore(states[at]!)
    },
  }
}
