import * as tf from '@tensorflow/tfjs'
import { interpretGraph } from '../../../src/adapters/tfjs/interpret-graph.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { gradients } from '../../../src/model/graph/gradients/gradients.ts'
import type { Graph, Value } from '../../../src/model/graph/graph.ts'
import { onnxFile } from '../../../src/model/graph/onnx-file.ts'
import { add, mul } from '../../../src/model/graph/ops/elementwise.ts'
import { concat, reshape } from '../../../src/model/graph/ops/layout.ts'
import { reduceSum } from '../../../src/model/graph/ops/reduce.ts'
import { elementCount } from '../../../src/model/graph/shape.ts'
import type { EngineTensor } from '../../../src/training/graph-engine.port.ts'
import type { Tensors } from './run-graph.ts'
import { randomTensor, runFile } from './run-graph.ts'
import type { Form, Subject, Values } from './subject.ts'
import { buildSubject, forward, forwardFile, layoutOfSubject, openMasks } from './subject.ts'

/** One point at which a subject is differentiated. The loss is the sum over all outputs of output × cotangent. */
export interface Point {
  readonly subject: Subject
  /** Flat, [count]. */
  readonly weights: Float32Array
  /** Every input, and masks of dropout sites: where none is given, nothing is dropped. */
  readonly feeds: Tensors
  /** One for each output, of its shape. */
  readonly cotangents: Tensors
}

export interface Gradients {
  readonly outputs: Tensors
  /** By input of the subject. */
  readonly inputs: Tensors
  /** Flat, [count]. */
  readonly weights: EngineTensor
}

/** Normal feeds and cotangents. */
export async function randomPoint(subject: Subject, weights: Float32Array, seed: number): Promise<Point> {
  const random = seededRandom(seed)
  const draw = (dims: readonly number[]): EngineTensor => randomTensor(random, dims)
  const entries = Object.entries(subject.inputs)
  const feeds = Object.fromEntries(entries.map(([name, dims]) => [name, draw(dims)]))
  const outputs = await forward(subject, 'training', weights, feeds)
  const cotangents = Object.fromEntries(Object.entries(outputs).map(([name, { dims }]) => [name, draw(dims)]))
  return { subject, weights, feeds, cotangents }
}

/** What our gradient rules answer, computed by ONNX Runtime from the training form. */
export async function ourGradients({ subject, weights, feeds, cotangents }: Point): Promise<Gradients> {
  const layout = layoutOfSubject(subject)
  const { graph, outputs, tensorOf, dropoutSites } = buildSubject(subject, 'training', layout, weights)
  const inputs = Object.keys(subject.inputs).map((name) => graph.inputs.find((input) => input.name === name)!)
  const parameters = layout.parameters.map(({ name }) => tensorOf!(name))
  const found = gradients(graph, lossOf(graph, outputs), [...inputs, ...parameters])
  for (const [name, value] of Object.entries(outputs)) graph.output(`out/${name}`, value)
  for (const [i, { name }] of inputs.entries()) graph.output(`input/${name}`, found[i]!)
  const flat = found.slice(inputs.length).map((value) => reshape(graph, value, [elementCount(value.shape)]))
  if (flat.length > 0) graph.output('weightsGradient', concat(graph, flat, 0))
  const results = await runFile(onnxFile(graph), {
    ...openMasks(dropoutSites),
    weights: { dims: [layout.count], data: weights },
    ...feeds,
    ...under('cotangent/', cotangents),
  })
  return {
    outputs: without('out/', results),
    inputs: without('input/', results),
    weights: results['weightsGradient'] ?? { dims: [0], data: new Float32Array(0) },
  }
}

function lossOf(graph: Graph, outputs: Values): Value {
  const terms = Object.entries(outputs).map(([name, value]) => {
    const product = mul(graph, value, graph.input(`cotangent/${name}`, value.shape))
    return reshape(graph, reduceSum(graph, product, [...value.shape.keys()]), [])
  })
  return terms.reduce((sum, term) => add(graph, sum, term))
}

