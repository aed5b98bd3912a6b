import type { Clock } from '../../core/clock.port.ts'
import type { Random } from '../../core/random.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import { backoffMs } from './backoff.ts'

interface SnapshotOptions {
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly random: Random
  readonly signal: AbortSignal
  /** Loads one snapshot and gives back how to hand it over; rejects when it must be tried again. */
  load(symbol: string): Promise<() => void>
  /** Snapshots loaded at the same time, and the least distance of two of one symbol, milliseconds. */
  readonly parallelMax?: number
  readonly intervalMsMin?: number
}

const PARALLEL_MAX = 3
const INTERVAL_MS_MIN = 500
const BACKOFF = { baseMs: 250, maxMs: 15_000 }

/**
 * Book snapshots by REST, at most one waiting per symbol: a barrage of them (each weighs 20) is what gets clients banned. Retried
 * until it is there.
 */
export function createSnapshots(options: SnapshotOptions): (symbol: string) => void {
  const { clock, scheduler, random, signal } = options
  const { parallelMax = PARALLEL_MAX, intervalMsMin = INTERVAL_MS_MIN } = options
  const wanted = new Set<string>()
  const startedAt = new Map<string, number>()
  /** Those waiting for a slot; no longer than `wanted`. */
  const queue: (() => void)[] = []
  let running = 0

  async function attempt(symbol: string): Promise<(() => void) | undefined> {
    if (running >= parallelMax) await new Promise<void>((resolve) => queue.push(resolve))
    running += 1
    try {
      startedAt.set(symbol, clock.monotonicMs())
      return await options.load(symbol)
    } catch {
      return undefined
    } finally {
      running -= 1
      queue.shift()?.()
    }
  }
  async function serve(symbol: string): Promise<void> {
    const last = startedAt.get(symbol)
    const waitMs = last === undefined ? 0 : last + intervalMsMin - clock.monotonicMs()
    if (waitMs > 0) await scheduler.sleep(waitMs, signal)
    for (let failures = 0; !signal.aborted; failures += 1) {
      const deliver = await attempt(symbol)
      if (deliver) {
        // First: whoever finds the snapshot too old asks for the next at once.
        wanted.delete(symbol)
        return deliver()
      }
      await scheduler.sleep(backoffMs(failures, BACKOFF, random), signal)
    }
  }
  return (symbol) => {
    if (wanted.has(symbol) || signal.aborted) return
    wanted.add(symbol)
    void serve(symbol)
  }
}
