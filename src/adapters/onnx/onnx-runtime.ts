import { existsSync } from 'node:fs'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { InputError, messageOf } from '../../core/errors.ts'
import type { ModelRuntime, ModelSession } from '../../inference/model-runtime.port.ts'

/** Linux device files without which no GPU provider can work: NVIDIA, any other GPU, WSL. */
const GPU_DEVICES = ['/dev/nvidiactl', '/dev/dri', '/dev/dxg']

/** Best first. CPU stands last and always works. Where no GPU is to be seen, none is tried: each attempt costs time and noise. */
function autoProviders(): readonly string[] {
  const gpu = process.platform !== 'linux' || GPU_DEVICES.some((path) => existsSync(path))
  return gpu ? ['cuda', 'webgpu', 'cpu'] : ['cpu']
}

interface OnnxRuntimeOptions {
  /** Threads inside one operator, ≥ 1. 1 suits small models: no hand-over, and results do not depend on the machine. */
  readonly intraOpThreads?: number
  /** Order in which `auto` tries providers. */
  readonly providers?: readonly string[]
}

/** Models on ONNX Runtime, in this process. */
export function onnxRuntime({
  intraOpThreads = 1,
  providers = autoProviders(),
}: OnnxRuntimeOptions = {}): ModelRuntime {
  // A provider that is not there is no news: the one in use is reported.
  env.logLevel = 'fatal'
  return {
    async load(graph, { steps, features }, provider) {
      const failures: string[] = []
      for (const candidate of provider === 'auto' ? providers : [provider]) {
        try {
          const session = await InferenceSession.create(graph, sessionOptions(candidate, intraOpThreads))
          const loaded = modelSession(session, candidate, steps, features)
          // Some providers load and fail at their first run.
          await loaded.run(new Float32Array(steps * features), 1)
          return loaded
        } catch (error) {
          failures.push(`${candidate}: ${messageOf(error)}`)
        }
      }
      throw new InputError(
        `model.provider was ${provider}; no execution provider could load the model: ${failures.join('; ')}`,
        {
          provider,
        },
      )
    },
  }
}

const sessionOptions = (provider: string, intraOpThreads: number): InferenceSession.SessionOptions => ({
  executionProviders: [provider],
  intraOpNumThreads: intraOpThreads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
})

function modelSession(session: InferenceSession, provider: string, steps: number, features: number): ModelSession {
  const inputName = session.inputNames[0] ?? ''
  return {
    provider,
    async run(input, batch) {
      const results = await session.run({ [inputName]: new Tensor('float32', input, [batch, steps, features]) })
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => {
          if (tensor.data instanceof Float32Array) return [name, tensor.data]
          throw new InputError(`model output ${name} was ${tensor.type}; it must be float32`, { name })
        }),
      )
    },
    release: () => session.release(),
  }
}
