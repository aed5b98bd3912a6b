import type { Reference } from '../../model/bundle/reference-schema.ts'
import { binnedKs, ksLimit, stabilityIndex } from './binned-tests.ts'

/** The window moves on by one of them. */
export const WINDOW_BLOCKS = 10

export interface InputDriftSettings {
  /** Rows held against training, of all instruments together. */
  readonly windowRows: number
  readonly psiMax: number
  /** Probability of a false alarm of one look at all features, by the Kolmogorov–Smirnov test. */
  readonly ksLevel: number
}

/** Rows of one block. */
export const blockRowsOf = ({ windowRows }: Pick<InputDriftSettings, 'windowRows'>): number =>
  Math.ceil(windowRows / WINDOW_BLOCKS)

/** Of one feature over the window. */
export interface FeatureShift {
  /** Position in the schema. */
  readonly feature: number
  readonly psi: number
  readonly ks: number
  /** Both too large. */
  readonly drifted: boolean
}

/** Plain JSON: counts of rows per bin, features one after the other, for each finished block and the one that fills. */
export interface InputDriftState {
  readonly blocks: readonly (readonly number[])[]
  readonly filling: readonly number[]
  readonly rows: number
}

/**
 * Holds the newest rows against the training rows of the bundle, feature by feature: PSI says how large a shift is, KS whether so many rows
 * may show it by chance. A feature has drifted when both say so. The window is ten blocks of counts; each full block is a look. Features
 * that the model does not look at (`reference.ignored`) count for nothing.
 */
export class InputDrift {
  readonly #reference: Reference
  readonly #settings: InputDriftSettings
  readonly #blockRows: number
  /** Where each feature's bins begin; one more at the end. */
  readonly #starts: Int32Array
  readonly #edges: readonly Float64Array[]
  /** Positions of the features that the model looks at. */
  readonly #seen: readonly number[]
  readonly #blocks: Uint32Array[]
  #filling: Uint32Array
  #rows: number
  #shifts: readonly FeatureShift[] = []

  constructor(reference: Reference, settings: InputDriftSettings, saved?: InputDriftState) {
    this.#reference = reference
    this.#settings = settings
    this.#blockRows = blockRowsOf(settings)
    this.#edges = reference.edges.map((edges) => Float64Array.from(edges))
    const ignored = new Set(reference.ignored)
    this.#seen = reference.edges.flatMap((_, feature) => (ignored.has(feature) ? [] : [feature]))
    this.#starts = Int32Array.from({ length: reference.edges.length + 1 }, () => 0)
    for (const [i, shares] of reference.shares.entries()) this.#starts[i + 1] = this.#starts[i]! + shares.length
    this.#blocks = saved ? saved.blocks.map((block) => Uint32Array.from(block)) : []
    this.#filling = saved ? Uint32Array.from(saved.filling) : new Uint32Array(this.#starts.at(-1)!)
    this.#rows = saved?.rows ?? 0
    this.#look()
  }

  /** At the last look, of each feature that the model looks at, in the schema's order; empty before the window was full for the first time. */
  get shifts(): readonly FeatureShift[] {
    return this.#shifts
  }

  /** `values`: [features], finite. True: that was a look, `shifts` are new. */
  push(values: ArrayLike<number>): boolean {
    for (let i = 0; i < this.#edges.length; i += 1) {
      const bin = this.#starts[i]! + binOf(this.#edges[i]!, values[i]!)
      this.#filling[bin]! += 1
    }
    this.#rows += 1
    if (this.#rows < this.#blockRows) return false
    this.#blocks.push(this.#filling)
    if (this.#blocks.length > WINDOW_BLOCKS) this.#blocks.shift()
    this.#filling = new Uint32Array(this.#filling.length)
    this.#rows = 0
    this.#look()
    return this.#blocks.length === WINDOW_BLOCKS
  }

  save(): InputDriftState {
    return { blocks: this.#blocks.map((block) => [...block]), filling: [...this.#filling], rows: this.#rows }
  }

  #look(): void {
    if (this.#blocks.length < WINDOW_BLOCKS) return
    const counts = new Uint32Array(this.#filling.length)
    for (const block of this.#blocks) for (const [bin, count] of block.entries()) counts[bin]! += count
    const { shares, rows } = this.#reference
    const { psiMax, ksLevel } = this.#settings
    // Bonferroni: a look tests every feature that the model sees.
    const ksMax = ksLimit(ksLevel / this.#seen.length, rows, WINDOW_BLOCKS * this.#blockRows)
    this.#shifts = this.#seen.map((feature) => {
      const expected = shares[feature]!
      const found = counts.subarray(this.#starts[feature], this.#starts[feature + 1])
      const psi = stabilityIndex(expected, rows, found)
      const ks = binnedKs(expected, found)
      return { feature, psi, ks, drifted: psi > psiMax && ks > ksMax }
    })
  }
}

/** How many edges lie below `value`. */
function binOf(edges: Float64Array, value: number): number {
  let [low, high] = [0, edges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (edges[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
