import type { Dataset } from './dataset.ts'

/**
 * `data` with rows that count less the older they are: one half at an age of `halfLifeBars`, counted from the newest row, times the
 * weights that they had. Whatever is fitted weighs training rows by it: networks, ridge, logistic, read-outs.
 */
export function withRecency(data: Dataset, halfLifeBars: number): Dataset {
  const newest = data.endAt.reduce((latest, at) => Math.max(latest, at), Number.NEGATIVE_INFINITY)
  const weights = data.endAt.map(
    (at, row) => (data.weights?.[row] ?? 1) * 0.5 ** ((newest - at) / data.shape.barMs / halfLifeBars),
  )
  return { ...data, weights }
}
