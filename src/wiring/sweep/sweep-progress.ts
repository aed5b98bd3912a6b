import { SingleBar } from 'cli-progress'
import type { Io } from '../io.ts'
import { said } from './make-trials.ts'
import { metricText } from './sweep-table.ts'
import type { Trial, TrialOutcome } from './trial.ts'

/** Where the bar is drawn: standard error, so that the results can be piped away. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }

export interface SweepProgress {
  running(trial: Trial, share: number): void
  finished(trial: Trial, outcome: TrialOutcome, seconds: number, objective: number | null): void
  stop(): void
}

/** A bar with the time left on a terminal, a line for each trial elsewhere. `done`: trials of an earlier start. */
export function sweepProgress(
  total: number,
  done: number,
  objective: string,
  io: Pick<Io, 'err'>,
  stream: ProgressStream,
): SweepProgress {
  return stream.isTTY ? bar(total, done, stream) : lines(total, done, objective, io)
}

function bar(total: number, done: number, stream: ProgressStream): SweepProgress {
  const shares = new Map<number, number>()
  let finished = done
  let failed = 0
  const drawn = new SingleBar({
    format: 'trials [{bar}] {finished}/{total}{failures}, time left {eta_formatted}',
    barCompleteChar: '#',
    barIncompleteChar: '-',
    barsize: 24,
    etaBuffer: 50,
    gracefulExit: false, // Ctrl-C is the command's business.
    stream,
  })
  const payload = () => ({ finished, failures: failed === 0 ? '' : `, ${failed} failed` })
  const redraw = () => drawn.update(finished + [...shares.values()].reduce((sum, share) => sum + share, 0), payload())
  drawn.start(total, done, payload())
  return {
    running({ index }, share) {
      shares.set(index, Math.min(1, Math.max(0, share)))
      redraw()
    },
    finished({ index }, outcome) {
      shares.delete(index)
      finished++
      if (outcome.kind === 'failed') failed++
      redraw()
    },
    stop: () => drawn.stop(),
  }
}

function lines(total: number, done: number, objective: string, io: Pick<Io, 'err'>): SweepProgress {
  let finished = done
  return {
    running: () => undefined,
    finished(trial, outcome, seconds, value) {
      finished++
      const what = outcome.kind === 'failed' ? `failed: ${outcome.cause}` : `${objective} ${metricText(value)}`
      io.err(`trial ${finished} of ${total}: ${said(trial.settings)}: ${what} (${seconds.toFixed(1)} s)`)
    },
    stop: () => undefined,
  }
}
