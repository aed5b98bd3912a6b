import type { Scheduler } from '../../core/scheduler.port.ts'

/** Longest delay that Node's timers keep; a longer one would fire at once. */
const DELAY_MS_MAX = 2_147_483_647

/** Real timers. */
export const systemScheduler = (): Scheduler => ({
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(ms, DELAY_MS_MAX))
      signal?.addEventListener('abort', done)
    }),
})
