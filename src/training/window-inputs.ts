import { check } from '../core/check.ts'

/** Windows that are put together when somebody asks: the windows of six months of minutes together are many times their rows. */
export interface WindowInputs {
  readonly rows: number
  /** Values of one window: steps × features. */
  readonly width: number
  /** Copies window `row`, [steps, features] row-major, into `into` from `offset` on. */
  copy(row: number, into: Float32Array, offset: number): void
}

/** Windows `rows` behind each other: [rows, width]. */
export function gather(inputs: WindowInputs, rows: Int32Array): Float32Array {
  const { width } = inputs
  const windows = new Float32Array(rows.length * width)
  for (let i = 0; i < rows.length; i += 1) inputs.copy(rows[i]!, windows, i * width)
  return windows
}

/** Windows that stand in memory: `values` [rows, width], row-major. */
export function denseInputs(values: Float32Array, width: number): WindowInputs {
  const rows = values.length / width
  check(Number.isInteger(rows), `values of windows of ${width}`, values.length)
  return {
    rows,
    width,
    copy: (row, into, offset) => into.set(values.subarray(row * width, (row + 1) * width), offset),
  }
}

/** Windows `rows` of `inputs`, as windows of their own. */
export const chosenInputs = (inputs: WindowInputs, rows: Int32Array): WindowInputs => ({
  rows: rows.length,
  width: inputs.width,
  copy: (row, into, offset) => inputs.copy(rows[row]!, into, offset),
})

/** 0, 1, … `rows` − 1 in parts of at most `size`. */
export function* rowParts(rows: number, size: number): Generator<Int32Array> {
  for (let from = 0; from < rows; from += size) {
    yield Int32Array.from({ length: Math.min(size, rows - from) }, (_, i) => from + i)
  }
}
