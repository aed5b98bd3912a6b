import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { zeros } from '../graph/ops/layout.ts'
import { lstmOperator } from '../graph/ops/recurrent.ts'
import { staticShape } from '../graph/shape.ts'
import { fusedInputs, fusedRun, withFront } from './fused-layout.ts'
import { lstmSteps } from './lstm-steps.ts'
import type { RecurrentLayer, RecurrentRun } from './recurrent-layer.ts'
import type { RecurrentWeights } from './recurrent-weights.ts'
import { recurrentWeights } from './recurrent-weights.ts'

const GATES = 4

/** PyTorch's `nn.LSTM`, one layer: states hidden and cell; gates i, o, f, c; one bias, PyTorch's two added up. */
export const lstmLayer: RecurrentLayer = {
  stateCount: 2,
  run(network, x, hidden, initial) {
    const weights = recurrentWeights(network, x, hidden, GATES)
    if (!network.training) return fusedLstm(network, x, weights, initial)
    const zero = zeros(network.graph, staticShape([x.shape[0]!, hidden]))
    const { outputs, h, c } = lstmSteps(network.graph, x, initial?.[0] ?? zero, initial?.[1] ?? zero, weights)
    return { outputs, last: [h, c] }
  },
  everyStep(network, x, hidden, [h0, c0]) {
    // The fused operator keeps the cell state of the last step only.
    const { outputs, cells } = lstmSteps(network.graph, x, h0!, c0!, recurrentWeights(network, x, hidden, GATES))
    return [outputs, cells]
  },
}

function fusedLstm(
  { graph }: Network,
  x: Value,
  weights: RecurrentWeights,
  initial: readonly Value[] | undefined,
): RecurrentRun {
  const inputs = fusedInputs(graph, x, weights, zeros(graph, staticShape(weights.bias.shape)), initial?.[0])
  const { outputs, hidden, cell } = lstmOperator(graph, inputs, initial && withFront(graph, initial[1]!))
  return fusedRun(graph, outputs, [hidden, cell])
}
