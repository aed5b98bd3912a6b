import { check } from '../core/check.ts'

/** Rows of a design matrix, read part by part: the whole may be many times the memory there is. */
export interface RowBlocks {
  readonly rows: number
  readonly width: number
  /** Whole rows behind each other, [n, width] row-major, from the first to the last; each block may overwrite the one before. */
  blocks(): Iterable<Float64Array>
}

/** A matrix [rows, width] that stands in memory: one block. */
export function denseBlocks(x: Float64Array, width: number): RowBlocks {
  const rows = x.length / width
  check(Number.isInteger(rows), `rows of ${width} values`, x.length)
  return { rows, width, blocks: () => [x] }
}
