import { setTimeout as wait } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { check } from '../../core/check.ts'
import { messageOf } from '../../core/errors.ts'
import type { TrialReply, TrialRequest } from './serve-trials.ts'
import type { TrialOutcome } from './trial.ts'

/** How long a thread may take to load what it needs, milliseconds; a trial's own time begins after it. */
const START_MS_MAX = 60_000
/** How long a thread that is asked to end may take, milliseconds. */
const END_MS_MAX = 5_000

/** A thread, asked for one trial at a time. */
export interface TrialThread {
  /** False after a crash, or a trial that took too long: another thread takes its place. */
  readonly isAlive: boolean
  /** Never rejects: a thread that ends, or takes longer than `msMax`, is a failed trial. */
  run(config: unknown, msMax: number, onProgress: (share: number) => void): Promise<TrialOutcome>
  /** Asks it to end, also in the middle of a trial, and stops it when it does not. */
  end(): Promise<void>
}

export function trialThread(start: () => Worker): TrialThread {
  const worker = start()
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  let isAlive = true
  let isReady = false
  let late: NodeJS.Timeout | undefined
  let current: { settle(outcome: TrialOutcome): void; onProgress(share: number): void; msMax: number } | undefined

  const die = (cause: string): void => {
    isAlive = false
    current?.settle({ kind: 'failed', cause })
    void worker.terminate()
  }
  function limit(msMax: number): void {
    clearTimeout(late)
    late = setTimeout(() => die(`no result after ${msMax} ms`), msMax)
  }
  worker.on('message', (reply: TrialReply) => {
    if (reply.kind === 'ready') {
      isReady = true
      if (current) limit(current.msMax)
    } else if (reply.kind === 'progress') current?.onProgress(reply.share)
    else current?.settle(reply)
  })
  worker.on('messageerror', (error) => die(`its answer cannot be read: ${messageOf(error)}`))
  worker.on('error', (error) => die(`its thread crashed: ${messageOf(error)}`))
  worker.on('exit', (code) => die(`its thread ended with exit code ${code}`))

  return {
    get isAlive() {
      return isAlive
    },
    run: (config, msMax, onProgress) =>
      new Promise((resolve) => {
        check(current === undefined, 'trials at once in a thread', 2)
        limit(isReady ? msMax : START_MS_MAX)
        current = {
          onProgress,
          msMax,
          settle(outcome) {
            clearTimeout(late)
            current = undefined
            resolve(outcome)
          },
        }
        worker.postMessage({ kind: 'run', config, stop } satisfies TrialRequest)
      }),
    async end() {
      isAlive = false
      Atomics.store(stop, 0, 1)
      worker.postMessage({ kind: 'end' } satisfies TrialRequest)
      clearTimeout(late)
      const timeUp = new AbortController()
      await Promise.race([exited, wait(END_MS_MAX, undefined, timeUp).catch(() => undefined)])
      timeUp.abort()
      await worker.terminate()
    },
  }
}
