import type { Graph, Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { tanh } from '../graph/ops/elementwise.ts'
import { zeros } from '../graph/ops/layout.ts'
import { gemm } from '../graph/ops/matrix.ts'
import { rnnOperator } from '../graph/ops/recurrent.ts'
import { staticShape } from '../graph/shape.ts'
import { fusedInputs, fusedRun } from './fused-layout.ts'
import type { RecurrentLayer, RecurrentRun } from './recurrent-layer.ts'
import type { RecurrentWeights } from './recurrent-weights.ts'
import { recurrentWeights } from './recurrent-weights.ts'
import { unroll } from './unroll.ts'

/** PyTorch's `nn.RNN` with tanh, one layer: h ← tanh(x W + h R + b) (Elman 1990); one bias, PyTorch's two added up. */
export const rnnLayer: RecurrentLayer = {
  stateCount: 1,
  run(network, x, hidden, initial) {
    const weights = recurrentWeights(network, x, hidden, 1)
    if (!network.training) return fusedRnn(network, x, weights, initial?.[0])
    const h0 = initial?.[0] ?? zeros(network.graph, staticShape([x.shape[0]!, hidden]))
    return rnnSteps(network.graph, x, h0, weights)
  },
  everyStep(network, x, hidden, initial) {
    return [rnnLayer.run(network, x, hidden, initial).outputs]
  },
}

function rnnSteps(graph: Graph, x: Value, h0: Value, weights: RecurrentWeights): RecurrentRun {
  const { every, last } = unroll(graph, x, weights, [h0], (projected, [h]) => [
    tanh(graph, gemm(graph, h!, weights.recurrentWeights, { bias: projected })),
  ])
  return { outputs: every[0]!, last }
}

function fusedRnn({ graph }: Network, x: Value, weights: RecurrentWeights, initial: Value | undefined): RecurrentRun {
  const recurrentBias = zeros(graph, staticShape(weights.bias.shape))
  const { outputs, hidden } = rnnOperator(graph, fusedInputs(graph, x, weights, recurrentBias, initial))
  return fusedRun(graph, outputs, [hidden])
}
