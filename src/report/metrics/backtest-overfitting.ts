import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import { meanOf } from './moments.ts'

const SLICES_MAX = 20

/** Row-major [periods, trials]: what each trial earned in each period, any one unit. */
export interface TrialReturns {
  readonly values: Float64Array
  readonly trials: number
}

export interface BacktestOverfitting {
  /** Probability that the trial which looks best is below the median elsewhere: 0 none, ½ pure luck. */
  readonly probability: number
  /** Of every split, logit of the rank share of the best in sample among all out of sample; ≤ 0 is below the median. */
  readonly logits: Float64Array
  /** Share of splits in which the best in sample lost out of sample. */
  readonly lossProbability: number
}

/** Sums of one slice, a value for each trial. */
interface SliceSums {
  readonly periods: number
  readonly sum: Float64Array
  readonly squares: Float64Array
}

/**
 * Combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado and Zhu 2017, J. Computational Finance 20(4), § 2.2): the
 * periods are cut into `slices`, each half of these is in sample once and the rest out of sample, performance is the Sharpe ratio. Periods
 * that do not fill a slice are left out at the beginning. Throws `InputError` where there are fewer than 2 trials or 2 periods a slice.
 */
export function backtestOverfitting({ values, trials }: TrialReturns, slices = 16): BacktestOverfitting {
  check(Number.isInteger(slices) && slices % 2 === 0 && slices >= 2 && slices <= SLICES_MAX, 'even slices', slices)
  const periods = values.length / trials
  if (!(trials >= 2) || !Number.isInteger(periods) || periods < 2 * slices) {
    throw new InputError(
      `backtest overfitting: ${trials} trials of ${periods} periods; at least 2 trials of ${2 * slices} whole periods`,
      { trials, periods, slices },
    )
  }
  const sums = sliceSums(values, trials, slices)
  const logits: number[] = []
  let losses = 0
  for (const inSample of halves(slices)) {
    const best = indexOfMost(sharpes(sums, inSample, trials))
    const outside = sharpes(sums, ~inSample, trials)
    logits.push(logitOfRank(outside, best))
    if (outside[best]! < 0) losses += 1
  }
  return {
    probability: meanOf(logits.map((logit) => (logit <= 0 ? 1 : 0))),
    logits: Float64Array.from(logits),
    lossProbability: losses / logits.length,
  }
}

function sliceSums(values: Float64Array, trials: number, slices: number): readonly SliceSums[] {
  const periods = values.length / trials
  const length = Math.floor(periods / slices)
  const from = periods - length * slices
  return Array.from({ length: slices }, (_, slice) => {
    const sum = new Float64Array(trials)
    const squares = new Float64Array(trials)
    for (let period = from + slice * length; period < from + (slice + 1) * length; period += 1) {
      for (let trial = 0; trial < trials; trial += 1) {
        const value = values[period * trials + trial]!
        sum[trial]! += value
        squares[trial]! += value * value
      }
    }
    return { periods: length, sum, squares }
  })
}

/** Every way to take half of the slices, as bits. */
function* halves(slices: number): Generator<number> {
  for (let bits = 0; bits < 2 ** slices; bits += 1) {
    let taken = 0
    for (let rest = bits; rest > 0; rest &= rest - 1) taken += 1
    if (taken === slices / 2) yield bits
  }
}

/** Sharpe ratio of each trial over the slices whose bits are set; 0 where nothing varies. */
function sharpes(slices: readonly SliceSums[], bits: number, trials: number): Float64Array {
  const chosen = slices.filter((_, slice) => (bits >> slice) & 1)
  const periods = chosen.reduce((total, slice) => total + slice.periods, 0)
  return Float64Array.from({ length: trials }, (_, trial) => {
    let [sum, squares] = [0, 0]
    for (const slice of chosen) {
      sum += slice.sum[trial]!
      squares += slice.squares[trial]!
    }
    const mean = sum / periods
    const variance = squares / periods - mean * mean
    return variance > 1e-12 * mean * mean ? mean / Math.sqrt(variance) : 0
  })
}

const indexOfMost = (values: Float64Array): number =>
  values.reduce((most, value, i) => (value > values[most]! ? i : most), 0)

/** ln(ω / (1 − ω)), ω = rank / (trials + 1), rank 1 the worst; equals share their mean rank. */
function logitOfRank(values: Float64Array, of: number): number {
  let [below, equal] = [0, 0]
  for (const value of values) {
    if (value < values[of]!) below += 1
    else if (value === values[of]!) equal += 1
  }
  const share = (below + (equal + 1) / 2) / (values.length + 1)
  return Math.log(share / (1 - share))
}
