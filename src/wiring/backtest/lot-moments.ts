import type { Bar } from '../../market/bar.ts'
import type { CandleLane } from './candle-lane.ts'
import { type ChunkBars, unpackWindow, type WindowChunk } from './window-chunk.ts'
import type { Moments, MomentWindows } from './window-source.ts'

/** Moments `[from, from + length)` of a lot. */
export interface LotPart {
  /** Of each instrument. */
  readonly chunks: readonly WindowChunk[]
  readonly from: number
  readonly length: number
  /** Of the first of them in the run. */
  readonly index: number
}

/** The moments of parts of lots, one part behind the other. */
export class LotMoments implements Moments {
  readonly length: number
  readonly #parts: readonly Unpacked[]

  constructor(parts: readonly LotPart[], lanes: readonly CandleLane[], schemaHash: string) {
    this.#parts = parts.map((part) => ({ ...part, bars: lanes.map((lane) => new LaneBars(lane, part, schemaHash)) }))
    this.length = parts.reduce((sum, part) => sum + part.length, 0)
  }

  at(nth: number): MomentWindows | undefined {
    let at = nth
    for (const { chunks, from, length, bars } of this.#parts) {
      if (at < length) return chunks.map((chunk, lane) => unpackWindow(chunk, from + at, bars[lane]!))
      at -= length
    }
    return undefined
  }
}

interface Unpacked extends LotPart {
  /** Of each instrument. */
  readonly bars: readonly ChunkBars[]
}

class LaneBars implements ChunkBars {
  readonly schemaHash: string
  readonly #lane: CandleLane
  /** Index in the run of the bar that the first window of the chunk ends in. */
  readonly #first: number

  constructor(lane: CandleLane, { index, from }: LotPart, schemaHash: string) {
    this.schemaHash = schemaHash
    this.#lane = lane
    this.#first = index - from
  }

  bar(at: number): Bar {
    return this.#lane.bar(this.#first + at)
  }
}
