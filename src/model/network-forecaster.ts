import type { Architecture } from './architectures/architecture.ts'
import { INPUT_NAME, OUTPUT_NAMES } from './forecaster-outputs.ts'
import type { Graph, Value } from './graph/graph.ts'
import { createGraph } from './graph/graph.ts'
import type { Layout, Network } from './graph/network.ts'
import { servingNetwork } from './graph/network.ts'
import { onnxFile } from './graph/onnx-file.ts'
import { forecastHeads } from './heads/forecast-heads.ts'
import { forecastLoss, forecastTargets } from './heads/forecast-loss.ts'
import { forecastOutputs } from './heads/forecast-outputs.ts'
import type { HeadOptions } from './heads/head-options.ts'
import type { Objective } from './optimise/training-graphs.ts'
import { parametersOf } from './optimise/training-graphs.ts'
import type { Scaler } from './scaler.ts'
import { scaledWindow } from './scaler.ts'

/** An architecture with its options filled in. */
export interface Encoder {
  readonly architecture: Architecture<unknown>
  readonly options: unknown
}

/** What a network forecaster is, but for its weights. */
export interface ForecasterShape {
  readonly encoder: Encoder
  readonly heads: HeadOptions
  /** Probabilities of the quantiles, ascending. */
  readonly levels: readonly number[]
  readonly steps: number
  readonly features: number
}

/** From training: what turns raw windows into the network's and its answers into basis points. */
export interface ForecasterScales {
  readonly scaler: Scaler
  /** One deviation of the target, basis points. */
  readonly scaleBps: number
  /** A return within ± this counts as flat, basis points. */
  readonly thresholdBps: number
}

/** Parameters of encoder and heads, in the order of the flat weights. */
export const forecasterLayout = (shape: ForecasterShape): Layout =>
  parametersOf((network) => headsOf(network, windowInput(network.graph, shape, 1), shape))

/** The ONNX file that serves: raw windows in, basis points out; see `forecaster-outputs.ts`. `weights`: flat, as `forecasterLayout`. */
export function forecasterGraph(shape: ForecasterShape, scales: ForecasterScales, weights: Float32Array): Uint8Array {
  const graph = createGraph(shape.encoder.architecture.name)
  const network = servingNetwork(graph, forecasterLayout(shape), weights)
  const raw = graph.input(INPUT_NAME, ['batch', shape.steps, shape.features])
  const window = graph.scope('scaler', () => scaledWindow(graph, raw, scales.scaler))
  const values = headsOf(network, window, shape)
  const outputs = graph.scope('outputs', () =>
    forecastOutputs(graph, values, {
      levels: shape.levels,
      scaleBps: scales.scaleBps,
      thresholdBps: scales.thresholdBps,
    }),
  )
  for (const name of OUTPUT_NAMES) graph.output(name, outputs[name])
  return onnxFile(graph)
}

/**
 * What training minimises, for batches of `batch` rows: inputs `window` [batch, steps, features], scaled as the serving graph scales
 * them, and those of `forecastTargets`. Outputs the parts of the loss.
 */
export function forecasterObjective(shape: ForecasterShape, batch: number, classWeights: readonly number[]): Objective {
  return {
    name: shape.encoder.architecture.name,
    build: (network) => {
      const { graph } = network
      const values = headsOf(network, windowInput(graph, shape, batch), shape)
      const { heads, levels } = shape
      const { loss, parts } = graph.scope('loss', () =>
        forecastLoss(graph, values, forecastTargets(graph, batch), { heads, levels, classWeights }),
      )
      return { loss, outputs: parts }
    },
  }
}

const windowInput = (graph: Graph, { steps, features }: ForecasterShape, batch: number): Value =>
  graph.input('window', [batch, steps, features])

function headsOf(network: Network, window: Value, { encoder, heads, levels }: ForecasterShape) {
  const { architecture, options } = encoder
  const representation = network.scope('encoder', () => architecture.encode(network, window, options))
  return network.scope('heads', () => forecastHeads(network, representation, heads, levels))
}
