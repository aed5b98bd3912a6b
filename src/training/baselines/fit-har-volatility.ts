import { leastSquares, predict } from '../../market/flow/least-squares.ts'
import type { Dataset, Split } from '../dataset.ts'
import type { BaselineFit } from './baseline-fit.ts'
import { meanOf } from './empirical-law.ts'
import { CALENDAR_DAY_LAGS } from './har-rv.ts'
import { fromKnownOutcomes } from './known-outcomes.ts'
import { volatilityBaseline } from './volatility-baseline.ts'

/** Bounds of the forecast, shares of the mean volatility: a linear forecast may leave every bound. */
const RANGE = [0.1, 10] as const

/**
 * HAR of realised volatility over the horizon on its means over the last 1, 7 and 30 horizons (Corsi 2009, eq. 8: in volatilities, not
 * variances). Least squares on the training rows that have the whole history.
 */
export function fitHarVolatility(dataset: Dataset, split: Split, thresholdBps: number): BaselineFit {
  const realised = dataset.variancesBps2.map(Math.sqrt)
  const mean = meanOf(Float64Array.from(split.train, (row) => realised[row]!))
  const terms = (data: Dataset): readonly Float64Array[] =>
    CALENDAR_DAY_LAGS.map((lag) =>
      fromKnownOutcomes(data, data.variancesBps2.map(Math.sqrt), Number.NaN, (volatilities) =>
        rollingMean(volatilities, lag * data.shape.horizonBars),
      ),
    )
  const fitted = terms(dataset)
  const rows = [...split.train].filter((row) => fitted.every((term) => !Number.isNaN(term[row]!)))
  const regression = leastSquares(
    fitted.map((term) => rows.map((row) => term[row]!)),
    rows.map((row) => realised[row]!),
  )
  const volatilities = (data: Dataset): Float64Array => {
    const columns = terms(data)
    return Float64Array.from({ length: data.rows }, (_, row) => {
      const values = columns.map((column) => column[row]!)
      if (!regression || values.some(Number.isNaN)) return mean
      return Math.min(RANGE[1] * mean, Math.max(RANGE[0] * mean, predict(regression, values)))
    })
  }
  return volatilityBaseline('har', volatilities, dataset, split, thresholdBps)
}

/** At t the mean of the `span` values before t; NaN before there are so many. One more value than it is given. */
function rollingMean(values: Float64Array, span: number): Float64Array {
  const sums = new Float64Array(values.length + 1)
  for (let t = 0; t < values.length; t += 1) sums[t + 1] = sums[t]! + values[t]!
  return sums.map((sum, t) => (t < span ? Number.NaN : (sum - sums[t - span]!) / span))
}
