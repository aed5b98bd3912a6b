import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import type { Sampler } from './samplers/sampler.port.ts'
import { bestOf } from './search-summary.ts'
import type { Params, Report, RunningTrial } from './trial.ts'
import { mixedSeed } from './trial-random.ts'
import type { StoredTrial, TrialOutcome, TrialStudy } from './trial-store.port.ts'

/** Trials that may fail in a row: it is the configuration then, not the parameters. */
const FAILURES_MAX = 10

export interface ActiveTrial extends RunningTrial {
  readonly seed: number
  /** Grows while it runs. */
  readonly reports: Report[]
}

/** Who tries what: hands trials out and takes their ends, on the disk at once. */
export interface SearchBoard {
  /** The next trial for a worker; undefined: there is none, or the search is stopped. */
  next(worker: number): ActiveTrial | undefined
  /** Throws `InputError` at the tenth failure in a row. */
  end(trial: ActiveTrial, outcome: TrialOutcome): void
  /** Trials that count, in the order of their numbers. */
  finished(): readonly StoredTrial[]
  running(): readonly RunningTrial[]
  /** True: a trial was left undone because the search was stopped. */
  isCutShort(): boolean
}

interface BoardParts {
  readonly sampler: Sampler
  readonly clock: Clock
  readonly trials: number
  readonly seed: number
  isStopped(): boolean
  onProgress(done: number, total: number, best: number | null, etaSeconds: number | null): void
}

export function searchBoard(study: TrialStudy, parts: BoardParts): SearchBoard {
  const { sampler, clock, trials, seed, isStopped, onProgress } = parts
  const finished = study.trials.filter(({ retry }) => retry === 'none')
  const owed = study.trials.filter(({ retry }) => retry === 'owed')
  const running = new Map<number, ActiveTrial>()
  const beganMs = clock.monotonicMs()
  let ended = 0
  let failures = 0
  let isCutShort = false

  function proposal(): { readonly params: Params; readonly seed: number; readonly retryOf?: number } | undefined {
    const again = owed.shift()
    if (again) return { params: again.params, seed: again.seed, retryOf: again.number }
    const params = sampler.propose(finished, [...running.values()])
    return params && { params, seed: mixedSeed(seed, finished.length + running.size) }
  }
  function tell(): void {
    const secondsEach = (clock.monotonicMs() - beganMs) / 1_000 / ended
    const left = trials - finished.length
    const best = bestOf(finished)?.value ?? null
    onProgress(finished.length, trials, best, ended > 0 ? secondsEach * left : null)
  }
  return {
    next(worker) {
      if (finished.length + running.size >= trials) return undefined
      if (isStopped()) {
        isCutShort = true
        return undefined
      }
      const chosen = proposal()
      if (!chosen) return undefined
      const { params, retryOf } = chosen
      const number = study.start({ params, seed: chosen.seed, worker, retryOf, at: clock.now() })
      const trial = { number, params, seed: chosen.seed, reports: [] }
      running.set(number, trial)
      return trial
    },
    end(trial, outcome) {
      study.finish(trial.number, outcome, trial.reports, clock.now())
      running.delete(trial.number)
      if (outcome.kind === 'stopped') {
        isCutShort = true
        return
      }
      finished.push(keptTrial(trial, outcome))
      finished.sort((a, b) => a.number - b.number)
      ended += 1
      tell()
      failures = outcome.kind === 'failed' ? failures + 1 : 0
      if (outcome.kind === 'failed' && failures >= FAILURES_MAX) {
        throw new InputError(`search: ${FAILURES_MAX} trials in a row failed, the last one: ${outcome.cause}`)
      }
    },
    finished: () => finished,
    running: () => [...running.values()],
    isCutShort: () => isCutShort,
  }
}

const keptTrial = (
  { number, params, seed, reports }: ActiveTrial,
  outcome: Exclude<TrialOutcome, { kind: 'stopped' }>,
): StoredTrial => ({
  ...{ number, params, seed, reports, state: outcome.kind, retry: 'none' },
  value: outcome.kind === 'complete' ? outcome.value : null,
  metrics: 'metrics' in outcome ? outcome.metrics : null,
  cause: 'cause' in outcome ? outcome.cause : null,
})
