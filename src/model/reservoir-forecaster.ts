import { reservoir } from './architectures/reservoir.ts'
import type { ReservoirSettings } from './architectures/reservoir-matrices.ts'
import { INPUT_NAME } from './forecaster-outputs.ts'
import { createGraph } from './graph/graph.ts'
import { layoutOf, servingNetwork } from './graph/network.ts'
import { onnxFile } from './graph/onnx-file.ts'
import { reshape } from './graph/ops/layout.ts'
import type { RidgeForecaster } from './ridge-forecaster.ts'
import { addRidgeHeads } from './ridge-forecaster.ts'
import type { Scaler } from './scaler.ts'
import { scaledWindow } from './scaler.ts'

interface ReservoirParts {
  readonly steps: number
  /** Of the features. */
  readonly scaler: Scaler
  readonly settings: Omit<ReservoirSettings, 'features'>
  /** On the last state, as a window of one step with a feature for each unit. */
  readonly readOut: RidgeForecaster
}

/** The ONNX file of an echo-state network with a solved read-out: window → scaler → reservoir from state 0 → last state → read-out. */
export function reservoirForecasterGraph({ steps, scaler, settings, readOut }: ReservoirParts): Uint8Array {
  const graph = createGraph(reservoir.name)
  const raw = graph.input(INPUT_NAME, ['batch', steps, scaler.features])
  const window = graph.scope('scaler', () => scaledWindow(graph, raw, scaler))
  const network = servingNetwork(graph, layoutOf([]), new Float32Array(0))
  const state = network.scope('reservoir', () => reservoir.encode(network, window, settings))
  addRidgeHeads(graph, reshape(graph, state, ['batch', 1, settings.units]), readOut)
  return onnxFile(graph)
}
