import { readFileSync } from 'node:fs'
import type { Json } from '../../../../src/training/search/search-space.ts'
import type { FinishedTrial, Report } from '../../../../src/training/search/trial.ts'

interface PrunerCase {
  readonly name: string
  readonly trials: readonly { readonly reports: readonly Report[]; readonly pruned: boolean }[]
}

/** What Optuna 5.0.0 made of fixed trials: test/fixtures/tpe/make.py. */
export interface TpeFixture {
  readonly optuna: string
  readonly weights: readonly { readonly count: number; readonly weights: readonly number[] }[]
  readonly belowCounts: readonly (readonly [number, number])[]
  readonly parzen: readonly {
    readonly name: string
    readonly space: Readonly<Record<string, unknown>>
    readonly observations: readonly (readonly Json[])[]
    readonly points: readonly (readonly Json[])[]
    readonly logDensities: readonly number[]
  }[]
  readonly splits: readonly {
    readonly name: string
    readonly space: Readonly<Record<string, unknown>>
    readonly trials: readonly (Omit<FinishedTrial, 'state'> & { readonly state: FinishedTrial['state'] | 'running' })[]
    readonly below: readonly number[]
    readonly above: readonly number[]
    readonly points: readonly (readonly Json[])[]
    readonly good: readonly number[]
    readonly others: readonly number[]
  }[]
  readonly median: readonly PrunerCase[]
  readonly asha: readonly PrunerCase[]
  readonly regret: Readonly<
    Record<
      'branin' | 'hartmann6',
      { readonly trials: number; readonly multivariate: number; readonly independent: number }
    >
  >
}

export const tpeFixture = (): TpeFixture =>
  JSON.parse(readFileSync(new URL('../../../fixtures/tpe/tpe.json', import.meta.url), 'utf8'))
