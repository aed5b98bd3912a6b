import { seededRandom } from '../../../src/core/random.ts'
import { drawWeights } from '../../../src/model/graph/draw-weights.ts'
import type { Graph, Value } from '../../../src/model/graph/graph.ts'
import { createGraph } from '../../../src/model/graph/graph.ts'
import type { DropoutSite, Layout, Network } from '../../../src/model/graph/network.ts'
import { flatNetwork, offsetsOf, servingNetwork } from '../../../src/model/graph/network.ts'
import { onnxFile } from '../../../src/model/graph/onnx-file.ts'
import { parametersOf } from '../../../src/model/optimise/training-graphs.ts'
import type { Tensors } from './run-graph.ts'
import { filledTensor, runFile } from './run-graph.ts'

export type Values = Readonly<Record<string, Value>>

/** A layer or an architecture under test. The first axis of every input and output is the batch. */
export interface Subject {
  /** Shapes of the inputs. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
  /** Answers the outputs. */
  build(network: Network, inputs: Values): Values
}

/** `serving`: weights stored, batch of any size. `training`: weights cut from an input, the batch known. `evaluation`: as training, but `network.training` is false. */
export type Form = 'serving' | 'evaluation' | 'training'

export const layoutOfSubject = (subject: Subject): Layout =>
  parametersOf((network) => subject.build(network, declareInputs(network.graph, subject, 'training')))

export function declareInputs(graph: Graph, { inputs }: Subject, form: Form): Values {
  const entries = Object.entries(inputs).map(([name, dims]): [string, Value] => {
    const shape = form === 'serving' ? ['batch', ...dims.slice(1)] : dims
    return [name, graph.input(name, shape)]
  })
  return Object.fromEntries(entries)
}

export interface BuiltSubject {
  readonly graph: Graph
  readonly outputs: Values
  /** The tensor of a parameter; of the evaluation and training forms. */
  readonly tensorOf?: (name: string) => Value
  readonly dropoutSites: readonly DropoutSite[]
}

/** The nodes of a subject, its outputs not yet declared. `weights`: [count]. */
export function buildSubject(subject: Subject, form: Form, layout: Layout, weights: Float32Array): BuiltSubject {
  const graph = createGraph(form)
  if (form === 'serving') {
    const network = servingNetwork(graph, layout, weights)
    const outputs = subject.build(network, declareInputs(graph, subject, form))
    return { graph, outputs, dropoutSites: [] }
  }
  const network = flatNetwork(graph, layout, graph.input('weights', [layout.count]), form === 'training')
  const outputs = subject.build(network, declareInputs(graph, subject, form))
  return { graph, outputs, dropoutSites: network.dropoutSites, tensorOf: network.tensorOf }
}

/** The forward pass alone. */
export function forwardFile(subject: Subject, form: Form, weights: Float32Array): Uint8Array {
  const { graph, outputs } = buildSubject(subject, form, layoutOfSubject(subject), weights)
  for (const [name, value] of Object.entries(outputs)) graph.output(`out/${name}`, value)
  return onnxFile(graph)
}

/** Masks that drop nothing. */
export const openMasks = (sites: readonly DropoutSite[]): Tensors =>
  Object.fromEntries(sites.map(({ name, shape }) => [name, filledTensor(shape, 1)]))

/** Outputs of the forward pass; nothing is dropped where `feeds` holds no masks. */
export async function forward(subject: Subject, form: Form, weights: Float32Array, feeds: Tensors): Promise<Tensors> {
  const layout = layoutOfSubject(subject)
  const { dropoutSites } = buildSubject(subject, form, layout, weights)
  const given = form === 'serving' ? {} : { weights: { dims: [layout.count], data: weights } }
  const outputs = await runFile(forwardFile(subject, form, weights), { ...openMasks(dropoutSites), ...given, ...feeds })
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name.slice('out/'.length), value]))
}

/** A fresh network's weights, biases not left at 0. */
export function testWeights(layout: Layout, seed: number): Float32Array {
  const random = seededRandom(seed)
  return drawWeights(layout, random).map((weight) => weight + 0.1 * (random() - 0.5))
}

/** The flat vector of named tensors, all that the layout has. */
export function weightsFrom(layout: Layout, tensors: Readonly<Record<string, ArrayLike<number>>>): Float32Array {
  const weights = new Float32Array(layout.count)
  for (const [name, { from, to }] of offsetsOf(layout)) {
    const values = tensors[name]
    if (values?.length !== to - from) throw new Error(`${name}: ${to - from} values, not ${values?.length}`)
    weights.set(Array.from(values), from)
  }
  return weights
}

/** The flat vector cut into its parameters. */
export const byParameter = (layout: Layout, flat: Float32Array): Tensors =>
  Object.fromEntries(
    [...offsetsOf(layout)].map(([name, { from, to }], i) => [
      name,
      { dims: layout.parameters[i]!.shape, data: flat.subarray(from, to) },
    ]),
  )
