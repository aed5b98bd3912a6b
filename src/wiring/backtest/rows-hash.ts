import { createHash, type Hash } from 'node:crypto'
import type { FeatureRow } from '../../features/feature-row.ts'

/**
 * SHA-256 over the ready rows of a run, instrument by instrument: what windows are made of. They overlap, so the hashes of all of them
 * would go over each row once for every step. Where a window is not ready the decisions say.
 */
export class RowsHash {
  readonly #lanes: readonly Hash[]

  constructor(lanes: number) {
    this.#lanes = Array.from({ length: lanes }, () => createHash('sha256'))
  }

  /** The next row of instrument `lane`. What stands in a row that is not ready means nothing. */
  add(lane: number, { ready, values }: Pick<FeatureRow, 'ready' | 'values'>): void {
    if (ready) this.addReady(lane, values)
  }

  /** The next rows, all of them ready: [rows, features]. */
  addReady(lane: number, { buffer, byteOffset, byteLength }: Float32Array): void {
    this.#lanes[lane]!.update(new Uint8Array(buffer, byteOffset, byteLength))
  }

  /** Of what was added so far, hexadecimal. */
  digest(): string {
    const all = createHash('sha256')
    for (const lane of this.#lanes) all.update(lane.copy().digest())
    return all.digest('hex')
  }
}
