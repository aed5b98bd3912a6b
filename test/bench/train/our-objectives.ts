import { transformer } from '../../../src/model/architectures/transformer.ts'
import type { Value } from '../../../src/model/graph/graph.ts'
import type { Network } from '../../../src/model/graph/network.ts'
import { squaredLoss, weightedSum } from '../../../src/model/heads/losses.ts'
import { dense } from '../../../src/model/layers/dense.ts'
import { lstmLayer } from '../../../src/model/layers/lstm.ts'
import { recurrentStack } from '../../../src/model/layers/recurrent-stack.ts'
import type { Objective } from '../../../src/model/optimise/training-graphs.ts'
import { TRAIN_SHAPE, type TrainModel } from './contender.ts'

const { batch, steps, features, width, layers, heads, feedForward } = TRAIN_SHAPE

const TRANSFORMER = {
  layers,
  width,
  heads,
  feedForwardWidth: feedForward,
  activation: 'relu',
  norm: 'post',
  dropout: 0,
  attentionDropout: 0,
  causal: false,
  positions: 'sinusoidal',
  pooling: 'mean',
} as const

const ENCODERS: Readonly<Record<TrainModel, (network: Network, window: Value) => Value>> = {
  lstm: (network, window) =>
    recurrentStack(network, lstmLayer, window, { hidden: width, layers: 1, dropout: 0 }).last[0]!,
  transformer: (network, window) => transformer.encode(network, window, TRANSFORMER),
}

/** The models of the race with the layers that our architectures are made of, mean squared error of one output. */
export const ourObjective = (model: TrainModel): Objective => ({
  name: model,
  build: (network) => {
    const { graph } = network
    const window = graph.input('x', [batch, steps, features])
    const representation = network.scope('encoder', () => ENCODERS[model](network, window))
    const forecast = network.scope('head', () => dense(network, representation, 1))
    const target = graph.input('y', [batch, 1])
    return { loss: weightedSum(graph, squaredLoss(graph, forecast, target), graph.input('sampleWeight', [batch])) }
  },
})
