import { AsyncByteQueue } from 'apache-arrow'

/** The sink of an Arrow writer: takes what it says at once, so that nothing piles up behind a slow disk. */
export class ArrowChunks extends AsyncByteQueue {
  #taken: Uint8Array[] = []

  override write(value: Uint8Array): void {
    if (value.byteLength > 0) this.#taken.push(value)
  }

  /** What was written since the last call. */
  take(): Uint8Array[] {
    const taken = this.#taken
    this.#taken = []
    return taken
  }
}
