import { ridgeForecasterGraph } from '../../../src/model/ridge-forecaster.ts'
import { LEVELS, sampleModel } from '../../model/sample-model.ts'
import { lstmGraph } from './lstm-graph.ts'

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
const HIDDEN = 64

/** What `npm run bench -- infer` and `npm run gpu-check` go through. Weights do not matter, sizes do. */
export const inferCases = (): readonly InferCase[] => [
  ofSize('ridge', ridgeForecasterGraph(sampleModel(1, STEPS, FEATURES))),
  ofSize('lstm 64x64', lstmGraph({ steps: STEPS, features: FEATURES, hidden: HIDDEN, levels: LEVELS.length })),
]

const ofSize = (name: string, graph: Uint8Array): InferCase => ({ name, graph, steps: STEPS, features: FEATURES })
