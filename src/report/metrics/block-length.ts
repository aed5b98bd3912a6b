import { meanOf } from './moments.ts'

/**
 * Mean block length of the stationary bootstrap that fits the dependence of `values` (Politis and White 2004, with the correction of
 * Patton, Politis and White 2009): (2·G²/D · n)^⅓, D = 2·g(0)², with a flat-top lag window up to twice the lag m̂ that begins the first
 * run of K insignificant autocorrelations (|ρ| < 2·√(log₁₀ n / n)). At least 1, at most ⌈min(3·√n, n/3)⌉.
 */
export function blockLength(values: Float64Array): number {
  const n = values.length
  const mean = meanOf(values)
  const centred = values.map((value) => value - mean)
  const runLength = Math.max(5, Math.floor(Math.log10(n)))
  const lagMax = Math.min(Math.ceil(Math.sqrt(n)) + runLength, n - 1)
  const covariances = Float64Array.from({ length: lagMax + 1 }, (_, lag) => autocovariance(centred, lag))
  if (!(covariances[0]! > 0)) return 1
  const window = windowOf(covariances, 2 * Math.sqrt(Math.log10(n) / n), runLength)
  let weighted = 0
  let longRun = covariances[0]!
  for (let lag = 1; lag <= window; lag += 1) {
    const weight = Math.min(1, 2 * (1 - lag / window))
    weighted += 2 * weight * lag * covariances[lag]!
    longRun += 2 * weight * covariances[lag]!
  }
  const longest = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3))
  const length = Math.cbrt((2 * weighted ** 2 * n) / (2 * longRun ** 2))
  return Number.isNaN(length) ? 1 : Math.min(Math.max(1, length), longest)
}

function autocovariance(centred: Float64Array, lag: number): number {
  let sum = 0
  for (let i = lag; i < centred.length; i += 1) sum += centred[i]! * centred[i - lag]!
  return sum / centred.length
}

/** Twice the first lag of a run of insignificant ones; all lags where there is no such run. */
function windowOf(covariances: Float64Array, bound: number, runLength: number): number {
  const lagMax = covariances.length - 1
  let run = 0
  for (let lag = 1; lag <= lagMax; lag += 1) {
    run = Math.abs(covariances[lag]! / covariances[0]!) < bound ? run + 1 : 0
    if (run === runLength) return Math.min(2 * (lag - runLength + 1), lagMax)
  }
  return lagMax
}
