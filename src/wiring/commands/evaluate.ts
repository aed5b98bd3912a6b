import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { openTrialStore } from '../../adapters/sqlite/trial-store.ts'
import { seededRandom } from '../../core/random.ts'
import { trainingReport } from '../../report/training/training-report.ts'
import { subsetOf } from '../../training/dataset.ts'
import { withFoldFit } from '../../training/evaluation/fit-fold.ts'
import type { FeatureImportance } from '../../training/evaluation/permutation-importance.ts'
import { permutationImportance } from '../../training/evaluation/permutation-importance.ts'
import { keptReturns, sharpeOf } from '../../training/search/trial-returns.ts'
import type { TrainConfig } from '../config/schema.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import type { Io } from '../io.ts'
import { familyOf, ofFamily } from '../models/model-families.ts'
import { type EvaluationParts, evaluateRecipe, type RecipeEvaluation } from '../trainer/evaluate-recipe.ts'
import { meanMetrics, metricsOf } from '../trainer/evaluated-path.ts'
import { equityOf, scoresOf, settingRows, tradingOf } from '../trainer/report-data.ts'
import { rowsOfFamily } from '../trainer/rows-of-family.ts'
import { trialsFile } from '../trainer/run-training.ts'
import { loadTrainerConfig, requireTrainMode } from '../trainer/serve-job.ts'
import { returnsOf } from '../trainer/train-candidate.ts'
import { configuredRows } from '../trainer/training-rows.ts'
import { familyTrials, trialsSoFar } from '../trainer/trials-so-far.ts'

export interface EvaluateOptions {
  readonly config: string
  /** Of whose model, where the configuration has groups. */
  readonly group?: string
  /** Page to write; undefined: `evaluation.html` (of a group `evaluation-<group>.html`) in the folder of the trainer. */
  readonly out?: string
  readonly json: boolean
}

/** Rows behind the importance of columns. */
const IMPORTANCE_ROWS_MAX = 2_000

/** Walk-forward of the configured recipe: scores beside the baselines, trading after costs, and a verdict. No model is kept, but it counts as a trial. */
export async function evaluateCommand({ config: file, group, out, json }: EvaluateOptions, io: Io): Promise<number> {
  const whole = requireTrainMode(loadTrainerConfig(file), file)
  const family = familyOf(whole, group)
  const config = ofFamily(whole, family)
  const clock = systemClock()
  const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
  const startedMs = clock.monotonicMs()
  const rows = rowsOfFamily(await configuredRows(whole, { schema, clock, io }), family)
  io.err(`${rows.tables.reduce((sum, table) => sum + table.rows, 0)} rows of ${rows.source}`)
  const found = await countedEvaluation({ config, schema, rows, io, clock, params: {} })
  const importance = await importanceOf(found, config, io)
  const page = out ?? join(config.trainer.dir, group === undefined ? 'evaluation.html' : `evaluation-${group}.html`)
  await mkdir(dirname(page), { recursive: true })
  await writeFile(page, pageOf(found, rows.source, importance, new Date(clock.now()).toISOString()))
  const { verdict, scores, paths } = found
  const all = paths.map(metricsOf)
  const seconds = (clock.monotonicMs() - startedMs) / 1_000
  const baselines = Object.fromEntries(scores.slice(1).map(({ name, crpsBps }) => [name, crpsBps]))
  const { outcome, summary } = verdict
  if (json)
    io.out(
      JSON.stringify({
        outcome,
        summary,
        metrics: meanMetrics(all),
        ...(all.length > 1 && {
          paths: all.map(({ crpsSkill, sharpePerBar, totalReturn }) => ({ crpsSkill, sharpePerBar, totalReturn })),
        }),
        baselinesCrpsBps: baselines,
        rows: found.test.rows,
        seconds,
        report: page,
      }),
    )
  else io.out(`${plainWords(found)}\n${summary}\nreport: ${page}`)
  return 0
}

