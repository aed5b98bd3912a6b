import { check } from '../../core/check.ts'
import type { BacktestRecord, ForecastOutcome } from '../backtest/record.ts'
import { type ClassReliability, classReliability } from './class-reliability.ts'
import { independentCount } from './independent-forecasts.ts'
import { LEAST, type NotEnough, tooFew } from './metric.ts'
import { meanOf, quantileOf } from './moments.ts'
import { wilson } from './wilson.ts'

/** One quantile level. */
export interface LevelCoverage {
  readonly level: number
  /** Share of outcomes at or below the quantile: the level itself when calibrated. */
  readonly coverage: number
  /** 95 % of the coverage, from the independent forecasts alone. */
  readonly low: number
  readonly high: number
  /** Mean of max(τ(y − q), (τ − 1)(y − q)) (Koenker and Bassett 1978), basis points. */
  readonly pinballBps: number
  /** The same of always saying the quantile of the record's own outcomes: known only afterwards, a strict yardstick. */
  readonly pinballOfOutcomesBps: number
}

export interface HitRate {
  /** Forecasts whose mean and outcome both differ from 0. */
  readonly count: number
  readonly rate: number
  /** 95 %, from the independent forecasts alone. */
  readonly low: number
  readonly high: number
}

/** A tenth of the forecasts, by size of their mean. Basis points. */
export interface DecileMean {
  readonly count: number
  readonly meanForecastBps: number
  readonly meanRealisedBps: number
}

export interface ForecastCalibration {
  readonly count: number
  /** Of which do not overlap. */
  readonly independent: number
  readonly levels: readonly LevelCoverage[]
  /** Mean over the levels. */
  readonly pinballBps: number
  readonly classes: ClassReliability
  readonly direction: HitRate | NotEnough
  /** Lowest mean first. */
  readonly deciles: readonly DecileMean[]
}

/** Says how far the run's forecasts can be taken at their word. All forecasts must state the same levels. */
export function forecastCalibration(
  record: Pick<BacktestRecord, 'forecasts' | 'horizonBars' | 'barMs'>,
): ForecastCalibration | NotEnough {
  const { forecasts, horizonBars, barMs } = record
  const few = tooFew(forecasts.length, LEAST.forecasts, 'forecasts')
  if (few !== undefined) return { notEnough: few }
  const levels = forecasts[0]!.levels
  const alike = forecasts.every(
    (one) => one.levels.length === levels.length && one.levels.every((level, i) => level === levels[i]),
  )
  check(alike, 'the same quantile levels in all forecasts', levels)
  const independent = independentCount(forecasts, horizonBars * barMs)
  const realised = Float64Array.from(forecasts, ({ realisedBps }) => realisedBps)
  const coverages = levels.map((level, k) => coverageOf(level, k, forecasts, realised, independent))
  return {
    count: forecasts.length,
    independent,
    levels: coverages,
    pinballBps: meanOf(coverages.map(({ pinballBps }) => pinballBps)),
    classes: classReliability(forecasts),
    direction: hitRateOf(forecasts, independent / forecasts.length),
    deciles: decilesOf(forecasts),
  }
}

const pinball = (level: number, actual: number, quantile: number): number =>
  Math.max(level * (actual - quantile), (level - 1) * (actual - quantile))

function coverageOf(
  level: number,
  k: number,
  forecasts: readonly ForecastOutcome[],
  realised: Float64Array,
  independent: number,
): LevelCoverage {
  const said = forecasts.map(({ quantilesBps }) => quantilesBps[k]!)
  const coverage = meanOf(said.map((quantile, i) => (realised[i]! <= quantile ? 1 : 0)))
  const always = quantileOf(realised.toSorted(), level)
  return {
    level,
    coverage,
    ...wilson(coverage, independent),
    pinballBps: meanOf(said.map((quantile, i) => pinball(level, realised[i]!, quantile))),
    pinballOfOutcomesBps: meanOf(realised.map((actual) => pinball(level, actual, always))),
  }
}

/** `independence`: independent forecasts for each one. */
function hitRateOf(forecasts: readonly ForecastOutcome[], independence: number): HitRate | NotEnough {
  const moved = forecasts.filter(({ meanBps, realisedBps }) => meanBps !== 0 && realisedBps !== 0)
  const few = tooFew(moved.length, LEAST.forecasts, 'forecasts and outcomes other than 0')
  if (few !== undefined) return { notEnough: few }
  const hits = moved.filter(({ meanBps, realisedBps }) => meanBps > 0 === realisedBps > 0).length
  const rate = hits / moved.length
  return { count: moved.length, rate, ...wilson(rate, Math.max(1, moved.length * independence)) }
}

function decilesOf(forecasts: readonly ForecastOutcome[]): readonly DecileMean[] {
  const sorted = forecasts.toSorted((a, b) => a.meanBps - b.meanBps)
  const cut = (tenths: number): number => Math.round((tenths * sorted.length) / 10)
  return Array.from({ length: 10 }, (_, i) => {
    const part = sorted.slice(cut(i), cut(i + 1))
    return {
      count: part.length,
      meanForecastBps: meanOf(part.map(({ meanBps }) => meanBps)),
      meanRealisedBps: meanOf(part.map(({ realisedBps }) => realisedBps)),
    }
  })
}
