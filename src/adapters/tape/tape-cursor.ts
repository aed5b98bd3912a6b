import type { TapeFrame } from './tape-frame.ts'

/**
 * Lines of a tape, or of several, in order. `take` until it gives none, then `read`, until that says false: a promise for a piece of the
 * file, not for each of millions of lines. `close` at the end, also at an early one.
 */
export interface TapeCursor {
  /** The next line of what has been read; undefined when there is none. */
  take(): TapeFrame | undefined
  /** Reads on; false when nothing is left. One call at a time. */
  read(): Promise<boolean>
  close(): Promise<void>
}

/** For readers with time for a promise a line. */
export async function* linesOf(cursor: TapeCursor): AsyncGenerator<TapeFrame> {
  try {
    do for (let line = cursor.take(); line; line = cursor.take()) yield line
    while (await cursor.read())
  } finally {
    await cursor.close()
  }
}
