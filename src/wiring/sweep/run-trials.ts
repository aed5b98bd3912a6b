import type { Worker } from 'node:worker_threads'
import type { Trial, TrialOutcome } from './trial.ts'
import { type TrialThread, trialThread } from './trial-thread.ts'

export interface TrialPool {
  /** Threads at once, at least 1. */
  readonly workers: number
  readonly trialMsMax: number
  start(): Worker
  onStart(trial: Trial): void
  /** Share of a running trial, 0 to 1. */
  onProgress(trial: Trial, share: number): void
  /** What it throws ends the sweep. */
  onDone(trial: Trial, outcome: TrialOutcome, seconds: number): void
  /** Trials under way are dropped, no other begins. */
  readonly stop: AbortSignal
}

/** Runs every trial once, `workers` of them at a time. Resolves when all are done or dropped and no thread is left. */
export async function runTrials(trials: readonly Trial[], pool: TrialPool): Promise<void> {
  const queue = trials.values()
  const failing = new AbortController()
  const ending = AbortSignal.any([pool.stop, failing.signal])
  const isOver = (): boolean => ending.aborted
  const over = new Promise<undefined>((resolve) => {
    if (isOver()) resolve(undefined)
    ending.addEventListener('abort', () => resolve(undefined))
  })

  async function work(): Promise<void> {
    let thread: TrialThread | undefined
    try {
      for (let next = queue.next(); !next.done && !isOver(); next = queue.next()) {
        const trial = next.value
        if (!thread?.isAlive) thread = trialThread(() => pool.start())
        pool.onStart(trial)
        const startedAt = performance.now()
        const run = thread.run(trial.config, pool.trialMsMax, (share) => pool.onProgress(trial, share))
        const outcome = await Promise.race([run, over])
        if (outcome && !isOver()) pool.onDone(trial, outcome, (performance.now() - startedAt) / 1_000)
      }
    } catch (error) {
      failing.abort()
      throw error
    } finally {
      await thread?.end()
    }
  }
  const threads = Array.from({ length: Math.min(pool.workers, trials.length) }, work)
  for (const ended of await Promise.allSettled(threads)) if (ended.status === 'rejected') throw ended.reason
}
