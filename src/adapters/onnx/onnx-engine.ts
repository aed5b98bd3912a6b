import './no-telemetry.ts'

import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { check } from '../../core/check.ts'
import { InputError, InvariantError, messageOf } from '../../core/errors.ts'
import type { EngineTensor, GraphEngine, GraphSession } from '../../training/graph-engine.port.ts'
import { autoProviders } from './auto-providers.ts'
import { checkFeeds, type GraphInput } from './check-feeds.ts'

interface OnnxEngineOptions {
  /** Execution provider of ONNX Runtime (`cpu`, `cuda`, `webgpu` …), or `auto`: the first of `providers` that works. */
  readonly provider: string
  /** Threads inside one operator, ≥ 1. The same number gives the same bits on the CPU. */
  readonly threads: number
  /** Order in which `auto` tries. */
  readonly providers?: readonly string[]
}

/** Graphs run by ONNX Runtime, in this process: a run holds the event loop until it is done. */
export function onnxEngine({ provider, threads, providers = autoProviders() }: OnnxEngineOptions): GraphEngine {
  check(Number.isInteger(threads) && threads >= 1, 'threads of the ONNX engine, a whole number ≥ 1,', threads)
  env.logLevel = 'fatal' // A provider that is not there is no news: the one in use is reported.
  return {
    name: 'onnx',
    async load(graph) {
      const failures: string[] = []
      for (const candidate of provider === 'auto' ? providers : [provider]) {
        try {
          return await loadOn(graph, candidate, threads)
        } catch (error) {
          failures.push(`${candidate}: ${messageOf(error)}`)
        }
      }
      throw new InputError(`provider was ${provider}; no provider could load the graph: ${failures.join('; ')}`, {
        provider,
      })
    },
  }
}

async function loadOn(graph: Uint8Array, provider: string, threads: number): Promise<GraphSession> {
  const session = await InferenceSession.create(graph, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  })
  try {
    const inputs = floatSignature(session)
    const loaded = graphSession(session, inputs, provider)
    // Some GPU providers load and fail at their first run.
    if (provider !== 'cpu') await loaded.run(Object.fromEntries(inputs.map((input) => [input.name, zeros(input)])))
    return loaded
  } catch (error) {
    await session.release()
    throw error
  }
}

/** Inputs of a graph that takes and gives float32 tensors only. */
function floatSignature({ inputMetadata, outputMetadata }: InferenceSession): readonly GraphInput[] {
  const floats = (kind: string, values: typeof inputMetadata) =>
    values.map((value) => {
      const type = value.isTensor ? value.type : 'no tensor'
      if (!value.isTensor || type !== 'float32') {
        throw new InputError(`${kind} ${value.name} was ${type}; it must be float32`, { name: value.name })
      }
      return { name: value.name, shape: value.shape }
    })
  floats('output', outputMetadata)
  return floats('input', inputMetadata)
}

function zeros({ shape }: GraphInput): EngineTensor {
  const dims = shape.map((dim) => (typeof dim === 'number' ? dim : 1))
  return { dims, data: new Float32Array(dims.reduce((product, dim) => product * dim, 1)) }
}

function graphSession(session: InferenceSession, inputs: readonly GraphInput[], provider: string): GraphSession {
  let released = false
  return {
    provider,
    async run(feeds) {
      check(!released, 'run of a session after its release', provider)
      checkFeeds(inputs, feeds)
      const tensors: Record<string, Tensor> = {}
      for (const { name } of inputs) tensors[name] = new Tensor('float32', feeds[name]!.data, feeds[name]!.dims)
      try {
        return engineTensors(await session.run(tensors))
      } catch (error) {
        throw new InvariantError(`graph failed on provider ${provider}: ${messageOf(error)}`, { provider }, error)
      }
    },
    async release() {
      if (released) return
      released = true
      await session.release()
    },
  }
}

/** The arrays that ONNX Runtime filled, not copies: a step's outputs are the next step's inputs. */
function engineTensors(results: InferenceSession.ReturnType): Record<string, EngineTensor> {
  const outputs: Record<string, EngineTensor> = {}
  for (const [name, { dims, data }] of Object.entries(results)) outputs[name] = { dims, data: data as Float32Array }
  return outputs
}
