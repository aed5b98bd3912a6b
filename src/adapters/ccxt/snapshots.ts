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
}

/** Snapshots loaded at the same time. */
const PARALLEL_MAX = 3
/** Loads in any minute, all symbols together: half of the weight that Binance allows (10 of 2,400 each); orders need the rest. */
const MINUTE_LOADS_MAX = 120
const MINUTE_MS = 60_000
/** Least distance of two snapshots of one symbol, milliseconds; doubles while they do not help, until the book held for a while. */
const PACE = { leastMs: 500, mostMs: 15_000 }
const BACKOFF = { baseMs: 250, maxMs: 15_000 }

/**
 * Book snapshots by REST, at most one waiting per symbol: a barrage of them (each weighs 10) is what gets clients banned. Retried
 * until it is there.
 */
export function createSnapshots(options: SnapshotOptions): (symbol: string) => void {
  const { clock, scheduler, random, signal } = options
  const wanted = new Set<string>()
  const paces = new Map<string, { startedAt: number; paceMs: number }>()
  /** Starts of the last minute's loads, oldest first, at most `MINUTE_LOADS_MAX`. */
  const loads: number[] = []
  /** Those waiting for a slot; no longer than `wanted`. */
  const queue: (() => void)[] = []
  let running = 0

  async function budget(): Promise<void> {
    for (;;) {
      const waitMs = loads.length < MINUTE_LOADS_MAX ? 0 : loads[0]! + MINUTE_MS - clock.monotonicMs()
      if (waitMs <= 0 || signal.aborted) break
      await scheduler.sleep(waitMs, signal)
    }
    loads.push(clock.monotonicMs())
    if (loads.length > MINUTE_LOADS_MAX) loads.shift()
  }
  async function attempt(symbol: string): Promise<(() => void) | undefined> {
    while (running >= PARALLEL_MAX) await new Promise<void>((resolve) => queue.push(resolve))
    running += 1
    try {
      await budget()
      const { paceMs } = paces.get(symbol) ?? { paceMs: PACE.leastMs }
      paces.set(symbol, { startedAt: clock.monotonicMs(), paceMs })
      return await options.load(symbol)
    } catch {
      return undefined
    } finally {
      running -= 1
      queue.shift()?.()
    }
  }
  async function pace(symbol: string): Promise<void> {
    const last = paces.get(symbol)
    if (last === undefined) return
    const agoMs = clock.monotonicMs() - last.startedAt
    const isHelpless = agoMs < 2 * last.paceMs
    if (agoMs < last.paceMs) await scheduler.sleep(last.paceMs - agoMs, signal)
    last.paceMs = isHelpless ? Math.min(2 * last.paceMs, PACE.mostMs) : PACE.leastMs
  }
  async function serve(symbol: string): Promise<void> {
    await pace(symbol)
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
