import type { Value } from '../graph/graph.ts'
import { uniformByFanIn } from '../graph/initial-weights.ts'
import type { Network } from '../graph/network.ts'
import { zeros } from '../graph/ops/layout.ts'
import { gruOperator } from '../graph/ops/recurrent.ts'
import { staticShape } from '../graph/shape.ts'
import { fusedInputs, fusedRun } from './fused-layout.ts'
import type { GruWeights } from './gru-steps.ts'
import { gruRecurrentBias, gruSteps } from './gru-steps.ts'
import type { RecurrentLayer, RecurrentRun } from './recurrent-layer.ts'
import { recurrentWeights } from './recurrent-weights.ts'

const GATES = 3

/** PyTorch's `nn.GRU`, one layer; gates z, r, h. */
export const gruLayer: RecurrentLayer = {
  stateCount: 1,
  run(network, x, hidden, initial) {
    const weights = gruWeights(network, x, hidden)
    if (!network.training) return fusedGru(network, x, weights, initial?.[0])
    const h0 = initial?.[0] ?? zeros(network.graph, staticShape([x.shape[0]!, hidden]))
    const { outputs, h } = gruSteps(network.graph, x, h0, weights)
    return { outputs, last: [h] }
  },
  everyStep(network, x, hidden, initial) {
    return [gruLayer.run(network, x, hidden, initial).outputs]
  },
}

function gruWeights(network: Network, x: Value, hidden: number): GruWeights {
  return {
    ...recurrentWeights(network, x, hidden, GATES),
    candidateBias: network.parameter('candidateBias', [hidden], uniformByFanIn(hidden), false),
  }
}

function fusedGru({ graph }: Network, x: Value, weights: GruWeights, initial: Value | undefined): RecurrentRun {
  const recurrentBias = gruRecurrentBias(graph, weights.candidateBias)
  const { outputs, hidden } = gruOperator(graph, fusedInputs(graph, x, weights, recurrentBias, initial))
  return fusedRun(graph, outputs, [hidden])
}
