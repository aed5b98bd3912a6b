/** Why there is no number. */
export interface NotEnough {
  readonly notEnough: string
}

/** A finite number, or why there is none: JSON never holds NaN. */
export type Metric = { readonly value: number } | NotEnough

/** 95 % between the two, or why they are not known. */
export type Interval = { readonly low: number; readonly high: number } | NotEnough

/** Least samples for a number to be shown. */
export const LEAST = {
  /** Returns different from 0, for anything that is estimated from returns. */
  returns: 30,
  /** Days of record, for anything that is scaled to a year, volatility apart. */
  days: 30,
  trades: 30,
  /** Winning, or losing, trades for a mean over those. */
  tradesOfKind: 10,
  forecasts: 100,
} as const

export const known = (value: number): Metric =>
  Number.isFinite(value) ? { value } : { notEnough: 'not a finite number' }

/** The first of `reasons` that there is; else the value. */
export function metricOf(reasons: readonly (string | undefined)[], value: () => number): Metric {
  const reason = reasons.find((text) => text !== undefined)
  return reason === undefined ? known(value()) : { notEnough: reason }
}

/** `12 trades; at least 30`, or nothing where there are enough. */
export const tooFew = (count: number, least: number, what: string): string | undefined =>
  count >= least ? undefined : `${count} ${what}; at least ${least}`

export const when = (is: boolean, reason: string): string | undefined => (is ? reason : undefined)
