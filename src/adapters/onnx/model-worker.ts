import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads'
import { messageOf } from '../../core/errors.ts'
import type { ModelSession } from '../../inference/model-runtime.port.ts'
import { onnxRuntime } from './onnx-runtime.ts'

/** What the thread is asked, one thing at a time. `end`: nothing comes after it; the thread ends itself. */
export type WorkerRequest =
  | {
      readonly kind: 'load'
      readonly graph: Uint8Array
      readonly shape: { readonly steps: number; readonly features: number }
      readonly provider: string
      readonly intraOpThreads: number
    }
  | { readonly kind: 'run'; readonly input: Float32Array; readonly batch: number; readonly stride?: number | undefined }
  | { readonly kind: 'release' }
  | { readonly kind: 'end' }

/** One for each request but `end`. `outputs`: of a run. */
export type WorkerReply =
  | { readonly kind: 'done'; readonly outputs?: Readonly<Record<string, Float32Array>> }
  | { readonly kind: 'failed'; readonly cause: string }

const MARK = 'tickwright-model-worker'

/** A thread that holds at most one session. It keeps nobody waiting for it at the end of the program. */
export function startModelWorker(): Worker {
  const { url } = import.meta
  const worker = url.endsWith('.ts')
    ? new Worker(throughLoader(url), { workerData: MARK, eval: true })
    : new Worker(new URL(url), { workerData: MARK })
  worker.unref()
  return worker
}

/** Run from source, as tests and benches do, a thread needs the loader of TypeScript as well. */
const throughLoader = (url: string): string =>
  `import('tsx/esm/api').then(({ register }) => { register(); return import('${url}') })`

function serve(port: MessagePort): void {
  let session: ModelSession | undefined
  const answer = async (request: WorkerRequest): Promise<WorkerReply> => {
    switch (request.kind) {
      case 'load': {
        const { graph, shape, provider, intraOpThreads } = request
        session = await onnxRuntime({ intraOpThreads }).load(graph, shape, provider)
        return { kind: 'done' }
      }
      case 'run':
        if (!session) return { kind: 'failed', cause: 'no model is loaded' }
        return { kind: 'done', outputs: await session.run(request.input, request.batch, request.stride) }
      case 'release':
        await session?.release()
        session = undefined
        return { kind: 'done' }
      case 'end':
        await session?.release()
        port.close()
        return { kind: 'done' }
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  port.on('message', (request: WorkerRequest) => {
    last = last
      .then(() => answer(request))
      .catch((error: unknown): WorkerReply => ({ kind: 'failed', cause: messageOf(error) }))
      .then((reply) => {
        if (request.kind !== 'end') port.postMessage(reply)
      })
  })
}

if (parentPort && workerData === MARK) serve(parentPort)
