import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import type { EngineTensor, GraphEngine, GraphSession } from '../../training/graph-engine.port.ts'
import { checkFeeds } from '../onnx/check-feeds.ts'
import { compileGraph, outputTensors, storedOperand } from './compile-graph.ts'
import { type DecodedGraph, decodeGraph } from './decode-graph.ts'
import { isHost, type Operand } from './operand.ts'
import type { Tensor, TensorFlow } from './tensorflow.ts'

/** Graphs interpreted with TensorFlow.js ops, on the backend that `tf` has set; one op at a time, so mind the number of nodes. */
export function tfjsEngine(tf: TensorFlow): GraphEngine {
  return {
    name: 'tfjs',
    async load(bytes) {
      await tf.ready()
      const graph = decodeGraph(bytes)
      for (const { name, float32 } of [...graph.inputs, ...graph.outputs]) {
        if (!float32)
          throw new InputError(`graph: ${name} was of another type; inputs and outputs must be float32`, { name })
      }
      return graphSession(tf, graph)
    },
  }
}

function graphSession(tf: TensorFlow, graph: DecodedGraph): GraphSession {
  const evaluate = compileGraph(tf, graph)
  const stored = storedOperands(tf, graph)
  let released = false
  return {
    provider: tf.getBackend(),
    async run(feeds) {
      check(!released, 'run of a session after its release', tf.getBackend())
      checkFeeds(graph.inputs, feeds)
      const outputs = tf.tidy(() => {
        const values = new Map(stored)
        for (const [name, { dims, data }] of Object.entries(feeds))
          values.set(name, tf.tensor(data, [...dims], 'float32'))
        return outputTensors(tf, graph, evaluate(values))
      })
      try {
        return await engineTensors(outputs)
      } finally {
        tf.dispose(outputs)
      }
    },
    async release() {
      if (released) return
      released = true
      for (const operand of stored.values()) if (!isHost(operand)) operand.dispose()
    },
  }
}

/** The weights in the file, which live until the session's release. */
function storedOperands(tf: TensorFlow, { initializers }: DecodedGraph): ReadonlyMap<string, Operand> {
  return new Map(
    [...initializers].map(([name, tensor]) => {
      const operand = storedOperand(tf, tensor)
      return [name, isHost(operand) ? operand : tf.keep(operand)]
    }),
  )
}

/** Copies: a backend may hand out the very array of a feed or a weight. */
async function engineTensors(outputs: Readonly<Record<string, Tensor>>): Promise<Record<string, EngineTensor>> {
  const entries = Object.entries(outputs).map(async ([name, tensor]): Promise<[string, EngineTensor]> => {
    return [name, { dims: tensor.shape, data: Float32Array.from(await tensor.data()) }]
  })
  return Object.fromEntries(await Promise.all(entries))
}
