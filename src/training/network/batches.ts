import { check } from '../../core/check.ts'
import type { Random } from '../../core/random.ts'
import type { EvaluationData, Feeds, TrainingData } from './training-data.ts'

/** Rows to learn from or to measure on, each for itself. */
export interface BatchSource {
  readonly rows: number
  /** Relative importance of each row, [rows]; absent: all equal. */
  readonly rowWeights?: Float32Array
  /** The objective's inputs for `rows`, but for `sampleWeight`. */
  feeds(rows: Int32Array): Feeds
}

/** Rows of one run of a graph. */
export interface Batch {
  /** As long as the graph's batch: a short one is filled up with row 0. */
  readonly rows: Int32Array
  /** Weight of each row; 0 for the filling. */
  readonly weights: Float32Array
}

/** All rows in an order of its own each epoch. `batchSize`: rows of one run; `batchesPerUpdate`: runs of one update. */
export const shuffledTraining = (
  source: BatchSource,
  { batchSize, batchesPerUpdate }: { readonly batchSize: number; readonly batchesPerUpdate: number },
): TrainingData => ({
  epoch: (random) =>
    updatesOf(shuffledRows(source.rows, random), source.rowWeights, batchSize, batchesPerUpdate).map((batches) =>
      batches.map((batch) => () => feedsOf(source, batch)),
    ),
})

/** All rows once, in their order. */
export function evaluationOf(source: BatchSource, batchSize: number): EvaluationData {
  check(source.rows > 0, 'rows to measure on', source.rows)
  const rows = Int32Array.from({ length: source.rows }, (_, i) => i)
  // One "update" of everything: its weights sum to 1.
  const [batches] = updatesOf(rows, source.rowWeights, batchSize, Math.ceil(rows.length / batchSize))
  return batches!.map((batch) => () => feedsOf(source, batch))
}

const feedsOf = (source: BatchSource, { rows, weights }: Batch): Feeds => ({
  ...source.feeds(rows),
  sampleWeight: { dims: [weights.length], data: weights },
})

/**
 * Cuts `rows` into updates of `batchesPerUpdate` batches of `size` rows. Weights are relative to the mean over all rows, so that those of
 * an update sum to 1 on average: an update of old rows moves the network less.
 */
export function updatesOf(
  rows: Int32Array,
  rowWeights: Float32Array | undefined,
  size: number,
  batchesPerUpdate: number,
): readonly (readonly Batch[])[] {
  const mean = meanWeight(rowWeights)
  const weightOf = (row: number): number => (rowWeights?.[row] ?? 1) / mean
  return partsOf(rows, size * batchesPerUpdate).map((part) => {
    return partsOf(part, size).map((chosen) => {
      const filled = new Int32Array(size)
      const weights = new Float32Array(size)
      filled.set(chosen)
      for (const [at, row] of chosen.entries()) weights[at] = weightOf(row) / part.length
      return { rows: filled, weights }
    })
  })
}

/** 1 where rows have no weights. */
export const meanWeight = (weights: Float32Array | undefined): number =>
  weights ? weights.reduce((sum, weight) => sum + weight, 0) / weights.length : 1

const partsOf = (rows: Int32Array, size: number): readonly Int32Array[] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.subarray(i * size, (i + 1) * size))

/** 0, 1, … in random order (Fisher and Yates). */
export function shuffledRows(count: number, random: Random): Int32Array {
  const rows = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    const row = rows[i]!
    rows[i] = rows[j]!
    rows[j] = row
  }
  return rows
}
