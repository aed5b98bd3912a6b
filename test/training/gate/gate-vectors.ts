import { readFileSync } from 'node:fs'

/** What `make.py` wrote beside it. */
export const VECTORS = JSON.parse(readFileSync(new URL('../../fixtures/gate/gate.json', import.meta.url), 'utf8')) as {
  readonly dieboldMariano: readonly {
    readonly name: string
    readonly differences: readonly number[]
    readonly lag: number
    readonly longRunVariance: number
    readonly statistic: number
    readonly p: number
  }[]
  readonly student: readonly { readonly t: number; readonly freedom: number; readonly tail: number }[]
  readonly overfitting: readonly {
    readonly name: string
    readonly returns: readonly number[]
    readonly trials: number
    readonly slices: number
    readonly probability: number
    readonly lossProbability: number
    readonly sortedLogits: readonly number[]
  }[]
  readonly normalCrps: readonly { readonly y: number; readonly crps: number }[]
}
