import { check } from '../../core/check.ts'
import { InputError, messageOf, TransientError } from '../../core/errors.ts'
import type { ModelRuntime, ModelSession } from '../../inference/model-runtime.port.ts'
import { autoProviders } from './auto-providers.ts'
import { startModelWorker, type WorkerReply, type WorkerRequest } from './model-worker.ts'
import type { OnnxRuntimeOptions } from './onnx-runtime.ts'

export interface WorkerRuntimeOptions extends OnnxRuntimeOptions {
  /** Threads that wait for their next model, count; more end. Absent: 2. 0 for the models of one run: nobody would use, or end, them. */
  readonly idleMax?: number
}

/**
 * Models on ONNX Runtime, each in a thread of its own: loading one stops nothing here, and one that hangs holds up its own thread only.
 * A run costs two messages more than in this thread, about 0.1 ms.
 */
export function workerRuntime({
  intraOpThreads = 1,
  providers = autoProviders(),
  idleMax = 2,
}: WorkerRuntimeOptions = {}): ModelRuntime {
  const idle: Host[] = []
  const retire = (host: Host): void => {
    if (idle.length < idleMax) idle.push(host)
    else host.end()
  }
  const free = (): Host => {
    for (let host = idle.pop(); host; host = idle.pop()) if (host.isAlive) return host
    return startHost()
  }
  return {
    autoProviders: providers,
    async load(graph, shape, provider) {
      const host = free()
      try {
        await host.ask({ kind: 'load', graph, shape, provider, intraOpThreads })
      } catch (error) {
        if (host.isAlive) retire(host)
        throw new InputError(messageOf(error), { provider }, error)
      }
      return sessionOn(host, provider, retire)
    },
  }
}

function sessionOn(host: Host, provider: string, retire: (host: Host) => void): ModelSession {
  let isReleased = false
  return {
    provider,
    async run(input, batch, stride) {
      check(!isReleased, 'a run of a model that is not released', provider)
      const { outputs } = await host.ask({ kind: 'run', input, batch, stride })
      return outputs ?? {}
    },
    async release() {
      if (isReleased) return
      isReleased = true
      if (!host.isAlive) return
      // In the middle of a run nobody knows when it will be free: it ends itself then. Stopping it would tear the run apart.
      if (host.isBusy) return host.end()
      await host.ask({ kind: 'release' })
      retire(host)
    },
  }
}

/** A thread, asked one thing at a time. */
interface Host {
  readonly isAlive: boolean
  readonly isBusy: boolean
  /** Rejects with what went wrong there, also when the thread ends. */
  ask(request: WorkerRequest): Promise<Extract<WorkerReply, { kind: 'done' }>>
  /** When it has done what it was asked. */
  end(): void
}

function startHost(): Host {
  const worker = startModelWorker()
  let pending: { resolve(reply: Extract<WorkerReply, { kind: 'done' }>): void; reject(error: Error): void } | undefined
  let isAlive = true
  const settle = () => {
    const one = pending
    pending = undefined
    worker.unref() // Nobody waits: it may not keep the program running.
    return one
  }
  const die = (cause: string): void => {
    isAlive = false
    settle()?.reject(new TransientError(`the thread of the model ended: ${cause}`))
  }
  worker.on('message', (reply: WorkerReply) => {
    if (reply.kind === 'done') settle()?.resolve(reply)
    else settle()?.reject(new TransientError(reply.cause))
  })
  worker.on('error', (error) => die(messageOf(error)))
  worker.on('exit', (code) => die(`exit code ${code}`))
  return {
    get isAlive() {
      return isAlive
    },
    get isBusy() {
      return pending !== undefined
    },
    ask: (request) =>
      new Promise((resolve, reject) => {
        check(pending === undefined, 'requests at once to the thread of a model', 2)
        if (!isAlive) return reject(new TransientError('the thread of the model has ended'))
        pending = { resolve, reject }
        worker.ref()
        worker.postMessage(request)
      }),
    end() {
      isAlive = false
      worker.postMessage({ kind: 'end' } satisfies WorkerRequest)
      worker.unref()
    },
  }
}
