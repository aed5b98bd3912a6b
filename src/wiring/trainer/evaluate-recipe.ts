import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import type { Dataset } from '../../training/dataset.ts'
import { forecastOutcomes } from '../../training/evaluation/forecast-outcomes.ts'
import { type FoldForecasts, type OutOfSample, outOfSample } from '../../training/evaluation/out-of-sample.ts'
import { walkForward } from '../../training/evaluation/walk-forward.ts'
import type { FitForecaster } from '../../training/fitted-forecaster.ts'
import type { GateTrials } from '../../training/gate/contender.ts'
import { judge, type Verdict } from '../../training/gate/judge.ts'
import { objectiveValue } from '../../training/search/objective.ts'
import type { Params } from '../../training/search/trial.ts'
import type { TrialResult } from '../../training/search/trial-runner.port.ts'
import type { Fold, FoldPlan } from '../../training/splits/fold.ts'
import { foldPlan } from '../../training/splits/fold-plan.ts'
import type { TrainConfig } from '../config/schema.ts'
import { fieldOf, type Said } from '../evaluation/contenders.ts'
import { chooseFitter } from '../fit/choose-fitter.ts'
import type { Io } from '../io.ts'
import { type EvaluatedPath, evaluatedPath, meanMetrics, metricsOf, middleOf } from './evaluated-path.ts'
import { type Recipe, recipeOf } from './recipe.ts'
import { recipeDataset } from './recipe-dataset.ts'
import { isRival, returnsOf } from './train-candidate.ts'
import type { TrainingRows } from './training-rows.ts'

export interface EvaluationParts {
  readonly config: TrainConfig
  readonly schema: FeatureSchema
  readonly rows: TrainingRows
  readonly io: Io
  readonly clock: Clock
  readonly params: Params
  /** In place of that of the recipe's training. */
  readonly seed?: number
  readonly trials?: GateTrials
  /** After each fold, with its value by the objective of the search, greater is better: false ends it. */
  ask?(step: number, value: number): Promise<boolean>
  onFold?(done: number, of: number): void
}

/** A recipe's record out of sample: each row forecast by a model that had not seen it. */
export interface RecipeEvaluation extends EvaluatedPath {
  readonly recipe: Recipe
  readonly data: Dataset
  /** Walk-forward has one. Of several, the one in the middle by its Sharpe ratio is the record above, and what the verdict is on. */
  readonly paths: readonly EvaluatedPath[]
  readonly plan: FoldPlan
  readonly verdict: Verdict
  readonly fit: FitForecaster
}

/** Walk-forward (or combinatorial purged folds) of a recipe over all rows, traded after costs. Throws `InputError`. */
export async function evaluateRecipe(parts: EvaluationParts): Promise<RecipeEvaluation> {
  const { config, schema, rows, io, params, trials = { count: 1 } } = parts
  const { trainer, train } = config
  const recipe = recipeOf(trainer, parts.seed === undefined ? params : withSeed(trainer, params, parts.seed))
  const data = recipeDataset(recipe, schema, rows.tables)
  const fit = await chooseFitter(recipe.model, io, { threadsMax: trainer.limits.threads, onEpoch: () => undefined })
  const plan = foldPlan(data, train.evaluation.folds)
  const evaluated = (record: OutOfSample) => evaluatedPath(config, rows, recipe, data, record)
  const done: FoldForecasts[] = []
  for (const fold of plan.folds) {
    const one = await foldAlone(data, fold, fit, config)
    done.push({ test: one.rows, thresholdBps: one.thresholdsBps[0]!, trials: 1, forecasts: one.forecasts })
    parts.onFold?.(done.length, plan.folds.length)
    if (parts.ask && !(await goesOn(parts, parts.ask, done.length, await evaluated(one)))) {
      throw new InputError('pruned')
    }
  }
  const paths: EvaluatedPath[] = []
  for (const path of plan.paths) paths.push(await evaluated(outOfSample(done, path)))
  const middle = middleOf(paths)
  return { recipe, data, fit, plan, paths, ...middle, verdict: verdictOn(config, middle, recipe, trials) }
}

async function foldAlone(
  data: Dataset,
  fold: Fold,
  fit: FitForecaster,
  { trainer }: TrainConfig,
): Promise<OutOfSample> {
  const alone = { folds: [fold], paths: [[{ fold: 0, rows: fold.test }]] }
  return (await walkForward(data, alone, fit, { ...trainer, withLogistic: false }))[0]!
}

/** A fold whose objective there are too few data for says nothing. */
async function goesOn(
  { config }: EvaluationParts,
  ask: NonNullable<EvaluationParts['ask']>,
  fold: number,
  path: EvaluatedPath,
): Promise<boolean> {
  const objective = config.train.search?.objective
  const value = objective ? objectiveValue(objective, metricsOf(path)) : null
  return value === null || (await ask(fold, value))
}

/** The same for a search: numbers only, means over all paths. */
export async function evaluateTrial(parts: EvaluationParts): Promise<TrialResult> {
  const { paths, trading } = await evaluateRecipe(parts)
  return { metrics: meanMetrics(paths.map(metricsOf)), returns: returnsOf(trading) }
}

function verdictOn(
  { trainer }: TrainConfig,
  { test, record, trading }: EvaluatedPath,
  recipe: Recipe,
  trials: GateTrials,
): Verdict {
  const saidOf = (name: string, outputs: ForecasterOutputs): Said => ({
    name,
    outcomes: forecastOutcomes(name, outputs, test, record.thresholdsBps),
  })
  const [own, ...baselines] = record.forecasts
  const tripsAt = trading.record.trips.map(({ closedAt }) => closedAt)
  const earned = { pnl: trading.pnl, pnlAt: trading.endAt, tripsAt }
  const field = fieldOf(
    { ...saidOf('the recipe', own!.outputs), ...earned, horizonBars: recipe.horizonBars, trials },
    undefined,
    baselines.filter(({ name }) => isRival(name, recipe)).map(({ name, outputs }) => saidOf(name, outputs)),
  )
  return judge(field.candidate, undefined, field.baselines, trainer.gate)
}

function withSeed(trainer: TrainConfig['trainer'], params: Params, seed: number): Params {
  const isTrained = trainer.recipe.model !== undefined && recipeOf(trainer, params).model?.training !== undefined
  return isTrained ? { ...params, 'model.training.seed': seed } : params
}
