import { TransientError } from '../core/errors.ts'
import type { Scheduler } from '../core/scheduler.port.ts'

/** Bound on waiting, milliseconds. */
export interface TimeLimit {
  readonly ms: number
  readonly scheduler: Scheduler
}

/** It was not over in time. It may still end; nobody waits for it. */
export class OverdueError extends TransientError {}

/** `work`, or `OverdueError`. Without a limit it waits for ever. */
export function within<T>(limit: TimeLimit | undefined, what: string, work: Promise<T>): Promise<T> {
  if (!limit) return work
  const done = new AbortController()
  return new Promise((resolve, reject) => {
    void work.then(resolve, reject).finally(() => done.abort())
    void limit.scheduler.sleep(limit.ms, done.signal).then(() => {
      if (!done.signal.aborted) reject(new OverdueError(`${what} was not over after ${limit.ms} ms`))
    })
  })
}
