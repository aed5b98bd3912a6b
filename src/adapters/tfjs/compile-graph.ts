import { InputError, InvariantError, messageOf } from '../../core/errors.ts'
import { attributesOf } from './attributes.ts'
import type { DecodedGraph, DecodedNode } from './decode-graph.ts'
import type { StoredTensor } from './decode-tensor.ts'
import { inputsOf, isHost, type Operand, toTensor } from './operand.ts'
import type { Kernel, NodeContext } from './operator.ts'
import { OPERATORS } from './operators/table.ts'
import type { Tensor, TensorFlow } from './tensorflow.ts'

/** Computes every value of a graph from those given, by name. */
export type Evaluate = (given: ReadonlyMap<string, Operand>) => ReadonlyMap<string, Operand>

/** Looks up each node's operator and lets it read its attributes. An operator that is unknown or refuses: `InputError`. */
export function compileGraph(tf: TensorFlow, graph: DecodedGraph): Evaluate {
  const steps = graph.nodes.map((node) => ({
    ...node,
    where: `node ${node.op} ${node.name}`,
    kernel: compile(tf, node),
  }))
  return (given) => {
    const values = new Map(given)
    for (const { inputs, outputs, where, kernel } of steps) {
      const results = evaluate(where, () =>
        kernel(
          inputsOf(
            tf,
            inputs.map((name) => values.get(name)),
          ),
        ),
      )
      for (const [at, name] of outputs.entries()) {
        const result = results[at]
        if (result === undefined) throw new InvariantError(`${where} has no output ${at}`, { name })
        values.set(name, result)
      }
    }
    return values
  }
}

function compile(tf: TensorFlow, node: DecodedNode): Kernel {
  const attributes = attributesOf(node.attributes)
  const hasInput = (at: number): boolean => (node.inputs[at] ?? '') !== ''
  const kernel = prepare(node, { tf, attributes, hasInput, outputCount: node.outputs.length })
  const [unread] = attributes.unread()
  if (unread !== undefined) throw refusal(node, `attribute ${unread} is not among those it knows`)
  return kernel
}

function prepare(node: DecodedNode, context: NodeContext): Kernel {
  const operator = Object.hasOwn(OPERATORS, node.op) ? OPERATORS[node.op] : undefined
  if (!operator) throw refusal(node, 'the operator is not among those it knows')
  try {
    return operator(context)
  } catch (error) {
    throw refusal(node, messageOf(error))
  }
}

const refusal = ({ op, name }: DecodedNode, why: string): InputError =>
  new InputError(`engine tfjs cannot run node ${op} ${name}: ${why}`, { op, name })

function evaluate(where: string, run: () => Operand | readonly Operand[]): readonly Operand[] {
  try {
    const result = run()
    return Array.isArray(result) ? (result as readonly Operand[]) : [result as Operand]
  } catch (error) {
    throw new InvariantError(`${where}: ${messageOf(error)}`, {}, error)
  }
}

/** A stored tensor as an operand: integers stay on the host. */
export function storedOperand(tf: TensorFlow, { dims, values }: StoredTensor): Operand {
  if (values instanceof Float32Array) return tf.tensor(values, [...dims], 'float32')
  if (values instanceof Uint8Array) return tf.tensor(values, [...dims], 'bool')
  return { dims, ints: values }
}

/** The graph's outputs as tensors of their own, which may be disposed whatever else refers to their data. */
export function outputTensors(
  tf: TensorFlow,
  graph: DecodedGraph,
  values: ReadonlyMap<string, Operand>,
): Record<string, Tensor> {
  return Object.fromEntries(
    graph.outputs.map(({ name }) => {
      const value = values.get(name)!
      return [name, isHost(value) ? toTensor(tf, value) : tf.clone(value)]
    }),
  )
}
