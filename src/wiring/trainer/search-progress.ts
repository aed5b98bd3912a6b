import { type BarStream, countBar } from '../count-bar.ts'
import type { Io } from '../io.ts'

export interface SearchProgress {
  /** `best`: greatest objective so far; seconds to the end, null: not known yet. */
  done(trials: number, best: number | null, etaSeconds: number | null): void
  stop(): void
}

/** A bar with the time left on a terminal, a line for each trial elsewhere. */
export function searchProgress(total: number, io: Pick<Io, 'err'>, stream: BarStream = process.stderr): SearchProgress {
  const said = (best: number | null, etaSeconds: number | null): string => `best ${text(best)}, ${left(etaSeconds)}`
  if (!stream.isTTY) {
    return {
      done: (trials, best, etaSeconds) => io.err(`trial ${trials} of ${total}: ${said(best, etaSeconds)}`),
      stop: () => undefined,
    }
  }
  const bar = countBar('trials', total, stream)
  return { done: (trials, best, etaSeconds) => bar.at(trials, said(best, etaSeconds)), stop: () => bar.stop() }
}

const text = (best: number | null): string => (best === null ? 'none' : best.toPrecision(5))
const left = (seconds: number | null): string =>
  seconds === null ? 'time left unknown' : `${Math.round(seconds)} s left`
