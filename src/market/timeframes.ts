import { z } from 'zod'
import { InputError } from '../core/errors.ts'
import type { Converter } from '../core/instrument.ts'
import type { Bar } from './bar.ts'
import { durationText } from './bar-spec.ts'
import { HigherBars, savedHigherBars } from './higher-bars.ts'
import { loadState } from './saved-numbers.ts'

export interface TimeframeSettings {
  readonly converter: Converter
  /** Length of the bars handed in, milliseconds. */
  readonly baseMs: number
  /** Lengths of the bars that come out, milliseconds: multiples of the base, above it, each once. */
  readonly framesMs: readonly number[]
}

/** Timeframes of one instrument at most. */
const FRAMES_MAX = 16

/**
 * Time bars of several lengths out of the closed bars of one length. Sums are recovered as whole ticks, lots and milliseconds, so the
 * bars equal those built from the events themselves bit for bit, as long as each sum stays below 10^15 and nothing came later than
 * the base bars' watermark allows. Signatures are joined by Chen's identity and equal to rounding, if the events came in the order of
 * their times. Where base bars are missing, the higher bar is tainted: `partial` at the beginning, `gap` later. In a bar with a gap
 * the time-weighted means differ by what stood between the last book update and the watermark of a base bar.
 */
export interface Timeframes {
  /** The bars that end with this base bar, shortest first; `endAt - startAt` tells the timeframe. */
  step(bar: Bar): readonly Bar[]
  /** The whole state, for JSON. */
  save(): unknown
  /** Throws `InputError` for a state of other settings, or a damaged one. */
  restore(saved: unknown): void
}

const NONE: readonly Bar[] = []

/** Throws `InputError` for a timeframe that the base does not divide. */
export function timeframes({ converter, baseMs, framesMs }: TimeframeSettings): Timeframes {
  requireFrames(baseMs, framesMs)
  const frames = [...framesMs].sort((a, b) => a - b).map((ms) => new HigherBars({ converter, baseMs, ms }))
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
      const states = loadState(z.array(savedHigherBars).length(frames.length), saved, 'timeframes')
      for (const [at, frame] of frames.entries()) frame.restore(states[at]!)
    },
  }
}

/** Throws `InputError` for a timeframe that the base does not divide, one that stands twice, or too many. */
export function requireFrames(baseMs: number, framesMs: readonly number[]): void {
  const refuse = (rule: string, value: unknown): never => {
    throw new InputError(`timeframes were ${framesMs.map(durationText).join(', ')}; ${rule}`, { value })
  }
  if (framesMs.length > FRAMES_MAX) refuse(`at most ${FRAMES_MAX} are allowed`, framesMs.length)
  for (const [at, ms] of framesMs.entries()) {
    if (!(ms > baseMs && ms % baseMs === 0)) {
      refuse(`${durationText(ms)} must be a multiple of the bar, ${durationText(baseMs)}, and longer`, ms)
    }
    if (framesMs.indexOf(ms) !== at) refuse(`${durationText(ms)} must stand once`, ms)
  }
}
