import { seededRandom } from '../../core/random.ts'
import { blockLength } from './block-length.ts'
import type { Interval, NotEnough } from './metric.ts'
import { meanOf, quantileOf } from './moments.ts'
import { returnsLack, yearLacks } from './performance.ts'
import type { PeriodReturns } from './period-returns.ts'
import { resample } from './stationary-bootstrap.ts'
import { thinnedIndices } from './thin.ts'

const LOW = 0.025
const HIGH = 0.975
export const BAND_LEVELS = [LOW, 0.25, 0.5, 0.75, HIGH] as const

/** Where the equity of the resamples lay, at period ends. */
export interface EquityBand {
  /** Epoch milliseconds, at most 300, the first and the last period among them. */
  readonly at: readonly number[]
  readonly levels: readonly number[]
  /** [level][point], settle currency. */
  readonly quantiles: readonly (readonly number[])[]
}

/** 95 % percentile intervals over resampled returns of the run. They tell how much luck of order and draw the result has, no more. */
export interface BootstrapIntervals {
  readonly resamples: number
  /** Periods. */
  readonly meanBlock: number
  /** Per year. */
  readonly sharpe: Interval
  readonly totalReturn: Interval
  /** Of equity at period ends, so a day's own swing is not in it. */
  readonly maxDrawdown: Interval
  readonly band: EquityBand
}

export interface BootstrapOptions {
  readonly seed: number
  /** 100 to 10,000. */
  readonly resamples: number
}

export function bootstrapIntervals(
  period: PeriodReturns,
  { seed, resamples }: BootstrapOptions,
): BootstrapIntervals | NotEnough {
  const lack = returnsLack(period)
  if (lack !== undefined) return { notEnough: lack }
  const { returns, endsAt, periodsPerYear, startingBalance } = period
  const random = seededRandom(seed)
  const meanBlock = blockLength(returns)
  const centre = meanOf(returns)
  const points = thinnedIndices(returns.length)
  const sharpes = new Float64Array(resamples)
  const totals = new Float64Array(resamples)
  const drawdowns = new Float64Array(resamples)
  const equities = points.map(() => new Float64Array(resamples))
  const drawn = new Float64Array(returns.length)
  for (let round = 0; round < resamples; round += 1) {
    resample(returns, drawn, meanBlock, random)
    const walked = walk(drawn, centre, points, (point, growth) => {
      equities[point]![round] = startingBalance * growth
    })
    sharpes[round] = walked.sharpe
    totals[round] = walked.growth - 1
    drawdowns[round] = walked.drawdown
  }
  const yearLack = yearLacks(period)
  for (const column of equities) column.sort()
  return {
    resamples,
    meanBlock,
    sharpe: yearLack === undefined ? intervalOf(sharpes, Math.sqrt(periodsPerYear)) : { notEnough: yearLack },
    totalReturn: intervalOf(totals, 1),
    maxDrawdown: intervalOf(drawdowns, 1),
    band: {
      at: points.map((index) => endsAt[index]!),
      levels: BAND_LEVELS,
      quantiles: BAND_LEVELS.map((level) => equities.map((column) => quantileOf(column, level))),
    },
  }
}

/**
 * One pass along `returns`: growth of 1, its deepest fall, and the Sharpe ratio per period (0 where nothing varies). Reports the growth
 * at each of the ascending `points`. `centre`: a value near the mean, so that the sums do not cancel.
 */
function walk(
  returns: Float64Array,
  centre: number,
  points: readonly number[],
  onPoint: (point: number, growth: number) => void,
): { readonly growth: number; readonly drawdown: number; readonly sharpe: number } {
  let [growth, peak, drawdown, point, sum, squares] = [1, 1, 0, 0, 0, 0]
  const n = returns.length
  for (let i = 0; i < n; i += 1) {
    const value = returns[i]!
    sum += value - centre
    squares += (value - centre) * (value - centre)
    growth *= 1 + value
    if (growth > peak) peak = growth
    else if (1 - growth / peak > drawdown) drawdown = 1 - growth / peak
    if (i !== points[point]) continue
    onPoint(point, growth)
    point += 1
  }
  const variance = (squares - (sum * sum) / n) / (n - 1)
  return { growth, drawdown, sharpe: variance > 0 ? (centre + sum / n) / Math.sqrt(variance) : 0 }
}

function intervalOf(values: Float64Array, scale: number): Interval {
  const sorted = values.sort()
  return { low: quantileOf(sorted, LOW) * scale, high: quantileOf(sorted, HIGH) * scale }
}