/** What TensorFlow.js's own differentiation answers. `form`: the evaluation form knows nothing of our unrolled layers. */
export async function tfjsGradients(
  { subject, weights, feeds, cotangents }: Point,
  form: Exclude<Form, 'serving'> = 'evaluation',
): Promise<Gradients> {
  await tf.setBackend('cpu')
  const { dropoutSites } = buildSubject(subject, form, layoutOfSubject(subject), weights)
  const run = interpretGraph(tf, forwardFile(subject, form, weights))
  const flat: EngineTensor = { dims: [weights.length], data: weights }
  // A subject without weights has nothing to differentiate there.
  const all: Tensors = { ...openMasks(dropoutSites), ...(weights.length > 0 ? { weights: flat } : {}), ...feeds }
  const names = Object.keys(all)
  const outputsOf = (values: readonly tf.Tensor[]) =>
    run({ weights: tfTensor(flat), ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) })
  const loss = (...values: tf.Tensor[]): tf.Scalar => {
    const outputs = without('out/', outputsOf(values))
    const terms = Object.entries(outputs).map(([name, value]) => tf.sum(tf.mul(value, tfTensor(cotangents[name]!))))
    return tf.addN(terms) as tf.Scalar
  }
  const point = Object.values(all).map(tfTensor)
  const outputs = without('out/', outputsOf(point))
  const found = tf.grads(loss)(point)
  const named = Object.fromEntries(names.map((name, i) => [name, plain(found[i]!)]))
  return {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, plain(value)])),
    inputs: Object.fromEntries(Object.keys(subject.inputs).map((name) => [name, named[name]!])),
    weights: named['weights'] ?? flat,
  }
}

const tfTensor = ({ dims, data }: EngineTensor): tf.Tensor => tf.tensor(data, [...dims], 'float32')
const plain = (value: tf.Tensor): EngineTensor => ({
  dims: value.shape,
  data: Float32Array.from(value.dataSync()),
})

/**
 * Slope of the loss along the gradient of the weights over the length of that gradient: 1 when the gradient is right. Central
 * differences of fourth order, (8 (f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h; sums in double precision.
 */
export async function slopeRatio(point: Point, gradient: Float32Array, stepLength: number): Promise<number> {
  const { subject, weights, feeds, cotangents } = point
  const length = Math.hypot(...gradient)
  const lossAt = async (distance: number): Promise<number> => {
    const moved = weights.map((weight, i) => weight + (distance * gradient[i]!) / length)
    const outputs = await forward(subject, 'training', moved, feeds)
    return Object.entries(outputs).reduce((sum, [name, { data }]) => sum + dot(data, cotangents[name]!.data), 0)
  }
  const [f2, f1, b1, b2] = await Promise.all([2, 1, -1, -2].map((times) => lossAt(times * stepLength)))
  return (8 * (f1! - b1!) - (f2! - b2!)) / (12 * stepLength) / length
}

const dot = (left: Float32Array, right: Float32Array): number =>
  left.reduce((sum, value, i) => sum + value * right[i]!, 0)

/** Greatest absolute difference over the greatest expected size, the latter no less than `floor`. */
export function relativeError(actual: EngineTensor, expected: EngineTensor, floor = 1e-12): number {
  if (actual.data.length !== expected.data.length) return Number.POSITIVE_INFINITY
  const difference = greatest(actual.data.map((value, i) => value - expected.data[i]!))
  return difference / Math.max(greatest(expected.data), floor)
}

/** Largest absolute value; NaN when there is one. */
export const greatest = (values: Float32Array): number =>
  values.reduce((max, value) => Math.max(max, Math.abs(value)), 0)

const under = (prefix: string, tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, value]) => [`${prefix}${name}`, value]))

const without = <T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
    ),
  )
