import type { FeatureRow, FeatureWindow } from '../../features/feature-row.ts'

interface Remembered {
  readonly row: FeatureRow
  /** Of the window that ended here. */
  readonly ready: boolean
}

/** The rows of one instrument, each kept once: a window is put together when somebody asks for its values. */
export class RowHistory {
  readonly #steps: number
  #rows: Remembered[] = []

  constructor(steps: number) {
    this.#steps = steps
  }

  add({ row, ready }: FeatureWindow): void {
    this.#rows.push({ row, ready })
  }

  /** Forgets what no window that ends after `at` (milliseconds since the epoch) holds. */
  forgetBefore(at: number): void {
    const first = this.#rows.findIndex(({ row }) => row.bar.endAt > at)
    if (first > this.#steps) this.#rows = this.#rows.slice(first - this.#steps)
  }

  /** Windows that end in `(after, until]`, milliseconds since the epoch, oldest first. */
  windows(after: number, until: number): readonly FeatureWindow[] {
    const rows = this.#rows
    const steps = this.#steps
    return rows.flatMap(({ row, ready }, index) => {
      if (row.bar.endAt <= after || row.bar.endAt > until) return []
      const isWhole = ready && index + 1 >= steps
      return [new PastWindow(rows, index, steps, isWhole)]
    })
  }
}

class PastWindow implements FeatureWindow {
  readonly steps: number
  readonly ready: boolean
  readonly #rows: readonly Remembered[]
  readonly #index: number

  constructor(rows: readonly Remembered[], index: number, steps: number, ready: boolean) {
    this.#rows = rows
    this.#index = index
    this.steps = steps
    this.ready = ready
  }

  get row(): FeatureRow {
    return this.#rows[this.#index]!.row
  }

  /** Zeros where there was no row yet; such a window is not ready. */
  get values(): Float32Array {
    const width = this.row.values.length
    const values = new Float32Array(this.steps * width)
    for (let step = 0; step < this.steps; step += 1) {
      const at = this.#index + 1 - this.steps + step
      const remembered = this.#rows[at]
      if (remembered) values.set(remembered.row.values, step * width)
    }
    return values
  }
}
