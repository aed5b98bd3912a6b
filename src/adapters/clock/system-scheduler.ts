import type { Scheduler } from '../../core/scheduler.port.ts'

/** Longest delay that Node's timers keep; a longer one would fire at once. */
const DELAY_MS_MAX = 2_147_483_647

/** Those who sleep until a signal. One listener each would be many: Node warns from the eleventh on. */
const sleepers = new WeakMap<AbortSignal, Set<() => void>>()

function sleepersOf(signal: AbortSignal): Set<() => void> {
  const known = sleepers.get(signal)
  if (known) return known
  const waking = new Set<() => void>()
  sleepers.set(signal, waking)
  const wakeAll = () => {
    for (const wake of waking) wake()
  }
  signal.addEventListener('abort', wakeAll, { once: true })
  return waking
}

/** Real timers. */
export const systemScheduler = (): Scheduler => ({
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const waking = signal && sleepersOf(signal)
      const done = () => {
        clearTimeout(timer)
        waking?.delete(done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(ms, DELAY_MS_MAX))
      waking?.add(done)
    }),
})
