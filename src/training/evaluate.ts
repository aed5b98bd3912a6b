import { check } from '../core/check.ts'
import type { ForecasterOutputs } from '../model/forecaster-outputs.ts'
import { LEVELS } from '../model/forecaster-outputs.ts'
import type { Dataset } from './dataset.ts'
import { classOf, logLoss, pinball, quantilesOf } from './scores.ts'

/** What a forecaster that ignores its inputs would say: the training targets' own mean, quantiles and class shares. */
export interface Baseline {
  readonly meanBps: number
  readonly quantilesBps: readonly number[]
  readonly classShares: readonly number[]
}

export function baselineOf(targetsBps: Float64Array, thresholdBps: number): Baseline {
  const counts = [0, 0, 0]
  for (const target of targetsBps) counts[classOf(target, thresholdBps)]! += 1
  return {
    meanBps: targetsBps.reduce((sum, target) => sum + target, 0) / targetsBps.length,
    quantilesBps: quantilesOf(targetsBps, LEVELS),
    classShares: counts.map((count) => count / targetsBps.length),
  }
}

/** R² of the series (one instrument of one run) that fares worst: tells a broad edge from one lucky run. */
function worstSeriesRSquared(forecasts: ArrayLike<number>, { targetsBps, series }: Dataset, meanBps: number): number {
  const errors = new Map<number, readonly [residual: number, total: number]>()
  for (const [row, target] of targetsBps.entries()) {
    const [residual, total] = errors.get(series[row]!) ?? [0, 0]
    errors.set(series[row]!, [residual + (target - forecasts[row]!) ** 2, total + (target - meanBps) ** 2])
  }
  return Math.min(...[...errors.values()].map(([residual, total]) => 1 - residual / total))
}

/** Share of targets whose sign the forecast has, among returns that moved and forecasts of this size. */
export function directionalAccuracy(forecasts: ArrayLike<number>, targets: Float64Array, atLeastBps: number): number {
  let right = 0
  let all = 0
  for (const [i, target] of targets.entries()) {
    const forecast = forecasts[i]!
    if (target === 0 || Math.abs(forecast) < atLeastBps) continue
    all += 1
    if (Math.sign(forecast) === Math.sign(target)) right += 1
  }
  return right / Math.max(1, all)
}

/** Rows by [what came][what had the greatest probability]: down, flat, up. */
export function confusionOf(
  { classes }: ForecasterOutputs,
  { targetsBps }: Dataset,
  thresholdBps: number,
): readonly (readonly [number, number, number])[] {
  const counts: [number, number, number][] = [0, 1, 2].map(() => [0, 0, 0])
  for (const [row, target] of targetsBps.entries()) {
    const [down, flat, up] = classes.subarray(row * 3, row * 3 + 3) as unknown as [number, number, number]
    const said = up > down && up > flat ? 2 : flat > down ? 1 : 0
    counts[classOf(target, thresholdBps)]![said] += 1
  }
  return counts
}

/**
 * Scores of forecasts, one per row of `dataset`, on data that its fit has not seen. R² and skills are against the unconditional
 * `baseline`: 0 is no better, below 0 is worse. Pinball losses in basis points, mean over the levels; `coverage*` is the share of returns at or below that quantile.
 */
export function evaluate(
  outputs: ForecasterOutputs,
  dataset: Dataset,
  baseline: Baseline,
  thresholdBps: number,
): Record<string, number> {
  const { targetsBps: y, rows } = dataset
  check(rows > 0, 'rows to evaluate', rows)
  const { mean, quantiles, classes } = outputs
  const sum = (term: (row: number, target: number) => number): number =>
    y.reduce((total, target, row) => total + term(row, target), 0) / rows
  const modelPinball = (row: number, target: number, i: number): number =>
    pinball(LEVELS[i]!, target, quantiles[row * LEVELS.length + i]!)
  const overLevels = (loss: (i: number) => number): number =>
    LEVELS.reduce((total, _, i) => total + loss(i), 0) / LEVELS.length
  const pinballBps = sum((row, target) => overLevels((i) => modelPinball(row, target, i)))
  const baselinePinballBps = sum((_, target) =>
    overLevels((i) => pinball(LEVELS[i]!, target, baseline.quantilesBps[i]!)),
  )
  const classLoss = sum((row, target) => logLoss(classes[row * 3 + classOf(target, thresholdBps)]!))
  const baselineClassLoss = sum((_, target) => logLoss(baseline.classShares[classOf(target, thresholdBps)]!))
  const strongBps = quantilesOf(Float64Array.from(mean, Math.abs), [0.75])[0]!
  const coverage = LEVELS.map((level, i): [string, number] => [
    `coverage${Math.round(100 * level)}`,
    sum((row, target) => (target <= quantiles[row * LEVELS.length + i]! ? 1 : 0)),
  ])
  return {
    rSquared: 1 - sum((row, t) => (t - mean[row]!) ** 2) / sum((_, t) => (t - baseline.meanBps) ** 2),
    rSquaredWorstSeries: worstSeriesRSquared(mean, dataset, baseline.meanBps),
    directionalAccuracy: directionalAccuracy(mean, y, 0),
    directionalAccuracyStrongest25: directionalAccuracy(mean, y, strongBps),
    pinballBps,
    baselinePinballBps,
    pinballSkill: 1 - pinballBps / baselinePinballBps,
    ...Object.fromEntries(coverage),
    logLoss: classLoss,
    baselineLogLoss: baselineClassLoss,
    targetDeviationBps: Math.sqrt(sum((_, t) => (t - baseline.meanBps) ** 2)),
    meanForecastDeviationBps: Math.sqrt(sum((row) => mean[row]! ** 2)),
  }
}
