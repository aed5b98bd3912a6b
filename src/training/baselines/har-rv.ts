import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import type { Regression } from '../../market/flow/least-squares.ts'
import { leastSquares, predict } from '../../market/flow/least-squares.ts'

/** A day, a week and a month of markets that close. */
export const TRADING_DAY_LAGS = [1, 5, 22] as const
/** The same of markets that never close. */
export const CALENDAR_DAY_LAGS = [1, 7, 30] as const

export interface HarSettings {
  /** Spans of the means, periods, ascending. */
  readonly lags: readonly number[]
  /** `log`: logarithms of variance and of its means. */
  readonly form: 'level' | 'log'
  /** Of `lags`, those whose coefficient moves with the realised quarticity (HARQ). */
  readonly quarticityLags: readonly number[]
}

/** One value per period, oldest first. */
export interface HarSeries {
  /** Realised variances, > 0. */
  readonly variances: ArrayLike<number>
  /** Realised quarticities, needed for `quarticityLags`. */
  readonly quarticities?: ArrayLike<number>
}

export interface HarFit {
  /** Intercept, one for each lag, one for each quarticity lag. */
  readonly coefficients: readonly number[]
  /** Under errors of equal variance, in the same order. */
  readonly standardErrors: readonly number[]
  /** Of the sample fitted on, in the form's units. */
  readonly rSquared: number
  /** Periods that were explained. */
  readonly n: number
  /**
   * Variance of the period after `recent`, which holds the longest lag at least. `log`: e^(forecast + s²/2), the mean of a log-normal.
   * Outside of the variances fitted on it is replaced by their mean (the insanity filter of Bollerslev, Patton and Quaedvlieg 2016).
   */
  forecast(recent: HarSeries): number
}

/**
 * Heterogeneous autoregression of realised variance by least squares (Corsi 2009, J. Financial Econometrics 7(2), eq. 8):
 * RV[t+1] = c + Σ β_k mean(RV[t−k+1..t]). HARQ (Bollerslev, Patton and Quaedvlieg 2016, J. Econometrics 192, eq. 12) adds
 * (√RQ_k − √RQ̄) RV_k, with means over the lag k, centred as package highfrequency (R) does. Throws `InputError` on data that cannot be
 * fitted.
 */
export function fitHar(series: HarSeries, settings: HarSettings): HarFit {
  checkSettings(series, settings)
  const { variances } = series
  const isLog = settings.form === 'log'
  const centre = rootMean(series.quarticities ?? [])
  const longest = settings.lags.at(-1)!
  const ends = Array.from({ length: Math.max(0, variances.length - longest) }, (_, i) => longest + i)
  const terms = ends.map((end) => harTerms(series, end, settings, centre))
  const targets = ends.map((end) => (isLog ? Math.log(variances[end]!) : variances[end]!))
  const columns = (terms[0] ?? []).map((_, at) => terms.map((row) => row[at]!))
  const regression = leastSquares(columns, targets)
  if (!regression) {
    throw new InputError(`HAR: ${ends.length} periods after the first ${longest} cannot be fitted`, { ...settings })
  }
  const spread = residualVariance(regression, terms, targets)
  const range = rangeOf(variances)
  return {
    coefficients: [regression.intercept, ...regression.slopes],
    standardErrors: regression.standardErrors,
    rSquared: regression.rSquared,
    n: regression.n,
    forecast(recent) {
      const end = recent.variances.length
      check(end >= longest, `periods for a lag of ${longest}`, end)
      const level = predict(regression, harTerms(recent, end, settings, centre))
      const variance = isLog ? Math.exp(level + spread / 2) : level
      return variance >= range.min && variance <= range.max ? variance : range.mean
    },
  }
}

/** Regressors of period `end`, from the periods before it. */
function harTerms(
  { variances, quarticities }: HarSeries,
  end: number,
  settings: HarSettings,
  centre: number,
): number[] {
  const scale = settings.form === 'log' ? Math.log : (value: number): number => value
  const means = settings.lags.map((lag) => scale(meanBefore(variances, end, lag)))
  const products = settings.quarticityLags.map((lag) => {
    const root = Math.sqrt(meanBefore(quarticities ?? [], end, lag))
    return (root - centre) * means[settings.lags.indexOf(lag)]!
  })
  return [...means, ...products]
}

function meanBefore(values: ArrayLike<number>, end: number, span: number): number {
  let sum = 0
  for (let i = end - span; i < end; i += 1) sum += values[i]!
  return sum / span
}

const rootMean = (values: ArrayLike<number>): number => Math.sqrt(meanBefore(values, values.length, values.length))

function residualVariance(regression: Regression, terms: readonly number[][], targets: readonly number[]): number {
  const squares = targets.reduce((sum, target, row) => sum + (target - predict(regression, terms[row]!)) ** 2, 0)
  return squares / (targets.length - regression.slopes.length - 1)
}

function rangeOf(values: ArrayLike<number>): { readonly min: number; readonly max: number; readonly mean: number } {
  const all = Array.from(values)
  return {
    min: all.reduce((least, value) => Math.min(least, value)),
    max: all.reduce((most, value) => Math.max(most, value)),
    mean: meanBefore(values, values.length, values.length),
  }
}

function checkSettings({ variances, quarticities }: HarSeries, { lags, quarticityLags }: HarSettings): void {
  const areLags = lags.length > 0 && lags.every((lag, i) => Number.isInteger(lag) && lag > (lags[i - 1] ?? 0))
  if (!areLags)
    throw new InputError(`HAR lags were ${lags.join(', ')}; they must be whole, above 0, ascending`, { lags })
  const stray = quarticityLags.find((lag) => !lags.includes(lag))
  if (stray !== undefined) throw new InputError(`HAR quarticity lag ${stray} is none of the lags`, { quarticityLags })
  if (quarticityLags.length > 0 && quarticities?.length !== variances.length) {
    throw new InputError('HAR with quarticity lags needs one quarticity for each variance', { quarticityLags })
  }
  const bad = Array.from(variances).findIndex((value) => !(value > 0 && Number.isFinite(value)))
  if (bad >= 0) throw new InputError(`HAR variance ${bad + 1} was ${variances[bad]}; it must be above 0`, { bad })
}
