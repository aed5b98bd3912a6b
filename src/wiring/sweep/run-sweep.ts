import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { InputError } from '../../core/errors.ts'
import type { SweepFile } from '../config/load-config.ts'
import type { Io } from '../io.ts'
import { runTrials } from './run-trials.ts'
import { type ProgressStream, sweepProgress } from './sweep-progress.ts'
import { objectiveOf, type Ranking, ranked, type SweepRow } from './sweep-table.ts'
import type { Trial, TrialResult } from './trial.ts'
import { openTrialLog, type TrialLog } from './trial-log.ts'

export interface SweepParts {
  readonly file: SweepFile
  readonly trials: readonly Trial[]
  /** Folder of `trials.jsonl`. */
  readonly out: string
  /** A thread that serves trials. */
  start(): Worker
  readonly io: Pick<Io, 'err' | 'onStop'>
  readonly stream: ProgressStream
}

export interface SweepOutcome extends Ranking {
  readonly trials: number
  /** Done by this start, and found done by an earlier one. */
  readonly computed: number
  readonly skipped: number
  readonly failed: number
  /** Asked to stop before all were done: the same command goes on. */
  readonly stopped: boolean
  /** The best first; trials that are neither done nor failed are left out. */
  readonly rows: readonly SweepRow[]
  readonly log: string
}

/**
 * Runs the trials that no earlier start has done. Each is on the disk before the next begins in its thread. Throws `InputError` when
 * the objective is no metric of the backtest.
 */
export async function runSweep(parts: SweepParts): Promise<SweepOutcome> {
  const log = openTrialLog(parts.out)
  try {
    return await sweepWith(parts, log)
  } finally {
    log.close()
  }
}

async function sweepWith({ file, trials, start, io, stream }: SweepParts, log: TrialLog): Promise<SweepOutcome> {
  const { objective, goal = 'max', workers = Math.max(1, availableParallelism() - 1), trialMsMax } = file.sweep
  const rows = new Map<number, SweepRow>()
  for (const { key, index, settings } of trials) {
    const result = log.result(key)
    if (result) rows.set(index, { index, settings, result: withObjective(result, objective, file) })
  }
  const skipped = rows.size
  const stopping = new AbortController()
  const release = io.onStop(() => stopping.abort())
  const progress = sweepProgress(trials.length, skipped, objective, io, stream)
  try {
    await runTrials(
      trials.filter(({ index }) => !rows.has(index)),
      {
        workers,
        trialMsMax,
        start,
        stop: stopping.signal,
        onStart: (trial) => progress.running(trial, 0),
        onProgress: (trial, share) => progress.running(trial, share),
        onDone(trial, outcome, seconds) {
          const { index, settings } = trial
          const result = log.append(trial, outcome, seconds)
          const row: SweepRow = {
            index,
            settings,
            ...(result ? { result: withObjective(result, objective, file) } : {}),
            ...(outcome.kind === 'failed' ? { failure: outcome.cause } : {}),
          }
          rows.set(index, row)
          progress.finished(trial, outcome, seconds, objectiveOf(row, objective))
        },
      },
    )
  } finally {
    progress.stop()
    release()
  }
  const failed = [...rows.values()].filter(({ failure }) => failure !== undefined).length
  return {
    ...{ objective, goal, trials: trials.length, skipped, failed, computed: rows.size - skipped - failed },
    stopped: rows.size < trials.length,
    rows: ranked([...rows.values()], { objective, goal }),
    log: log.path,
  }
}

function withObjective(result: TrialResult, objective: string, { path }: SweepFile): TrialResult {
  if (Object.hasOwn(result.metrics, objective)) return result
  throw new InputError(
    `sweep ${path}: objective was ${JSON.stringify(objective)}: no metric of the backtest; one of ${Object.keys(result.metrics).join(', ')}`,
    { file: path },
  )
}
