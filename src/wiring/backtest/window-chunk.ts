import { featureHash } from '../../features/feature-hash.ts'
import type { FeatureRow, FeatureWindow } from '../../features/feature-row.ts'
import type { Bar } from '../../market/bar.ts'

/** Windows of one instrument that end in bars one behind the other, without the bars: what one thread hands to another. */
export interface WindowChunk {
  readonly steps: number
  /** [steps − 1 + windows, features]: the windows overlap. In memory that threads share, that of the model too: it is never copied. */
  readonly rows: Float32Array<SharedArrayBuffer>
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
  const values = (steps - 1 + windows.length) * width
  const rows = new Float32Array(new SharedArrayBuffer(values * Float32Array.BYTES_PER_ELEMENT))
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
export const unpackWindow = (chunk: WindowChunk, at: number, bar: Bar, schemaHash: string): FeatureWindow =>
  new ChunkWindow(chunk, at, new ChunkRow(chunk, at, bar, schemaHash))

/** Its view is made when it is asked for: that costs more than all else about it. */
class ChunkRow implements FeatureRow {
  readonly bar: Bar
  readonly schemaHash: string
  readonly ready: boolean
  readonly #chunk: WindowChunk
  readonly #at: number

  constructor(chunk: WindowChunk, at: number, bar: Bar, schemaHash: string) {
    this.#chunk = chunk
    this.#at = at
    this.bar = bar
    this.schemaHash = schemaHash
    this.ready = chunk.rowReady[at]!
  }

  get values(): Float32Array {
    return rowsOf(this.#chunk, this.#at + this.#chunk.steps - 1, 1)
  }
}

/** As a row. */
class ChunkWindow implements FeatureWindow {
  readonly row: FeatureRow
  readonly steps: number
  readonly ready: boolean
  readonly hash?: string
  readonly #chunk: WindowChunk
  readonly #at: number

  constructor(chunk: WindowChunk, at: number, row: FeatureRow) {
    const hash = chunk.hashes[at]
    this.#chunk = chunk
    this.#at = at
    this.row = row
    this.steps = chunk.steps
    this.ready = chunk.ready[at]!
    if (hash) this.hash = hash
  }

  get values(): Float32Array {
    return rowsOf(this.#chunk, this.#at, this.steps)
  }
}

function rowsOf({ rows, steps, ready }: WindowChunk, from: number, count: number): Float32Array {
  const width = rows.length / (steps - 1 + ready.length)
  return rows.subarray(from * width, (from + count) * width)
}
