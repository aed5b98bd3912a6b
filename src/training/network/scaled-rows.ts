import type { Scaler } from '../../model/scaler.ts'
import type { Dataset } from '../dataset.ts'
import type { EngineTensor } from '../graph-engine.port.ts'
import { classOf } from '../scores.ts'
import type { Feeds } from './training-data.ts'

export interface RowScales {
  readonly scaler: Scaler
  /** One deviation of the target, basis points. */
  readonly scaleBps: number
  /** A return within ± this counts as flat, basis points. */
  readonly thresholdBps: number
}

/** Realised variances below this share of the target's are taken for this: a horizon without a move says nothing of its logarithm. */
const VARIANCE_FLOOR = 1e-3

/** The inputs of `forecastTargets` for chosen rows, but for `sampleWeight`. Numbers count within the rows it was made of. */
export type TargetFeeds = (chosen: Int32Array) => Feeds

/** Targets of `rows` (row numbers of `data`), in deviations of the target. */
export function targetFeeds(data: Dataset, rows: Int32Array, { scaleBps, thresholdBps }: RowScales): TargetFeeds {
  const targets = Float32Array.from(rows, (row) => data.targetsBps[row]! / scaleBps)
  const variances = Float32Array.from(rows, (row) => Math.max(VARIANCE_FLOOR, data.variancesBps2[row]! / scaleBps ** 2))
  const classes = Int32Array.from(rows, (row) => classOf(data.targetsBps[row]!, thresholdBps))
  return (chosen) => {
    const targetClass = new Float32Array(chosen.length * 3)
    for (const [i, row] of chosen.entries()) targetClass[i * 3 + classes[row]!] = 1
    return {
      target: picked(targets, chosen),
      targetVariance: picked(variances, chosen),
      targetClass: { dims: [chosen.length, 3], data: targetClass },
    }
  }
}

const picked = (values: Float32Array, chosen: Int32Array): EngineTensor => ({
  dims: [chosen.length],
  data: Float32Array.from(chosen, (row) => values[row]!),
})

/**
 * Weight of each of `rows` in training: what the dataset says, times one half at an age of `halfLifeBars`, counted from the newest of
 * them; undefined: all count the same.
 */
export function trainingWeights(
  { endAt, shape, weights }: Dataset,
  rows: Int32Array,
  halfLifeBars: number | undefined,
): Float32Array | undefined {
  if (halfLifeBars === undefined) return weights && Float32Array.from(rows, (row) => weights[row]!)
  const newest = rows.reduce((latest, row) => Math.max(latest, endAt[row]!), 0)
  return Float32Array.from(
    rows,
    (row) => (weights?.[row] ?? 1) * 0.5 ** ((newest - endAt[row]!) / shape.barMs / halfLifeBars),
  )
}
