import { featureHash } from '../../features/feature-hash.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { Bar } from '../../market/bar.ts'

/** Windows of one instrument that end in bars one behind the other, without the bars: what one thread hands to another. */
export interface WindowChunk {
  readonly steps: number
  /** [steps − 1 + windows, features]: the windows overlap. */
  readonly rows: Float32Array<ArrayBuffer>
  /** Of each row that a window ends in, and of the window. */
  readonly rowReady: readonly boolean[]
  readonly ready: readonly boolean[]
  /** Of each window; null where it is not ready. */
  readonly hashes: readonly (string | null)[]
}

/** Each of `windows` begins one row behind the one before. */
export function packWindows(windows: readonly FeatureWindow[]): WindowChunk {
  const first = windows[0]!
  const { steps } = first
  const width = first.row.values.length
  const rows = new Float32Array((steps - 1 + windows.length) * width)
  rows.set(first.values)
  for (let at = 1; at < windows.length; at += 1) rows.set(windows[at]!.row.values, (steps - 1 + at) * width)
  return {
    ...{ steps, rows },
    rowReady: windows.map(({ row }) => row.ready),
    ready: windows.map(({ ready }) => ready),
    hashes: windows.map(({ ready, values }) => (ready ? featureHash(values) : null)),
  }
}

/** Window `at` of a chunk, which ends in `bar`. */
export function unpackWindow(chunk: WindowChunk, at: number, bar: Bar, schemaHash: string): FeatureWindow {
  const { steps, rows, rowReady, ready, hashes } = chunk
  const width = rows.length / (steps - 1 + ready.length)
  const end = (at + steps) * width
  return {
    row: { bar, values: rows.subarray(end - width, end), schemaHash, ready: rowReady[at]! },
    values: rows.subarray(end - steps * width, end),
    steps,
    ready: ready[at]!,
    ...(hashes[at] !== null && { hash: hashes[at] }),
  }
}
