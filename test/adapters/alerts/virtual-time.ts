import type { Clock } from '../../../src/core/clock.port.ts'
import type { Scheduler } from '../../../src/core/scheduler.port.ts'
import { epochMs } from '../../../src/core/units.ts'

/** Time that passes only when told to. */
export function virtualTime(startMs = 1_000_000) {
  let nowMs = startMs
  const waiting = new Set<{ readonly at: number; readonly wake: () => void }>()
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  const clock: Clock = { now: () => epochMs(nowMs), monotonicMs: () => nowMs }
  const scheduler: Scheduler = {
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const sleeper = {
          at: nowMs + ms,
          wake: () => {
            waiting.delete(sleeper)
            resolve()
          },
        }
        waiting.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake)
      }),
  }
  return {
    clock,
    scheduler,
    settle,
    async pass(ms: number) {
      const end = nowMs + ms
      for (;;) {
        await settle()
        const next = [...waiting].sort((a, b) => a.at - b.at)[0]
        if (!next || next.at > end) break
        nowMs = next.at
        next.wake()
      }
      nowMs = end
      await settle()
    },
  }
}
