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
}

/** What a chunk leaves out. */
export interface ChunkBars {
  readonly schemaHash: string
  /** The bar that window `at` of the chunk ends in. */
  bar(at: number): Bar
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
  }
}

/** The ready ones of the rows that windows end in: stretches of memory, as long as they are. */
export function* readyRows(chunk: WindowChunk): Generator<Float32Array> {
  const { rowReady } = chunk
  for (let from = rowReady.indexOf(true); from >= 0; ) {
    const end = rowReady.indexOf(false, from)
    const until = end < 0 ? rowReady.length : end
    yield rowsOf(chunk, from, until)
    from = rowReady.indexOf(true, until)
  }
}

/** Rows `[from, until)` of those that windows end in. */
function rowsOf({ rows, steps, ready }: WindowChunk, from: number, until: number): Float32Array {
  const width = rows.length / (steps - 1 + ready.length)
  return rows.subarray((steps - 1 + from) * width, (steps - 1 + until) * width)
}

/** Window `at` of a chunk. Its bar and its views are made when they are asked for: they cost more than all else about it. */
export const unpackWindow = (chunk: WindowChunk, at: number, bars: ChunkBars): FeatureWindow =>
  new ChunkWindow(chunk, at, bars)

class ChunkWindow implements FeatureWindow {
  readonly row: FeatureRow
  readonly steps: number
  readonly ready: boolean
  readonly #chunk: WindowChunk
  readonly #at: number

  constructor(chunk: WindowChunk, at: number, bars: ChunkBars) {
    this.row = new ChunkRow(chunk, at, bars)
    this.steps = chunk.steps
    this.ready = chunk.ready[at]!
    this.#chunk = chunk
    this.#at = at
  }

  /** The feature engine lets no other value into a window that is ready. */
  get allFinite(): boolean {
    return this.ready
  }

  get values(): Float32Array {
    return rowsOf(this.#chunk, this.#at + 1 - this.steps, this.#at + 1)
  }
}

class ChunkRow implements FeatureRow {
  readonly schemaHash: string
  readonly ready: boolean
  readonly #chunk: WindowChunk
  readonly #at: number
  readonly #bars: ChunkBars
  #bar: Bar | undefined

  constructor(chunk: WindowChunk, at: number, bars: ChunkBars) {
    this.schemaHash = bars.schemaHash
    this.ready = chunk.rowReady[at]!
    this.#chunk = chunk
    this.#at = at
    this.#bars = bars
  }

  get bar(): Bar {
    this.#bar ??= this.#bars.bar(this.#at)
    return this.#bar
  }

  get values(): Float32Array {
    return rowsOf(this.#chunk, this.#at, this.#at + 1)
  }
}
