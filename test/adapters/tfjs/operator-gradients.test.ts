import { describe, expect, test } from 'vitest'
import { interpretGraph } from '../../../src/adapters/tfjs/interpret-graph.ts'
import type { Tensor } from '../../../src/adapters/tfjs/tensorflow.ts'
import { inputName, type NodeSpec, oneNodeModel, outputName, type TensorValue } from '../onnx/one-node-model.ts'
import { CASES } from './cases/all-cases.ts'
import type { OperatorCase } from './cases/operator-cases.ts'
import { tf } from './cpu-tensorflow.ts'
import { fedInputs, type Outputs, onnxRuntimeNode, plain, tfTensor } from './reference-run.ts'

// The oracle of our gradients must be right itself: several gradients of TensorFlow.js are not (see `shapes.ts`, `reduce.ts`).

const STEP = 2 ** -7
const TOLERANCE = 1e-3

/** Fixed factors of the outputs' elements, so that the loss weighs each of them differently. */
const factor = (output: number, at: number): number => Math.cos(1 + output + 2.3 * at)

const floatOutputs = ({ outputs = ['float32'] }: NodeSpec): number[] =>
  outputs.flatMap((type, at) => (type === 'float32' ? [at] : []))

const lossOf = (spec: NodeSpec, outputs: Outputs): number =>
  floatOutputs(spec).reduce(
    (loss, at) => outputs[outputName(at)]!.values.reduce((sum, value, i) => sum + value * factor(at, i), loss),
    0,
  )

function lossTensor(spec: NodeSpec, outputs: Readonly<Record<string, Tensor>>): Tensor {
  const terms = floatOutputs(spec).map((at) => {
    const y = outputs[outputName(at)]!
    const factors = Array.from({ length: y.size }, (_, i) => factor(at, i))
    return tf.sum(tf.mul(y, tf.tensor(factors, y.shape, 'float32')))
  })
  return tf.addN(terms)
}

/** Places of the inputs to differentiate. */
function places({ inputs, differentiate, ...spec }: OperatorCase): readonly number[] {
  if (floatOutputs({ inputs, ...spec }).length === 0) return []
  return differentiate ?? inputs.flatMap((tensor, at) => (tensor?.type === 'float32' && !tensor.stored ? [at] : []))
}

function gradients(spec: NodeSpec, wrt: readonly number[]): number[][] {
  const run = interpretGraph(tf, oneNodeModel(spec))
  const feeds = Object.fromEntries(fedInputs(spec).map(([name, tensor]) => [name, tfTensor(tf, tensor)]))
  const loss = (...values: Tensor[]): Tensor =>
    lossTensor(spec, run({ ...feeds, ...Object.fromEntries(values.map((value, i) => [inputName(wrt[i]!), value])) }))
  return tf
    .grads(loss)(wrt.map((at) => feeds[inputName(at)]!))
    .map((gradient) => [...plain(gradient).values])
}

/** Slope of the loss, computed by ONNX Runtime, along one element. */
async function slope(
  spec: NodeSpec,
  reference: Awaited<ReturnType<typeof onnxRuntimeNode>>,
  [place, at]: readonly [number, number],
): Promise<number> {
  const moved = async (by: number): Promise<number> => {
    const input = spec.inputs[place] as TensorValue
    const values = input.values.with(at, Math.fround(input.values[at]!) + by)
    return lossOf(spec, await reference(spec.inputs.with(place, { ...input, values })))
  }
  return ((await moved(STEP)) - (await moved(-STEP))) / (2 * STEP)
}

async function expectSlopes(spec: OperatorCase, wrt: readonly number[]): Promise<void> {
  const reference = await onnxRuntimeNode(spec)
  for (const [i, gradient] of gradients(spec, wrt).entries()) {
    for (const [at, value] of gradient.entries()) {
      const expected = await slope(spec, reference, [wrt[i]!, at])
      const near = Math.abs(value - expected) <= TOLERANCE * Math.max(1, Math.abs(expected))
      expect(near ? 'near' : `input ${wrt[i]}[${at}]: ${value}, slope ${expected}`).toBe('near')
    }
  }
}

const differentiable = Object.values(CASES)
  .flatMap(({ fixed }) => fixed)
  .map((spec) => ({ spec, title: `${spec.op}, ${spec.name}`, wrt: places(spec) }))
  .filter(({ wrt }) => wrt.length > 0)

describe('tf.grads through the interpreter gives the slopes of what ONNX Runtime computes', () => {
  test.each(differentiable)('$title', ({ spec, wrt }) => expectSlopes(spec, wrt))
})
