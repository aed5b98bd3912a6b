import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { Bar } from '../../market/bar.ts'
import { BarCursor } from './bar-cursor.ts'
import { BarGate } from './bar-gate.ts'
import { type BarLogFile, type BarLogPlace, barLogFiles } from './bar-log-place.ts'
import { passed, within } from './read-bars.ts'

export interface FollowOptions {
  /** How often the folder is looked at, milliseconds. */
  readonly pollMs: number
  readonly scheduler: Scheduler
  /** Ends the stream. */
  readonly signal: AbortSignal
}

/**
 * The bars of a log that begin at `from` or later, and then those that a daemon goes on writing, each at most the writer's `fsyncMs` and
 * `pollMs` after it closed. Goes on over rotation, restarts of the daemon and a log that is not there yet. Throws as `readBars`.
 */
export async function* followBars(
  place: BarLogPlace,
  symbols: readonly InstrumentSymbol[],
  from: number,
  { pollMs, scheduler, signal }: FollowOptions,
): AsyncGenerator<readonly Bar[]> {
  const gate = new BarGate({ from })
  const trail = new Trail(place, symbols)
  try {
    while (!signal.aborted) {
      for await (const { lines, cursor, path } of trail.news(from)) {
        yield* passed(lines, cursor, path, gate)
        if (signal.aborted) return
      }
      await scheduler.sleep(pollMs, signal)
    }
  } finally {
    await trail.close()
  }
}

interface News {
  readonly lines: readonly (readonly Bar[])[]
  readonly cursor: BarCursor
  readonly path: string
}

/** How far the files of a log have been read. */
class Trail {
  readonly #place: BarLogPlace
  readonly #symbols: readonly InstrumentSymbol[]
  #file: BarLogFile | undefined
  #cursor: BarCursor | undefined

  constructor(place: BarLogPlace, symbols: readonly InstrumentSymbol[]) {
    this.#place = place
    this.#symbols = symbols
  }

  /** What is there now and was not given before. */
  async *news(from: number): AsyncGenerator<News> {
    // Listed before it is read: a file behind which another stands gets no more lines.
    const files = within(await barLogFiles(this.#place), { from })
    for (const file of files) {
      if (this.#file && file.startedAt < this.#file.startedAt) continue
      if (this.#file?.name !== file.name) await this.#moveTo(file)
      const cursor = this.#cursor
      for (let lines = await cursor?.next(); cursor && lines; lines = await cursor.next()) {
        yield { lines, cursor, path: file.path }
      }
    }
  }

  async close(): Promise<void> {
    await this.#cursor?.close()
    this.#cursor = undefined
  }

  async #moveTo(file: BarLogFile): Promise<void> {
    await this.close()
    this.#file = file
    this.#cursor = await BarCursor.open(file.path, this.#place, this.#symbols)
  }
}
