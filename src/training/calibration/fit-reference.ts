import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import { dissimilarity, standardised } from '../../inference/drift/dissimilarity.ts'
import type { Reference } from '../../model/bundle/reference-schema.ts'
import { quantileOf } from '../scores.ts'
import { distance, fitCentroids } from './fit-centroids.ts'

/** Rows that pairs are formed of: half a million of them. */
const PAIR_ROWS_MAX = 1_000
const CENTROID_ROWS_MAX = 4_096
const HIGH_LEVEL = 0.999

/** Usable rows that the model was trained on. `values`: [rows, features], row-major, raw, finite. */
export interface ReferenceRows {
  readonly values: Float32Array
  readonly rows: number
  readonly features: number
  /** Features that the model does not look at: they raise no drift and shape no distance. */
  readonly ignored?: ReadonlySet<number> | undefined
}

export interface ReferenceSettings {
  /** Bins per feature, at most 32. */
  readonly bins: number
  /** At most 32. */
  readonly centroids: number
}

export const REFERENCE_SETTINGS: ReferenceSettings = { bins: 10, centroids: 16 }

/** Of a feature that is not looked at: no scale, and one bin for all there is. */
const UNSEEN: Column = { mean: 0, deviation: 0, edges: [], shares: [1] }

/** What live rows are held against, for `manifest.reference`. Throws `InputError` where no feature that is looked at ever moved. */
export function fitReference(
  found: ReferenceRows,
  random: Random,
  settings: ReferenceSettings = REFERENCE_SETTINGS,
): Reference {
  const { values, rows, features, ignored = new Set() } = found
  check(rows >= 2 && values.length === rows * features, 'two rows or more, of all features', rows)
  const columns = Array.from({ length: features }, (_, feature) =>
    ignored.has(feature) ? UNSEEN : columnOf(found, feature, settings.bins),
  )
  const means = columns.map(({ mean }) => mean)
  const deviations = columns.map(({ deviation }) => deviation)
  const standard = (row: number): Float64Array =>
    Float64Array.from({ length: features }, (_, i) =>
      standardised(values[row * features + i]!, means[i]!, deviations[i]!),
    )
  const pairDistanceMean = meanPairDistance(spread(rows, PAIR_ROWS_MAX).map(standard))
  if (!(pairDistanceMean > 0))
    throw new InputError(`reference: all ${rows} training rows are alike; nothing to compare with`)
  const sample = spread(rows, CENTROID_ROWS_MAX).map(standard)
  const centroids = fitCentroids(sample, settings.centroids, random).map((centroid) => [...centroid])
  const shape = {
    rows,
    means,
    deviations,
    edges: columns.map(({ edges }) => [...edges]),
    shares: columns.map(({ shares }) => [...shares]),
    centroids,
    pairDistanceMean,
    ...(ignored.size > 0 && { ignored: [...ignored].sort((a, b) => a - b) }),
  }
  return { ...shape, dissimilarityHigh: highDissimilarity(found, { ...shape, dissimilarityHigh: 1 }) }
}

interface Column {
  readonly mean: number
  readonly deviation: number
  readonly edges: readonly number[]
  readonly shares: readonly number[]
}

function columnOf({ values, rows, features }: ReferenceRows, feature: number, bins: number): Column {
  const sorted = Float64Array.from({ length: rows }, (_, row) => values[row * features + feature]!).sort()
  const mean = sorted.reduce((sum, value) => sum + value, 0) / rows
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows)
  const wanted = Array.from({ length: bins - 1 }, (_, i) => quantileOf(sorted, (i + 1) / bins))
  const greatest = sorted.at(-1)!
  // Values that come often take several quantiles; the greatest value as an edge would leave nothing above it.
  const between = [...new Set(wanted)].filter((edge) => edge < greatest)
  const edges = between.length > 0 ? between : around(greatest)
  const upTo = [...edges.map((edge) => countUpTo(sorted, edge)), rows]
  const shares = upTo.map((count, i) => (count - (upTo[i - 1] ?? 0)) / rows)
  return { mean, deviation, edges, shares }
}

/** A feature that never, or hardly ever, was anything but `value`: borders on both sides of it, so that it is seen to move. */
const around = (value: number): readonly number[] => [
  // No single lies between the two: live values are singles, as those of training are.
  value - Math.max(Math.abs(value) * HALF_SINGLE, SINGLE_MIN / 2),
  value,
]

/** The next single below lies twice this share of the value away, or further; and at least `SINGLE_MIN`. */
const HALF_SINGLE = 2 ** -25
const SINGLE_MIN = 2 ** -149

function countUpTo(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}

/** At most `most` row numbers, evenly over time. */
function spread(rows: number, most: number): readonly number[] {
  const count = Math.min(rows, most)
  return Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count))
}

function meanPairDistance(rows: readonly Float64Array[]): number {
  let sum = 0
  for (const [i, a] of rows.entries()) for (const b of rows.slice(i + 1)) sum += distance(a, b)
  return (2 * sum) / (rows.length * (rows.length - 1))
}

/** Of all training rows, those that shaped the centroids among them. */
function highDissimilarity({ values, rows, features }: ReferenceRows, reference: Reference): number {
  const scratch = new Float64Array(features)
  const found = Float64Array.from({ length: rows }, (_, row) =>
    dissimilarity(values.subarray(row * features, (row + 1) * features), reference, scratch),
  )
  // Few rows, each its own centroid: nothing is known of how far they scatter but their pairs.
  return quantileOf(found.sort(), HIGH_LEVEL) || 1
}
