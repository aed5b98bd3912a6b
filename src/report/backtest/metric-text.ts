import type { Interval, Metric } from '../metrics/metric.ts'
import { numberText, percentText, signedPercentText } from './number-text.ts'

type Shown = (value: number) => string

/** Null: not enough data. */
export const numberOf = (metric: Metric): number | null => ('value' in metric ? metric.value : null)

/** Undefined: not enough data. */
export const metricText = (metric: Metric, shown: Shown): string | undefined =>
  'value' in metric ? shown(metric.value) : undefined

export const reasonOf = (metric: Metric | Interval): string | undefined =>
  'notEnough' in metric ? metric.notEnough : undefined

/** `95 %: −1.2 to 0.8`. */
export const intervalText = (interval: Interval, shown: Shown): string | undefined =>
  'notEnough' in interval ? undefined : `95 %: ${shown(interval.low)} to ${shown(interval.high)}`

export const NOT_ENOUGH = 'not enough data'

export const ratio: Shown = (value) => numberText(value, 2)
export const share: Shown = (value) => percentText(value)
export const change: Shown = (value) => signedPercentText(value)
