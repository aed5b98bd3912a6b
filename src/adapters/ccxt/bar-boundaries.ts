import { setImmediate } from 'node:timers/promises'
import type { Scheduler } from '../../core/scheduler.port.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'

interface BoundaryOptions {
  readonly barMs: number
  /** How long after a boundary late frames may still arrive, milliseconds. */
  readonly graceMs: number
  /** Exchange clock. */
  now(): EpochMs
  readonly scheduler: Scheduler
  readonly signal: AbortSignal
  emit(boundary: EpochMs): void
}

/** No sleep is longer: the clock's estimate may change meanwhile. */
const SLEEP_MS_MAX = 1_000

/**
 * Calls `emit` for each bar boundary `graceMs` after it. A process that was held up emits only the newest boundary: one watermark
 * closes all bars before it.
 */
export async function watchBoundaries(options: BoundaryOptions): Promise<void> {
  const { barMs, graceMs, now, scheduler, signal, emit } = options
  const passed = () => Math.floor((now() - graceMs) / barMs) * barMs
  let last = passed()
  while (!signal.aborted) {
    const waitMs = last + barMs + graceMs - now()
    if (waitMs > 0) {
      await scheduler.sleep(Math.min(waitMs, SLEEP_MS_MAX), signal)
      continue
    }
    // Timers run before I/O: what already lies in the sockets belongs before the watermark.
    await setImmediate()
    if (signal.aborted) return
    last = Math.max(last + barMs, passed())
    emit(epochMs(last))
  }
}
