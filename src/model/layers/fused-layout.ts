import type { Graph, Value } from '../graph/graph.ts'
import { concat, reshape, transpose } from '../graph/ops/layout.ts'
import type { FusedInputs } from '../graph/ops/recurrent.ts'
import type { Dim } from '../graph/shape.ts'
import type { RecurrentRun } from './recurrent-layer.ts'
import type { RecurrentWeights } from './recurrent-weights.ts'

/** From the layout of our recurrent layers to that of ONNX's fused operators and back. */

/** [batch, steps, n] to [steps, batch, n] and back. */
export const swapSteps = (graph: Graph, value: Value): Value => transpose(graph, value, [1, 0, 2])

/** `recurrentBias` [gates × hidden] belongs to the recurrent product; `hidden`: the first state [batch, hidden]. */
export function fusedInputs(
  graph: Graph,
  x: Value,
  weights: RecurrentWeights,
  recurrentBias: Value,
  hidden: Value | undefined,
): FusedInputs {
  return {
    x: swapSteps(graph, x),
    // Of stored weights, ONNX Runtime does this once, as it loads the graph, and then packs them for its products.
    inputWeights: withFront(graph, transpose(graph, weights.inputWeights, [1, 0])),
    recurrentWeights: withFront(graph, transpose(graph, weights.recurrentWeights, [1, 0])),
    bias: withFront(graph, concat(graph, [weights.bias, recurrentBias], 0)),
    hidden: hidden && withFront(graph, hidden),
  }
}

/** `outputs` [steps, 1, batch, hidden], `states` [1, batch, hidden] each. */
export function fusedRun(graph: Graph, outputs: Value, states: readonly Value[]): RecurrentRun {
  const [steps, , batch, hidden] = outputs.shape as [Dim, Dim, Dim, Dim]
  return {
    outputs: reshape(graph, transpose(graph, outputs, [2, 0, 1, 3]), [batch, steps, hidden]),
    last: states.map((state) => reshape(graph, state, [batch, hidden])),
  }
}

/** [...] → [1, ...]: the operators' axis of directions. */
export const withFront = (graph: Graph, value: Value): Value => reshape(graph, value, [1, ...value.shape])
