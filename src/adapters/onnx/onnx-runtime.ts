import './no-telemetry.ts'

import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { InputError, messageOf } from '../../core/errors.ts'
import type { ModelRuntime, ModelSession } from '../../inference/model-runtime.port.ts'
import { autoProviders } from './auto-providers.ts'

export interface OnnxRuntimeOptions {
  /** Threads inside one operator, ≥ 1. 1 suits small models: no hand-over, and results do not depend on the machine. */
  readonly intraOpThreads?: number
  /** Order in which `auto` tries providers. */
  readonly providers?: readonly string[]
}

/**
 * Models on ONNX Runtime, in this thread: a load or a run stops everything else in it, and one that hangs never gives it back. A daemon
 * takes `workerRuntime`.
 */
export function onnxRuntime({
  intraOpThreads = 1,
  providers = autoProviders(),
}: OnnxRuntimeOptions = {}): ModelRuntime {
  // What goes wrong is thrown too.
  env.logLevel = 'fatal'
  return {
    autoProviders: providers,
    async load(graph, { steps, features }, provider) {
      let session: InferenceSession | undefined
      try {
        session = await InferenceSession.create(graph, sessionOptions(provider, intraOpThreads))
        const loaded = modelSession(session, provider, steps, features)
        // Some providers load and fail at their first run.
        await loaded.run(new Float32Array(steps * features), 1)
        return loaded
      } catch (error) {
        await session?.release()
        throw new InputError(`provider ${provider} cannot run the model: ${messageOf(error)}`, { provider }, error)
      }
    },
  }
}

const sessionOptions = (provider: string, intraOpThreads: number): InferenceSession.SessionOptions => ({
  executionProviders: [provider],
  intraOpNumThreads: intraOpThreads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  // Its helpers would burn a core between two runs, waiting; the daemon and the trainer have better use for it.
  extra: { session: { intra_op: { allow_spinning: '0' } } },
})

function modelSession(session: InferenceSession, provider: string, steps: number, features: number): ModelSession {
  const inputName = session.inputNames[0] ?? ''
  let running: Promise<unknown> = Promise.resolve()
  return {
    provider,
    async run(input, batch, stride) {
      const dense = stride === undefined ? input : unfolded(input, batch, stride, steps * features)
      const run = session.run({ [inputName]: new Tensor('float32', dense, [batch, steps, features]) })
      running = run.catch(() => undefined)
      const results = await run
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => {
          if (tensor.data instanceof Float32Array) return [name, tensor.data]
          throw new InputError(`model output ${name} was ${tensor.type}; it must be float32`, { name })
        }),
      )
    },
    async release() {
      await running
      await session.release()
    },
  }
}

/** Each of `batch` windows of `width` values by itself. */
function unfolded(input: Float32Array, batch: number, stride: number, width: number): Float32Array {
  const dense = new Float32Array(batch * width)
  for (let row = 0; row < batch; row += 1) dense.set(input.subarray(row * stride, row * stride + width), row * width)
  return dense
}
