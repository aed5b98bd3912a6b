import { readFileSync } from 'node:fs'

type Numbers = Readonly<Record<string, number>>

interface RunVector {
  readonly barMs: number
  /** Opening balance first. */
  readonly at: readonly number[]
  readonly equity: readonly number[]
  readonly returns: number
  readonly periodsPerYear: number
  readonly expected: Numbers & { readonly recoveredAt: number | null }
}

interface TripVector {
  readonly netPnl: readonly number[]
  readonly entryValue: readonly number[]
  readonly mae: readonly number[]
  readonly mfe: readonly number[]
  readonly expected: Numbers
  readonly longestLosingStreak: number
  readonly maeMeans: readonly number[]
  readonly mfeMeans: readonly number[]
}

interface ForecastVector {
  readonly levels: readonly number[]
  readonly mean: readonly number[]
  readonly quantiles: readonly (readonly number[])[]
  readonly classes: readonly (readonly [number, number, number])[]
  readonly realised: readonly number[]
  readonly threshold: number
  readonly expected: {
    readonly [column in
      | 'coverage'
      | 'coverageLow'
      | 'coverageHigh'
      | 'pinball'
      | 'pinballOfOutcomes']: readonly number[]
  } & {
    readonly [figure in 'brier' | 'brierOfShares' | 'expectedError' | 'hitRate' | 'hitLow' | 'hitHigh']: number
  } & {
    readonly upCounts: readonly number[]
    readonly upFrequencies: readonly (number | null)[]
    readonly decileForecast: readonly number[]
    readonly decileRealised: readonly number[]
  }
}

/** What `make.py` wrote beside it. */
export const VECTORS = JSON.parse(
  readFileSync(new URL('../../../fixtures/metrics/metrics.json', import.meta.url), 'utf8'),
) as {
  readonly runs: Readonly<Record<string, RunVector>>
  readonly blocks: readonly { readonly name: string; readonly values: readonly number[]; readonly block: number }[]
  readonly intervals: {
    readonly returns: readonly number[]
    readonly block: number
    readonly expected: Readonly<Record<'sharpe' | 'totalReturn' | 'maxDrawdown', { low: number; high: number }>>
    readonly lastQuantiles: readonly number[]
  }
  readonly trips: TripVector
  readonly forecasts: ForecastVector
}
