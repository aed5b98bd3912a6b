import type { Random } from '../../core/random.ts'

interface BackoffSettings {
  readonly baseMs: number
  readonly maxMs: number
}

const DOUBLINGS_MAX = 20

/** Wait before attempt `attempt` (0 = first retry), milliseconds: doubles up to `maxMs`, half of it at random so that clients part. */
export function backoffMs(attempt: number, { baseMs, maxMs }: BackoffSettings, random: Random): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, DOUBLINGS_MAX))
  return full * (0.5 + 0.5 * random())
}
