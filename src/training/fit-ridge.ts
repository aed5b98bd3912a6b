import { InputError } from '../core/errors.ts'
import { LEVELS } from '../model/forecaster-outputs.ts'
import { classProbabilities } from '../model/ridge-forecast.ts'
import type { LinearHead, RidgeForecaster } from '../model/ridge-forecaster.ts'
import type { Dataset, Split } from './dataset.ts'
import type { RowBlocks } from './row-blocks.ts'
import { fitScaler, scaledBlocks } from './scaler.ts'
import { classOf, deviationOf, flatThreshold, logLoss, minimise, quantilesOf } from './scores.ts'
import { type ColumnMoments, columnMoments, predict, predictAll, solveRidge, squaredError } from './solve-ridge.ts'

/** In units of the columns' variance, which is 1. */
const PENALTIES = [1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100] as const
/** Choices tried on the validation slice: every penalty for both heads. */
export const TRIALS = 2 * PENALTIES.length

/** Residuals below this share of their deviation count as this: the logarithm of next to nothing is no measure of volatility. */
const RESIDUAL_FLOOR = 0.02
/** Bounds of the volatility forecast, shares of the unconditional deviation. */
const VOLATILITY_RANGE = [0.1, 10] as const
/** Search range of the class scale. A normal law cut as a logistic one has 0.55 (√3 / π). */
const CLASS_SCALE_RANGE = [0.05, 5] as const

interface RidgeFit {
  readonly model: RidgeForecaster
  /** Standard deviation of the training targets, basis points. */
  readonly deviationBps: number
  /** As chosen on the validation slice. */
  readonly penalties: { readonly mean: number; readonly logVolatility: number }
}

/** Scaled windows, rows of steps × features, and their targets [rows]. */
interface Slice {
  readonly x: RowBlocks
  readonly y: Float64Array
}

/** Head of the penalty that errs least on the validation slice. */
function bestHead(
  train: Slice,
  validation: Slice,
  columns: ColumnMoments,
): { readonly head: LinearHead; readonly penalty: number } {
  const heads = solveRidge(train.x, train.y, PENALTIES, columns)
  const errors = predictAll(heads, validation.x).map((predicted) => squaredError(predicted, validation.y))
  const best = errors.indexOf(Math.min(...errors))
  return { head: heads[best]!, penalty: PENALTIES[best]! }
}

const residualsOf = (head: LinearHead, { x, y }: Slice): Float64Array => {
  const predicted = predict(head, x)
  return y.map((value, i) => value - predicted[i]!)
}

/** Fewer validation rows than columns say nothing of a penalty. */
export const hasRowsForRidge = ({ inputs }: Pick<Dataset, 'inputs'>, { validation }: Split): boolean =>
  validation.length > inputs.width

/**
 * Fits a `RidgeForecaster` in closed form: weights on the training slice, where rows count by their weights; penalties, volatility level,
 * residual quantiles and class scale on the later, purged validation slice, where all count the same. Windows are read a few at a time.
 * Deterministic: equal datasets give equal models.
 */
export function fitRidge(dataset: Dataset, split: Split): RidgeFit {
  const { steps, featureNames } = dataset.shape
  const scaler = fitScaler(dataset, split.train)
  const sliceOf = (rows: Int32Array): Slice => ({
    x: scaledBlocks(dataset.inputs, rows, scaler),
    y: Float64Array.from(rows, (row) => dataset.targetsBps[row]!),
  })
  const train = sliceOf(split.train)
  const validation = sliceOf(split.validation)
  if (!hasRowsForRidge(dataset, split)) {
    throw new InputError(
      `fit: ${validation.y.length} validation rows; a ridge takes more than its ${train.x.width} columns`,
    )
  }
  const { weights } = dataset
  const columns = columnMoments(train.x, weights && Float64Array.from(split.train, (row) => weights[row]!))
  const mean = bestHead(train, validation, columns)
  const deviation = deviationOf(train.y)
  const logVolatility = fitLogVolatility({ train, validation, columns }, mean.head, deviation)
  const uncalibrated: RidgeForecaster = {
    steps,
    ...scaler,
    features: featureNames.length,
    mean: mean.head,
    logVolatility: logVolatility.head,
    residualQuantiles: LEVELS.map((_, i) => i),
    thresholdBps: flatThreshold(train.y),
    classScale: 1,
  }
  const model = calibrate(uncalibrated, validation)
  return { model, deviationBps: deviation, penalties: { mean: mean.penalty, logVolatility: logVolatility.penalty } }
}

interface Slices {
  readonly train: Slice
  readonly validation: Slice
  /** Of the training slice. */
  readonly columns: ColumnMoments
}

/** Ridge on ln |residual|, then the bias that makes residual ÷ volatility of variance 1 on the validation slice. */
function fitLogVolatility({ train, validation, columns }: Slices, mean: LinearHead, deviation: number) {
  const logOf = (slice: Slice): Slice => ({
    x: slice.x,
    y: residualsOf(mean, slice).map((residual) => Math.log(Math.max(Math.abs(residual), RESIDUAL_FLOOR * deviation))),
  })
  const { head, penalty } = bestHead(logOf(train), logOf(validation), columns)
  const [min, max] = VOLATILITY_RANGE.map((share) => Math.log(share * deviation)) as [number, number]
  const logs = predict(head, validation.x)
  const residuals = residualsOf(mean, validation)
  const ratio = residuals.reduce((sum, value, i) => sum + (value / Math.exp(logs[i]!)) ** 2, 0) / residuals.length
  return { head: { ...head, bias: head.bias + 0.5 * Math.log(ratio), min, max }, penalty }
}

/** Residual quantiles, and the class scale that gives the validation slice the highest likelihood. */
function calibrate(model: RidgeForecaster, { x, y }: Slice): RidgeForecaster {
  const [means, logs] = predictAll([model.mean, model.logVolatility], x) as [Float64Array, Float64Array]
  const { min, max } = model.logVolatility
  const volatilities = logs.map((log) => Math.exp(Math.min(max, Math.max(min, log))))
  const standardised = y.map((value, i) => (value - means[i]!) / volatilities[i]!)
  const lossOf = (classScale: number): number =>
    y.reduce((sum, value, i) => {
      const probabilities = classProbabilities(means[i]!, volatilities[i]! * classScale, model.thresholdBps)
      return sum + logLoss(probabilities[classOf(value, model.thresholdBps)])
    }, 0)
  return {
    ...model,
    residualQuantiles: quantilesOf(standardised, LEVELS),
    classScale: minimise(lossOf, ...CLASS_SCALE_RANGE),
  }
}
