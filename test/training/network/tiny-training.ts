import { onnxEngine } from '../../../src/adapters/onnx/onnx-engine.ts'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { drawWeights } from '../../../src/model/graph/draw-weights.ts'
import { tanh } from '../../../src/model/graph/ops/elementwise.ts'
import { reshape } from '../../../src/model/graph/ops/layout.ts'
import { squaredLoss, weightedSum } from '../../../src/model/heads/losses.ts'
import { dense } from '../../../src/model/layers/dense.ts'
import { momentCount } from '../../../src/model/optimise/optimiser.ts'
import type { Objective } from '../../../src/model/optimise/training-graphs.ts'
import { trainingGraphs } from '../../../src/model/optimise/training-graphs.ts'
import type { BatchSource } from '../../../src/training/network/batches.ts'
import { evaluationOf, shuffledTraining } from '../../../src/training/network/batches.ts'
import type { TrainingRequest, TrainingSettings } from '../../../src/training/network/train-network.ts'
import { freshState } from '../../../src/training/network/training-state.ts'

export const engine = onnxEngine({ provider: 'cpu', threads: 1 })

const FEATURES = 3

/** x [rows, 3] → dense → tanh → dropout → dense, squared error. */
const objective = (batch: number, dropout: number): Objective => ({
  name: 'tiny',
  build(network) {
    const { graph } = network
    const x = graph.input('x', [batch, FEATURES])
    const hidden = network.scope('hidden', () => tanh(graph, dense(network, x, 8)))
    const y = network.scope('out', () => dense(network, network.dropout(hidden, dropout), 1))
    const target = reshape(graph, graph.input('target', [batch]), [batch, 1])
    return { loss: weightedSum(graph, squaredLoss(graph, y, target), graph.input('sampleWeight', [batch])) }
  },
})

/** y = tanh(2 x₀ − x₁) + noise; x₂ says nothing. */
export function tinyRows(seed: number, rows: number, noise = 0.1): BatchSource {
  const random = seededRandom(seed)
  const x = Float32Array.from({ length: rows * FEATURES }, () => normal(random))
  const y = Float32Array.from({ length: rows }, (_, row) => {
    return Math.tanh(2 * x[row * FEATURES]! - x[row * FEATURES + 1]!) + noise * normal(random)
  })
  return {
    rows,
    feeds: (chosen) => {
      const picked = new Float32Array(chosen.length * FEATURES)
      for (const [i, row] of chosen.entries()) {
        picked.set(x.subarray(row * FEATURES, (row + 1) * FEATURES), i * FEATURES)
      }
      const targets = Float32Array.from(chosen, (row) => y[row]!)
      return {
        x: { dims: [chosen.length, FEATURES], data: picked },
        target: { dims: [chosen.length], data: targets },
      }
    },
  }
}

export const SETTINGS: TrainingSettings = {
  update: {
    optimiser: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    weightDecay: 0,
    l1: 0,
    gradientNormMax: 5,
  },
  learningRate: 0.02,
  schedule: { kind: 'constant' },
  batchesPerUpdate: 1,
  epochsMax: 6,
  patience: 100,
  seed: 1,
}

interface TinyOptions {
  readonly settings?: Partial<TrainingSettings>
  readonly batchSize?: number
  readonly dropout?: number
  readonly rows?: BatchSource
  readonly validation?: BatchSource
}

/** A training of a few milliseconds. */
export function tinyRequest(options: TinyOptions = {}): TrainingRequest {
  const { batchSize = 32, dropout = 0, rows = tinyRows(1, 200), validation = tinyRows(2, 100) } = options
  const settings = { ...SETTINGS, ...options.settings }
  const graphs = trainingGraphs(objective(batchSize, dropout), settings.update)
  return {
    graphs,
    engine,
    train: shuffledTraining(rows, { batchSize, batchesPerUpdate: settings.batchesPerUpdate }),
    validation: evaluationOf(validation, batchSize),
    settings,
    state: freshState(drawWeights(graphs.layout, seededRandom(settings.seed)), momentCount(settings.update.optimiser)),
  }
}