/** Beside all that was tried on these rows and for this family. */
async function countedEvaluation(parts: EvaluationParts): Promise<RecipeEvaluation> {
  const { config, schema, rows, io, clock } = parts
  const { trainer, model } = config
  await mkdir(trainer.dir, { recursive: true })
  const startedAt = clock.now()
  const store = openTrialStore(trialsFile(trainer), startedAt)
  try {
    const found = await evaluateRecipe({
      ...parts,
      trials: trialsSoFar(store, [familyTrials(model.path, schema), rows.dataHash]),
      onFold: (done, of) => io.err(`fold ${done} of ${of}`),
    })
    const returns = keptReturns(returnsOf(found.trading))
    const judged = { metrics: meanMetrics(found.paths.map(metricsOf)), returns, sharpe: sharpeOf(returns) }
    const { dataHash } = rows
    const when = { startedAt, finishedAt: clock.now() }
    store.recordTrial({ dataHash, params: found.recipe.plain, seed: trainer.seed, ...when, ...judged })
    return found
  } finally {
    store.close()
  }
}

const WALKED =
  'Each row was forecast by a model that was fitted and calibrated on rows before it, purged of labels and windows that touch it.'

function combined(paths: RecipeEvaluation['paths']): string {
  const skills = paths.map((path) => metricsOf(path)['crpsSkill'] ?? 0)
  const [least, most] = [Math.min(...skills), Math.max(...skills)].map((skill) => (100 * skill).toFixed(2))
  return (
    `Each of ${paths.length} paths forecasts every row by a model that was fitted without it and what touches it, later rows included: ` +
    `a spread of results, not what would have been earned. CRPS skill over the best baseline: ${least} % to ${most} %. Shown is the path in the middle.`
  )
}

/** Whether anything beats the baselines, in one sentence. */
function plainWords({ scores }: Pick<RecipeEvaluation, 'scores'>): string {
  const [own, ...others] = scores
  const best = others.reduce((least, one) => (one.crpsBps < least.crpsBps ? one : least))
  const skill = 1 - own!.crpsBps / best.crpsBps
  const figures = `CRPS ${own!.crpsBps.toFixed(4)} bps against ${best.crpsBps.toFixed(4)} of ${best.name}`
  return skill > 0
    ? `The model's forecasts were ${(100 * skill).toFixed(2)} % better than the best baseline's: ${figures}.`
    : `Nothing beats the baselines: ${figures}.`
}

/** Of the last fold, whose model knows the most of what came before. */
async function importanceOf(
  found: RecipeEvaluation,
  { trainer, train }: TrainConfig,
  io: Io,
): Promise<readonly FeatureImportance[] | undefined> {
  const repeats = train.evaluation.permutations
  if (repeats < 2) return undefined
  io.err('importance of the columns')
  const { data, plan, fit } = found
  const { train: trained, test } = plan.folds.at(-1)!
  const options = { random: seededRandom(trainer.seed), repeats, rowsMax: IMPORTANCE_ROWS_MAX }
  return await withFoldFit(data, trained, fit, trainer, ({ calibrated }) =>
    permutationImportance(calibrated, subsetOf(data, test), options),
  )
}

function pageOf(
  { recipe, scores, trading, verdict, paths }: RecipeEvaluation,
  source: string,
  importance: readonly FeatureImportance[] | undefined,
  madeAt: string,
): string {
  const [own, ...others] = scores
  return trainingReport({
    kind: 'evaluation',
    title: `${paths.length === 1 ? 'Walk-forward' : 'Combinatorial purged folds'} on ${source}`,
    ...{ madeAt, because: 'by hand', verdict, settings: settingRows(recipe) },
    scores: [scoresOf(own!, tradingOf(trading)), ...others.map((one) => scoresOf(one, null))],
    currency: trading.record.currency,
    equity: [equityOf('model', trading)],
    calibration: own!.calibration,
    ...(importance && { importance }),
    notes: [plainWords({ scores }), paths.length === 1 ? WALKED : combined(paths)],
  })
}
