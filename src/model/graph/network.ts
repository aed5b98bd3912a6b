import { check } from '../../core/check.ts'
import type { Graph, Value } from './graph.ts'
import { expectShape } from './graph.ts'
import type { InitialWeights } from './initial-weights.ts'
import { mul } from './ops/elementwise.ts'
import { reshape, split } from './ops/layout.ts'
import type { StaticShape } from './shape.ts'
import { elementCount, staticShape } from './shape.ts'

/** A trained tensor. */
export interface Parameter {
  readonly name: string
  readonly shape: StaticShape
  readonly initial: InitialWeights
  /** Weight decay and the L1 penalty act on it: on weights of products, not on biases and norms. */
  readonly decays: boolean
}

/** A place where a layer drops elements while it trains. */
export interface DropoutSite {
  /** Name of the mask's input: elements are 0 or 1 / (1 − rate). */
  readonly name: string
  readonly shape: StaticShape
  /** Share dropped, above 0 to below 1. */
  readonly rate: number
}

/** What layers build on: the graph, and tensors that training moves. */
export interface Network {
  readonly graph: Graph
  /** Training graphs may be shaped for gradients, serving graphs for speed; both compute the same. */
  readonly training: boolean
  /** `name` is put under the scope of the graph and is unique within the network. */
  parameter(name: string, shape: StaticShape, initial: InitialWeights, decays?: boolean): Value
  /** `value` with a share of `rate` dropped while training, `value` itself otherwise (Srivastava et al. 2014, inverted). */
  dropout(value: Value, rate: number): Value
  scope<T>(name: string, build: () => T): T
}

/** All parameters of a network, in the order of the flat vector that holds them one after another. */
export interface Layout {
  readonly parameters: readonly Parameter[]
  readonly count: number
}

export const layoutOf = (parameters: readonly Parameter[]): Layout => ({
  parameters,
  count: parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0),
})

/** Places of each parameter in the flat vector. */
export function offsetsOf({ parameters }: Layout): ReadonlyMap<string, { readonly from: number; readonly to: number }> {
  let from = 0
  return new Map(
    parameters.map(({ name, shape }) => {
      const place = { from, to: from + elementCount(shape) }
      from = place.to
      return [name, place]
    }),
  )
}

/** Where the tensors of parameters come from. */
type Source = (parameter: Parameter, name: string) => Value

interface RecordingNetwork extends Network {
  readonly parameters: readonly Parameter[]
  readonly dropoutSites: readonly DropoutSite[]
}

function network(graph: Graph, training: boolean, source: Source): RecordingNetwork {
  const parameters: Parameter[] = []
  const dropoutSites: DropoutSite[] = []
  const path: string[] = []
  return {
    graph,
    training,
    parameters,
    dropoutSites,
    parameter: (own, shape, initial, decays = true) => {
      const name = [...path, own].join('/')
      check(!parameters.some((known) => known.name === name), 'parameter named once', name)
      const parameter = { name, shape, initial, decays }
      parameters.push(parameter)
      return source(parameter, own)
    },
    dropout: (value, rate) => {
      check(rate >= 0 && rate < 1, 'dropout rate from 0 to below 1', rate)
      if (!training || rate === 0) return value
      const name = `dropout_${dropoutSites.length}`
      const shape = staticShape(value.shape)
      dropoutSites.push({ name, shape, rate })
      return mul(graph, value, graph.input(name, shape))
    },
    scope: (name, build) => {
      path.push(name)
      try {
        return graph.scope(name, build)
      } finally {
        path.pop()
      }
    },
  }
}

/** A network whose parameters are inputs of the graph: to find out which there are. */
export const collectingNetwork = (graph: Graph): RecordingNetwork =>
  network(graph, true, ({ name, shape }) => graph.input(`parameter/${name}`, shape))

export interface FlatNetwork extends RecordingNetwork {
  /** The tensor of a parameter. */
  tensorOf(name: string): Value
}

/** A network whose parameters are cut from the flat vector `weights` [count], an input of the graph. */
export function flatNetwork(graph: Graph, layout: Layout, weights: Value, training: boolean): FlatNetwork {
  const sizes = layout.parameters.map(({ shape }) => elementCount(shape))
  const parts = graph.scope('weights', () =>
    split(graph, weights, 0, sizes).map((part, i) => reshape(graph, part, layout.parameters[i]!.shape)),
  )
  const byName = new Map(layout.parameters.map(({ name }, i) => [name, parts[i]!]))
  const tensorOf = (name: string): Value => {
    const value = byName.get(name)
    check(value !== undefined, 'parameter of the layout', name)
    return value!
  }
  const source: Source = ({ name, shape }) => expectShape(`parameter ${name}`, tensorOf(name), shape)
  return { ...network(graph, training, source), tensorOf }
}

/** A network whose parameters are stored in the graph. `weights`: [count]. */
export function servingNetwork(graph: Graph, layout: Layout, weights: Float32Array): RecordingNetwork {
  check(weights.length === layout.count, `weights for ${layout.count} places`, weights.length)
  const offsets = offsetsOf(layout)
  return network(graph, false, ({ name, shape }, own) => {
    const place = offsets.get(name)
    check(place !== undefined, 'parameter of the layout', name)
    return graph.constant(own, weights.subarray(place!.from, place!.to), shape)
  })
}
