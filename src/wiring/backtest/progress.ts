import { Presets, SingleBar } from 'cli-progress'
import type { Io } from '../io.ts'

const STEPS = 1_000

/** 0 to 1. */
export interface Progress {
  at(share: number): void
  end(): void
}

/** A bar with the time left on a terminal, on standard error; nothing elsewhere. */
export function progressBar(io: Pick<Io, 'isTTY'>, what: string): Progress {
  if (!io.isTTY) return { at: () => undefined, end: () => undefined }
  const bar = new SingleBar(
    { format: `${what} {bar} {percentage} %, {eta_formatted} left`, stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  )
  bar.start(STEPS, 0)
  return { at: (share) => bar.update(Math.floor(share * STEPS)), end: () => bar.stop() }
}
