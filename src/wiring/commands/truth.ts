import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import type { Io } from '../io.ts'
import { packageFile } from '../package-file.ts'
import type { Job } from '../trainer/job.ts'
import { runJob } from '../trainer/job-process.ts'
import type { RegimeChange } from '../trainer/regime-change.ts'
import { loadTrainerConfig, requireTrainMode } from '../trainer/serve-job.ts'
import type { TruthOutcome } from '../trainer/truth-seed.ts'

export interface TruthOptions {
  readonly plantedSeeds: number
  readonly nullSeeds: number
  /** Processes at once. */
  readonly workers: number
  readonly json: boolean
}

/** Share of the next seconds' price variance that order flow foretells in the planted markets. */
const PLANTED_ALPHA = 0.5
/** Seeds of planted and null markets: none of any fit or demo. */
const FIRST_SEED = { planted: 50_001, none: 60_001, flipped: 70_001 }
/** Of markets without an edge, at most so many may be promoted. */
const NULL_SHARE_MAX = 0.05

/**
 * The truth test: markets with a planted edge, which the trainer must find and the gate promote, markets without, of which it may promote
 * at most 5 %, and one where the edge turns round in mid-session, which must cost no more than its bound. Exit code 1 where one fails.
 * `start`: for tests.
 */
export async function truthCommand(
  { plantedSeeds, nullSeeds, workers, json }: TruthOptions,
  io: Io,
  start = runJob,
): Promise<number> {
  const file = packageFile(join('config', 'truth.yaml'))
  const { trainer } = requireTrainMode(loadTrainerConfig(file), file)
  const ended = new AbortController()
  const unregister = io.onStop(() => ended.abort())
  const jobs: Job[] = [
    { kind: 'regime-change', config: file, alpha: PLANTED_ALPHA, seed: FIRST_SEED.flipped },
    ...seeds(FIRST_SEED.planted, plantedSeeds, file, PLANTED_ALPHA),
    ...seeds(FIRST_SEED.none, nullSeeds, file, 0),
  ]
  const outcomes: TruthOutcome[] = []
  const changes: RegimeChange[] = []
  const queue = [...jobs]
  async function work(): Promise<void> {
    for (let job = queue.shift(); job && !ended.signal.aborted; job = queue.shift()) {
      const outcome = await start({ job, limits: trainer.limits, signal: ended.signal })
      if (outcome.kind !== 'done') throw new InputError(`truth: ${JSON.stringify(job)}: ${outcome.why}`)
      const line =
        job.kind === 'truth'
          ? noted(outcomes, outcome.result as TruthOutcome, lineOf)
          : noted(changes, outcome.result as RegimeChange, changeLine)
      io.err(`${outcomes.length + changes.length} of ${jobs.length}: ${line}`)
    }
  }
  try {
    await Promise.all(Array.from({ length: workers }, () => work()))
  } finally {
    unregister()
    ended.abort() // Where one failed, the others count for nothing.
  }
  const found = summaryOf(outcomes, changes)
  io.out(json ? JSON.stringify(found) : described(found))
  return found.holds ? 0 : 1
}

function noted<T>(all: T[], one: T, line: (one: T) => string): string {
  all.push(one)
  return line(one)
}

const seeds = (first: number, count: number, config: string, alpha: number): readonly Job[] =>
  Array.from({ length: count }, (_, i) => ({ kind: 'truth', config, alpha, seed: first + i }) as const)

const lineOf = ({ seed, alpha, promoted, summary, freshReturn }: TruthOutcome): string =>
  promoted
    ? `seed ${seed}, alpha ${alpha}: promoted; another market: ${((freshReturn ?? 0) * 100).toFixed(3)} %`
    : `seed ${seed}, alpha ${alpha}: ${summary}`

const changeLine = (one: RegimeChange): string =>
  `seed ${one.seed}, the edge turns round: ${one.alarmAfterBars === null ? 'no alarm' : `alarm after ${one.alarmAfterBars} bars`}; it cost ` +
  `${one.lossFromFlipQuote.toFixed(2)}, unwatched ${one.lossUnwatchedQuote.toFixed(2)}, bound ${one.lossBoundQuote.toFixed(2)}; ` +
  `sizes × ${one.sizeAfter}; retrained: ${one.retrainedOutcome ?? 'no'}`

interface TruthSummary {
  readonly plantedPromoted: number
  readonly plantedSeeds: number
  readonly nullPromoted: number
  readonly nullSeeds: number
  /** Mean R² on fresh markets ÷ alpha, over the planted markets that were promoted; null: none was. */
  readonly recoveredShare: number | null
  /** Of those, how many earned after costs. */
  readonly plantedEarned: number
  readonly freshReturnMean: number | null
  /** Undefined: the test was stopped before. */
  readonly regimeChange: RegimeChange | undefined
  readonly holds: boolean
}

function summaryOf(outcomes: readonly TruthOutcome[], [regime]: readonly RegimeChange[]): TruthSummary {
  const planted = outcomes.filter(({ alpha }) => alpha > 0)
  const none = outcomes.filter(({ alpha }) => alpha === 0)
  const found = planted.filter(({ promoted }) => promoted)
  const mean = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length
  const nullPromoted = none.filter(({ promoted }) => promoted).length
  const plantedEarned = found.filter(({ freshReturn }) => (freshReturn ?? 0) > 0).length
  return {
    ...{ plantedPromoted: found.length, plantedSeeds: planted.length, nullPromoted, nullSeeds: none.length },
    recoveredShare: mean(found.map(({ alpha, freshRSquared }) => (freshRSquared ?? 0) / alpha)),
    plantedEarned,
    freshReturnMean: mean(found.map(({ freshReturn }) => freshReturn ?? 0)),
    regimeChange: regime,
    holds:
      found.length === planted.length &&
      plantedEarned === found.length &&
      nullPromoted <= NULL_SHARE_MAX * none.length &&
      regime?.holds === true,
  }
}

const described = (found: TruthSummary): string =>
  [
    `planted edge: promoted ${found.plantedPromoted} of ${found.plantedSeeds}; ${found.plantedEarned} earned after costs on a fresh market`,
    `recovered share of the planted predictability: ${found.recoveredShare?.toFixed(3) ?? 'none'}`,
    `no edge: promoted ${found.nullPromoted} of ${found.nullSeeds}`,
    found.regimeChange ? changeLine(found.regimeChange) : 'regime change: not run',
    found.holds ? 'The truth test holds.' : 'THE TRUTH TEST FAILS.',
  ].join('\n')
