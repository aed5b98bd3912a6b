import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { openTrialStore } from '../../adapters/sqlite/trial-store.ts'
import { InputError } from '../../core/errors.ts'
import type { Metric } from '../../report/metrics/metric.ts'
import { trainingReport } from '../../report/training/training-report.ts'
import type { ReportTrial } from '../../report/training/training-report-data.ts'
import { probabilityOfOverfitting } from '../../training/gate/probability-of-overfitting.ts'
import { runSearch } from '../../training/search/run-search.ts'
import { spaceHash } from '../../training/search/search-space.ts'
import type { SearchSummary } from '../../training/search/search-summary.ts'
import { stableText } from '../../training/search/stable-text.ts'
import type { StoredTrial } from '../../training/search/trial-store.port.ts'
import type { TrainConfig } from '../config/schema.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import type { Io } from '../io.ts'
import { familyOf, ofFamily } from '../models/model-families.ts'
import { runJob } from '../trainer/job-process.ts'
import { recipeOf } from '../trainer/recipe.ts'
import { settingRows } from '../trainer/report-data.ts'
import { rowsOfFamily } from '../trainer/rows-of-family.ts'
import { trialsFile } from '../trainer/run-training.ts'
import { prunerOf, samplerOf } from '../trainer/search-parts.ts'
import { searchProgress } from '../trainer/search-progress.ts'
import { loadTrainerConfig, requireTrainMode } from '../trainer/serve-job.ts'
import { configuredRows } from '../trainer/training-rows.ts'
import { trialProcesses } from '../trainer/trial-processes.ts'

export interface SearchOptions {
  readonly config: string
  /** Of whose model, where the configuration has groups. */
  readonly group?: string
  readonly json: boolean
}

/**
 * Searches the settings that `train.search` names; each trial is a walk-forward in a process of its own. Goes on where it stopped.
 * `start`: for tests.
 */
export async function searchCommand(
  { config: file, group, json }: SearchOptions,
  io: Io,
  start = runJob,
): Promise<number> {
  const whole = requireTrainMode(loadTrainerConfig(file), file)
  const family = familyOf(whole, group)
  const config = ofFamily(whole, family)
  const { trainer, train } = config
  const { search } = train
  if (!search)
    throw new InputError(`config ${file}: train.search is missing; it says what is varied`, { key: 'train.search' })
  const clock = systemClock()
  // A group learns from other rows: its trials are those of another study.
  const study = group === undefined ? search.study : `${search.study}@${group}`
  const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
  const rows = rowsOfFamily(await configuredRows(whole, { schema, clock, io }), family)
  await mkdir(trainer.dir, { recursive: true })
  const store = openTrialStore(trialsFile(trainer), clock.now())
  const progress = searchProgress(search.trials, io)
  const ended = new AbortController()
  const unregister = io.onStop((why) => {
    io.err(`${why}: ends running trials; the same command goes on with them`)
    ended.abort()
  })
  try {
    const summary = await runSearch({
      ...{ name: study, dataHash: rows.dataHash, space: search.space, objective: search.objective },
      ...{ trials: search.trials, workers: search.workers, seed: search.seed, store, clock },
      sampler: samplerOf(search),
      ...(search.pruner !== 'none' && { pruner: prunerOf(search.pruner) }),
      runner: trialProcesses(file, group, trainer.limits, ended.signal, start),
      overfitting: (returns): Metric => probabilityOfOverfitting(returns),
      isStopped: () => ended.signal.aborted,
      onProgress: (done, _total, best, etaSeconds) => progress.done(done, best, etaSeconds),
    })
    progress.stop()
    const definition = { objective: stableText(search.objective), spaceHash: spaceHash(search.space) }
    const { trials } = store.study({ name: study, dataHash: rows.dataHash, ...definition }, clock.now())
    const page = join(trainer.dir, `search-${study}.html`)
    await writeFile(page, pageOf(summary, trials, config, new Date(clock.now()).toISOString()))
    if (json) io.out(JSON.stringify({ ...plain(summary), report: page }))
    else io.out(`${described(summary)}\nreport: ${page}`)
    return 0
  } finally {
    progress.stop()
    unregister()
    store.close()
  }
}

const shown = (metric: Metric): string =>
  'value' in metric ? metric.value.toFixed(3) : `not enough data (${metric.notEnough})`

const countsText = ({ counts }: SearchSummary): string =>
  Object.entries(counts)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ')

function notesOf(summary: SearchSummary): readonly string[] {
  const { trialsOnData, deflatedSharpe, overfitting, stopped } = summary
  return [
    `Trials: ${countsText(summary)}.`,
    `Deflated Sharpe ratio of the best, from all ${trialsOnData} trials ever run on these data: ${shown(deflatedSharpe)}.`,
    `Probability that the best in sample is below the median out of sample (CSCV): ${shown(overfitting)}.`,
    ...(stopped ? ['The search was stopped; the same command goes on.'] : []),
  ]
}

function described(summary: SearchSummary): string {
  const { best } = summary
  const first = best
    ? `best: trial ${best.number}, objective ${best.value?.toPrecision(5)}, ${JSON.stringify(best.params)}`
    : 'no trial is complete'
  return [first, ...notesOf(summary)].join('\n')
}

const plain = ({ best, counts, trialsOnData, deflatedSharpe, overfitting, stopped }: SearchSummary) => ({
  best: best && { number: best.number, value: best.value, params: best.params, metrics: best.metrics },
  ...{ counts, trialsOnData, stopped },
  deflatedSharpe: 'value' in deflatedSharpe ? deflatedSharpe.value : null,
  overfitting: 'value' in overfitting ? overfitting.value : null,
})

function pageOf(
  summary: SearchSummary,
  trials: readonly StoredTrial[],
  { trainer, train }: TrainConfig,
  madeAt: string,
): string {
  return trainingReport({
    kind: 'search',
    title: train.search!.study,
    ...{ madeAt, because: `objective: ${JSON.stringify(train.search!.objective)}` },
    settings: settingRows(recipeOf(trainer, summary.best?.params ?? {})),
    ...{ scores: [], currency: '', equity: [] },
    trials: trials.map(
      ({ number, state, value, params }): ReportTrial => ({
        ...{ number, state, value },
        params: Object.fromEntries(
          Object.entries(params).map(([path, one]) => [path, typeof one === 'object' ? JSON.stringify(one) : one]),
        ),
      }),
    ),
    notes: notesOf(summary),
  })
}
