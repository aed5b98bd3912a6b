import { ARCHITECTURE_NAMES } from '../../../src/model/architectures/registry.ts'
import { freshForecaster } from '../../../src/model/fresh-forecaster.ts'
import { ridgeForecasterGraph } from '../../../src/model/ridge-forecaster.ts'
import { sampleModel } from '../../model/sample-model.ts'

/** One architecture to be timed. */
export interface InferCase {
  readonly name: string
  /** An ONNX file with the inputs and outputs of a forecaster; five quantile levels. */
  readonly graph: Uint8Array
  readonly steps: number
  readonly features: number
}

const STEPS = 64
const FEATURES = 40

/** What `npm run bench -- infer` and `npm run gpu-check` go through: every architecture with its options' defaults (64 wide). Weights do not matter. */
export const inferCases = (): readonly InferCase[] => [
  ofSize('ridge', ridgeForecasterGraph(sampleModel(1, STEPS, FEATURES))),
  ...ARCHITECTURE_NAMES.map((name) => ofSize(name, freshForecaster(name, STEPS, FEATURES))),
]

const ofSize = (name: string, graph: Uint8Array): InferCase => ({ name, graph, steps: STEPS, features: FEATURES })
