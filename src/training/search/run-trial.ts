import { check } from '../../core/check.ts'
import { InvariantError, messageOf } from '../../core/errors.ts'
import { type Objective, objectiveValue, type TrialMetrics } from './objective.ts'
import type { Pruner } from './pruners/pruner.port.ts'
import type { ActiveTrial, SearchBoard } from './search-board.ts'
import { keptReturns, sharpeOf } from './trial-returns.ts'
import type { TrialResult, TrialRunner } from './trial-runner.port.ts'
import type { TrialOutcome } from './trial-store.port.ts'

const REPORTS_MAX = 10_000
const CAUSE_CHARACTERS_MAX = 500

interface TrialParts {
  readonly runner: TrialRunner
  readonly objective: Objective
  readonly pruner?: Pruner
  isStopped(): boolean
}

/** Runs one trial and tells the board how it ended. Throws what ends the search, after that. */
export async function runTrial(trial: ActiveTrial, board: SearchBoard, parts: TrialParts): Promise<void> {
  const { runner, objective, pruner, isStopped } = parts
  let cut: 'pruned' | 'stopped' | undefined
  function report(step: number, value: number): 'go' | 'prune' {
    if (cut === undefined && isStopped()) cut = 'stopped'
    else if (cut === undefined && isHopeless(step, value)) cut = 'pruned'
    return cut === undefined ? 'go' : 'prune'
  }
  function isHopeless(step: number, value: number): boolean {
    if (!Number.isFinite(value)) return true
    const last = trial.reports.at(-1)?.[0] ?? 0
    check(Number.isSafeInteger(step) && step > last && trial.reports.length < REPORTS_MAX, 'step of a report', step)
    trial.reports.push([step, value])
    const others = board.running().filter(({ number }) => number !== trial.number)
    return pruner?.isHopeless(trial, board.finished(), others) ?? false
  }
  const end = await endOf(
    () => runner.run(trial.params, trial.seed, report),
    (result) => (cut ? { kind: cut } : judged(result, objective)),
  )
  // A runner that is torn down with the search has not failed.
  if (end.outcome.kind === 'failed' && !end.fault && isStopped()) cut ??= 'stopped'
  board.end(trial, cut ? { kind: cut } : end.outcome)
  if (end.fault) throw end.fault
}

interface TrialEnd {
  readonly outcome: TrialOutcome
  /** Ends the search: no other trial would do better. */
  readonly fault?: Error
}

async function endOf(run: () => Promise<TrialResult>, judge: (result: TrialResult) => TrialOutcome): Promise<TrialEnd> {
  const failed = (error: unknown): TrialOutcome => ({
    kind: 'failed',
    cause: messageOf(error).slice(0, CAUSE_CHARACTERS_MAX),
  })
  let result: TrialResult
  try {
    result = await run()
  } catch (error) {
    return { outcome: failed(error), ...(error instanceof InvariantError ? { fault: error } : {}) }
  }
  try {
    return { outcome: judge(result) }
  } catch (error) {
    return { outcome: failed(error), fault: error instanceof Error ? error : new InvariantError(messageOf(error)) }
  }
}

function judged({ metrics: given, returns: all }: TrialResult, objective: Objective): TrialOutcome {
  const returns = keptReturns(all)
  const metrics = finite(given)
  const value = objectiveValue(objective, metrics)
  const kept = { metrics, returns, sharpe: sharpeOf(returns) }
  return value === null
    ? { kind: 'infeasible', cause: `not enough data for ${Object.keys(objective).join(', ')}`, ...kept }
    : { kind: 'complete', value, ...kept }
}

/** JSON knows no infinity: a metric that is no finite number counts as one without data. */
const finite = (metrics: TrialMetrics): TrialMetrics =>
  Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [name, value !== null && Number.isFinite(value) ? value : null]),
  )
