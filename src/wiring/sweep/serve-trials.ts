import { type MessagePort, Worker } from 'node:worker_threads'
import { messageOf } from '../../core/errors.ts'
import type { RunTrial, TrialOutcome } from './trial.ts'

/** What a thread is asked: one trial at a time. `end`: nothing comes after it. */
export type TrialRequest =
  | { readonly kind: 'run'; readonly config: unknown; readonly stop: Int32Array }
  | { readonly kind: 'end' }

/** `ready`, once: all is loaded that trials need. */
export type TrialReply =
  | TrialOutcome
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'ready' }

/** The thread's side. `stop` is memory shared with the other side: it is seen even while a trial keeps the thread busy. */
export function serveTrials(port: MessagePort, run: RunTrial): void {
  const reply = (message: TrialReply): void => port.postMessage(message)
  port.on('message', (request: TrialRequest) => {
    if (request.kind === 'end') return port.close()
    const { config, stop } = request
    const watch = {
      onProgress: (share: number) => reply({ kind: 'progress', share }),
      isStopped: () => Atomics.load(stop, 0) !== 0,
    }
    // A function that throws before its first await counts like any other.
    void Promise.resolve()
      .then(() => run(config, watch))
      .then(
        (result) => reply({ kind: 'done', result }),
        (error: unknown) => reply({ kind: 'failed', cause: messageOf(error) }),
      )
  })
  reply({ kind: 'ready' })
}

/** A thread that runs the module at `url` (`import.meta.url`), which knows by `workerData` that it is meant. */
export const startThread = (url: string, workerData: string): Worker =>
  url.endsWith('.ts')
    ? new Worker(throughLoader(url), { workerData, eval: true })
    : new Worker(new URL(url), { workerData })

/** Run from source, as tests and benches do, a thread needs the loader of TypeScript as well. */
const throughLoader = (url: string): string =>
  `import('tsx/esm/api').then(({ register }) => { register(); return import('${url}') })`
