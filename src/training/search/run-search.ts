import type { Clock } from '../../core/clock.port.ts'
import type { Objective } from './objective.ts'
import type { Pruner } from './pruners/pruner.port.ts'
import { runTrial } from './run-trial.ts'
import type { Sampler } from './samplers/sampler.port.ts'
import { searchBoard } from './search-board.ts'
import { type SearchSpace, spaceHash } from './search-space.ts'
import { type OverfittingProbability, type SearchSummary, summaryOf } from './search-summary.ts'
import { stableText } from './stable-text.ts'
import type { TrialRunner } from './trial-runner.port.ts'
import type { TrialStore } from './trial-store.port.ts'

export interface SearchParts {
  readonly name: string
  readonly dataHash: string
  readonly space: SearchSpace
  readonly objective: Objective
  readonly sampler: Sampler
  /** Left out: every trial runs to its end. */
  readonly pruner?: Pruner
  readonly store: TrialStore
  readonly runner: TrialRunner
  readonly clock: Clock
  /** Trials of the study in all, those of earlier starts included. */
  readonly trials: number
  /** Trials at once, at least 1. */
  readonly workers: number
  /** Of what the trials draw. */
  readonly seed: number
  readonly overfitting: OverfittingProbability
  /** True: running trials are ended at their next report and run again when the study goes on. */
  isStopped(): boolean
  /** After each trial. `best`: greatest objective so far. Seconds to the end at the pace of this start; null: not known yet. */
  onProgress(done: number, total: number, best: number | null, etaSeconds: number | null): void
}

/**
 * Runs trials until the study has as many as wanted, or the sampler knows no more. Each is kept before the next begins in its place.
 * With one worker and a seed the same trials come, also when the search is cut short and goes on. Throws `InputError` where the
 * objective names no metric of the trials, and when ten trials in a row fail.
 */
export async function runSearch(parts: SearchParts): Promise<SearchSummary> {
  const { name, dataHash, objective, store, clock, workers, trials } = parts
  const study = store.study(
    { name, dataHash, objective: stableText(objective), spaceHash: spaceHash(parts.space) },
    clock.now(),
  )
  const board = searchBoard(study, parts)
  let isEnding = false
  async function work(worker: number): Promise<void> {
    try {
      for (let next = board.next(worker); next && !isEnding; next = board.next(worker)) {
        await runTrial(next, board, parts)
      }
    } catch (error) {
      isEnding = true
      throw error
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(workers, trials) }, (_, worker) => work(worker)))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return { ...summaryOf(parts, board.finished(), store, parts.overfitting), stopped: board.isCutShort() }
}
