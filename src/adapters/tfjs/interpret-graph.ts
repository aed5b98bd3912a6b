import { check } from '../../core/check.ts'
import { compileGraph, outputTensors, storedOperand } from './compile-graph.ts'
import { decodeGraph } from './decode-graph.ts'
import type { Operand } from './operand.ts'
import type { Tensor, TensorFlow } from './tensorflow.ts'

/** Outputs by name from inputs by name. */
export type InterpretedGraph = (feeds: Readonly<Record<string, Tensor>>) => Record<string, Tensor>

/**
 * The graph of an ONNX file as a function made of TensorFlow.js ops alone, so that `tf.grads` and `tf.variableGrads` differentiate it:
 * an oracle for gradients that knows nothing of ours. An input of int64 takes an int32 tensor. A feed under the name of a stored
 * tensor stands in its place, so that stored weights can be differentiated too.
 */
export function interpretGraph(tf: TensorFlow, bytes: Uint8Array): InterpretedGraph {
  const graph = decodeGraph(bytes)
  const evaluate = compileGraph(tf, graph)
  return (feeds) => {
    for (const { name } of graph.inputs) check(feeds[name] !== undefined, `feed for input ${name}`, feeds[name])
    for (const name of Object.keys(feeds)) {
      check(graph.initializers.has(name) || graph.inputs.some((input) => input.name === name), 'feed', name)
    }
    return tf.tidy(() => {
      const values = new Map<string, Operand>(Object.entries(feeds))
      for (const [name, stored] of graph.initializers) {
        if (!values.has(name)) values.set(name, storedOperand(tf, stored))
      }
      return outputTensors(tf, graph, evaluate(values))
    })
  }
}
