import type { ForecastOutcome } from '../backtest/record.ts'

const BINS = 10

/** Forecasts whose probability fell into one tenth of [0, 1]. */
export interface ReliabilityBin {
  readonly low: number
  readonly high: number
  readonly count: number
  /** Mean of what was said, and share of what came; null in an empty bin. */
  readonly meanProbability: number | null
  readonly frequency: number | null
}

export interface ClassReliability {
  /** Of each class apart: down, flat, up. */
  readonly bins: readonly { readonly name: 'down' | 'flat' | 'up'; readonly bins: readonly ReliabilityBin[] }[]
  /** Mean of Σ over classes (p − 1{came})², 0 best, 2 worst (Brier 1950). */
  readonly brier: number
  /** The same of always saying the shares that the record turned out to have: known only afterwards, so a strict yardstick. */
  readonly brierOfShares: number
  /** Σ over tenths of (share of forecasts) · |share right − mean probability| of the likeliest class (Guo et al. 2017, eq. 3). */
  readonly expectedError: number
}

/** 0 down, 1 flat, 2 up. */
export const classCame = ({ realisedBps, thresholdBps }: ForecastOutcome): 0 | 1 | 2 => {
  if (realisedBps > thresholdBps) return 2
  return realisedBps < -thresholdBps ? 0 : 1
}

/** `forecasts` not empty. */
export function classReliability(forecasts: readonly ForecastOutcome[]): ClassReliability {
  const came = forecasts.map(classCame)
  const shares = [0, 1, 2].map((k) => came.filter((name) => name === k).length / came.length)
  const brierOf = (probabilities: (i: number) => readonly number[]): number =>
    came.reduce<number>((sum, name, i) => sum + brier(probabilities(i), name), 0) / came.length
  const top = binsOf(
    forecasts.map(({ classes }, i) => {
      const most = Math.max(...classes)
      return { probability: most, hit: classes.indexOf(most) === came[i] }
    }),
  )
  return {
    bins: (['down', 'flat', 'up'] as const).map((name, k) => ({
      name,
      bins: binsOf(forecasts.map(({ classes }, i) => ({ probability: classes[k]!, hit: came[i] === k }))),
    })),
    brier: brierOf((i) => forecasts[i]!.classes),
    brierOfShares: brierOf(() => shares),
    expectedError: top.reduce(
      (sum, { count, frequency, meanProbability }) =>
        sum + (count / forecasts.length) * Math.abs((frequency ?? 0) - (meanProbability ?? 0)),
      0,
    ),
  }
}

/** Σ over classes (p − 1{came})². */
export const brier = (probabilities: readonly number[], came: number): number =>
  probabilities.reduce((sum, p, k) => sum + (p - (k === came ? 1 : 0)) ** 2, 0)

function binsOf(said: readonly { readonly probability: number; readonly hit: boolean }[]): readonly ReliabilityBin[] {
  const sums = Array.from({ length: BINS }, () => ({ count: 0, probability: 0, hits: 0 }))
  for (const { probability, hit } of said) {
    const sum = sums[Math.min(BINS - 1, Math.floor(probability * BINS))]!
    sum.count += 1
    sum.probability += probability
    sum.hits += hit ? 1 : 0
  }
  return sums.map(({ count, probability, hits }, i) => ({
    low: i / BINS,
    high: (i + 1) / BINS,
    count,
    meanProbability: count > 0 ? probability / count : null,
    frequency: count > 0 ? hits / count : null,
  }))
}
