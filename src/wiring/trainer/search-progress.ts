import { SingleBar } from 'cli-progress'
import type { Io } from '../io.ts'

export interface SearchProgress {
  /** `best`: greatest objective so far; seconds to the end, null: not known yet. */
  done(trials: number, best: number | null, etaSeconds: number | null): void
  stop(): void
}

/** A bar with the time left on a terminal, a line for each trial elsewhere. */
export function searchProgress(total: number, io: Pick<Io, 'err'>): SearchProgress {
  const { stderr } = process
  if (!stderr.isTTY) {
    return {
      done: (trials, best, etaSeconds) =>
        io.err(`trial ${trials} of ${total}: best ${text(best)}, ${left(etaSeconds)}`),
      stop: () => undefined,
    }
  }
  const bar = new SingleBar({
    format: 'trials [{bar}] {value}/{total}, best {best}, {left}',
    ...{ barCompleteChar: '#', barIncompleteChar: '-', barsize: 24, gracefulExit: false, stream: stderr },
  })
  bar.start(total, 0, { best: 'none', left: '' })
  return {
    done: (trials, best, etaSeconds) => bar.update(trials, { best: text(best), left: left(etaSeconds) }),
    stop: () => bar.stop(),
  }
}

const text = (best: number | null): string => (best === null ? 'none' : best.toPrecision(5))
const left = (seconds: number | null): string =>
  seconds === null ? 'time left unknown' : `${Math.round(seconds)} s left`
