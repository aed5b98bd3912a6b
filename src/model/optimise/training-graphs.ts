import { gradients } from '../graph/gradients/gradients.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { createGraph } from '../graph/graph.ts'
import type { DropoutSite, Layout, Network } from '../graph/network.ts'
import { collectingNetwork, flatNetwork, layoutOf } from '../graph/network.ts'
import { onnxFile } from '../graph/onnx-file.ts'
import { add } from '../graph/ops/elementwise.ts'
import { concat, reshape } from '../graph/ops/layout.ts'
import { elementCount } from '../graph/shape.ts'
import type { UpdateOptions } from './update-weights.ts'
import { updateWeights } from './update-weights.ts'

/** What is minimised. Declares the inputs it needs (data, targets, weights of rows) on the network's graph; shapes all known. */
export interface Objective {
  readonly name: string
  build(network: Network): {
    /** Scalar, shape []. */
    readonly loss: Value
    /** Further outputs of the evaluation and, where `carried` names them, of the training steps. */
    readonly outputs?: Readonly<Record<string, Value>>
  }
  /** Outputs of a training step beside the loss, e.g. a recurrent state carried to the next. */
  readonly carried?: readonly string[]
}

/**
 * The ONNX files that train an objective. All take its inputs and `weights` [count]:
 * `step` also what `updateWeights` takes, and answers `loss`, `gradientNorm`, `weightsNext`, `momentNext0` …;
 * `accumulate` also `gradientSum` [count] and answers `loss`, `gradientSumNext`;
 * `apply` takes no data but `gradientSum`, and answers as `step` without the loss;
 * `evaluate` answers `loss` and the objective's outputs, without dropout.
 * `step` and `accumulate` take one more input for each dropout site.
 */
export interface TrainingGraphs {
  readonly layout: Layout
  readonly dropoutSites: readonly DropoutSite[]
  readonly step: Uint8Array
  readonly accumulate: Uint8Array
  readonly apply: Uint8Array
  readonly evaluate: Uint8Array
}

/** The parameters that `build` declares, in their order. */
export function parametersOf(build: (network: Network) => unknown): Layout {
  const network = collectingNetwork(createGraph('layout'))
  build(network)
  return layoutOf(network.parameters)
}

export function trainingGraphs(objective: Objective, options: UpdateOptions): TrainingGraphs {
  const layout = parametersOf((network) => objective.build(network))
  const step = differentiated(objective, layout, 'step')
  updateWeights(step.graph, layout, options, step.weights, step.gradient)
  const accumulate = differentiated(objective, layout, 'accumulate')
  const sum = accumulate.graph.input('gradientSum', [layout.count])
  accumulate.graph.output('gradientSumNext', add(accumulate.graph, sum, accumulate.gradient))
  return {
    layout,
    dropoutSites: step.dropoutSites,
    step: onnxFile(step.graph),
    accumulate: onnxFile(accumulate.graph),
    apply: applyGraph(objective.name, layout, options),
    evaluate: evaluateGraph(objective, layout),
  }
}

interface Differentiated {
  readonly graph: Graph
  readonly weights: Value
  /** Flat, [count]. */
  readonly gradient: Value
  readonly dropoutSites: readonly DropoutSite[]
}

/** Forward and backward pass; outputs `loss` and what is carried. */
function differentiated(objective: Objective, layout: Layout, purpose: string): Differentiated {
  const graph = createGraph(`${objective.name} ${purpose}`)
  const weights = graph.input('weights', [layout.count])
  const network = flatNetwork(graph, layout, weights, true)
  const { loss, outputs = {} } = objective.build(network)
  const wrt = layout.parameters.map(({ name }) => network.tensorOf(name))
  const found = gradients(graph, loss, wrt)
  const flat = found.map((gradient) => reshape(graph, gradient, [elementCount(gradient.shape)]))
  graph.output('loss', loss)
  for (const name of objective.carried ?? []) graph.output(name, outputs[name]!)
  return { graph, weights, gradient: concat(graph, flat, 0), dropoutSites: network.dropoutSites }
}

function applyGraph(name: string, layout: Layout, options: UpdateOptions): Uint8Array {
  const graph = createGraph(`${name} apply`)
  const weights = graph.input('weights', [layout.count])
  updateWeights(graph, layout, options, weights, graph.input('gradientSum', [layout.count]))
  return onnxFile(graph)
}

function evaluateGraph(objective: Objective, layout: Layout): Uint8Array {
  const graph = createGraph(`${objective.name} evaluate`)
  const { loss, outputs = {} } = objective.build(
    flatNetwork(graph, layout, graph.input('weights', [layout.count]), false),
  )
  graph.output('loss', loss)
  for (const [name, value] of Object.entries(outputs)) graph.output(name, value)
  return onnxFile(graph)
}
