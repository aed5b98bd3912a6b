import { setMaxListeners } from 'node:events'
import type { Scheduler } from '../../core/scheduler.port.ts'

/** Waiting in the tape's time. */
export interface TapeScheduler extends Scheduler {
  /** Ends the waits that are over at `now`. True when there were any: let them run before the next event. */
  advance(now: number): boolean
  /** The tape is over: ends all waits, and those to come at once. */
  finish(): void
}

interface Sleeper {
  readonly until: number
  wake(): void
}

/** Bounded by its users: one wait per unsettled order and per routine. */
export function tapeScheduler(): TapeScheduler {
  const sleepers = new Set<Sleeper>()
  let now = 0
  let finished = false
  return {
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (finished || signal?.aborted) return resolve()
        const wake = () => {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const sleeper = { until: now + ms, wake }
        sleepers.add(sleeper)
        if (!signal) return
        setMaxListeners(0, signal) // As many as there are waits: see above.
        signal.addEventListener('abort', wake)
      }),
    advance(at) {
      now = at
      if (sleepers.size === 0) return false
      const due = [...sleepers].filter(({ until }) => until <= at).sort((a, b) => a.until - b.until)
      for (const { wake } of due) wake()
      return due.length > 0
    },
    finish() {
      finished = true
      for (const { wake } of [...sleepers]) wake()
    },
  }
}
