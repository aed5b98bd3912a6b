import type { Graph, Value } from '../graph/graph.ts'
import { add, mul, sigmoid, sub, tanh } from '../graph/ops/elementwise.ts'
import { concat, split, zeros } from '../graph/ops/layout.ts'
import { gemm } from '../graph/ops/matrix.ts'
import { sizeOf } from '../graph/shape.ts'
import type { RecurrentWeights } from './recurrent-weights.ts'
import { unroll } from './unroll.ts'

/** `bias`: of the input product, and for gates z and r that of the recurrent product too. */
export interface GruWeights extends RecurrentWeights {
  /** [hidden], of the candidate's recurrent product: the reset gate acts on it, so that it cannot be part of `bias`. */
  readonly candidateBias: Value
}

export interface GruSteps {
  /** Hidden state after each step, [batch, steps, hidden]. */
  readonly outputs: Value
  /** After the last step, [batch, hidden]. */
  readonly h: Value
}

/** Biases of the recurrent product of all gates, [3 × hidden]. */
export function gruRecurrentBias(graph: Graph, candidateBias: Value): Value {
  return concat(graph, [zeros(graph, [2 * sizeOf(candidateBias.shape, 0)]), candidateBias], 0)
}

/**
 * A gated recurrent unit that can be differentiated (Cho et al. 2014; the reset gate after the product, as cuDNN and PyTorch), sizes
 * known. x [batch, steps, features]; h0 [batch, hidden]; gates z, r, h.
 */
export function gruSteps(graph: Graph, x: Value, h0: Value, weights: GruWeights): GruSteps {
  const hidden = sizeOf(h0.shape, 1)
  const sizes = [2 * hidden, hidden]
  const recurrentBias = gruRecurrentBias(graph, weights.candidateBias)
  const { every, last } = unroll(graph, x, weights, [h0], (projected, [h]) => {
    const recurrent = gemm(graph, h!, weights.recurrentWeights, { bias: recurrentBias })
    const [gateInput, candidateInput] = split(graph, projected, 1, sizes)
    const [gateMemory, memory] = split(graph, recurrent, 1, sizes)
    const gates = sigmoid(graph, add(graph, gateInput!, gateMemory!))
    const [keep, reset] = split(graph, gates, 1, [hidden, hidden])
    const candidate = tanh(graph, add(graph, candidateInput!, mul(graph, reset!, memory!)))
    return [add(graph, candidate, mul(graph, keep!, sub(graph, h!, candidate)))]
  })
  return { outputs: every[0]!, h: last[0]! }
}
