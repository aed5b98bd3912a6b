import type { Graph, Value } from '../graph/graph.ts'
import { add, mul, sigmoid, tanh } from '../graph/ops/elementwise.ts'
import { concat, reshape, split, transpose } from '../graph/ops/layout.ts'
import { gemm } from '../graph/ops/matrix.ts'
import { sizeOf, staticShape } from '../graph/shape.ts'
import type { RecurrentWeights } from './recurrent-weights.ts'

/** What one step computed, all [hidden, batch] but `from`. */
export interface LstmStep {
  /** Previous state, input and 1, one below the other: [hidden + features + 1, batch]. */
  readonly from: Value
  readonly input: Value
  readonly output: Value
  readonly forget: Value
  readonly proposal: Value
  /** input × proposal */
  readonly entering: Value
  /** forget × previous cell */
  readonly kept: Value
  readonly cellBefore: Value
  readonly cell: Value
  /** tanh of the cell. */
  readonly squashed: Value
  readonly h: Value
}

export interface LstmTrace {
  readonly steps: readonly LstmStep[]
  readonly features: number
  readonly hidden: number
}

export function lstmForward(graph: Graph, x: Value, h0: Value, c0: Value, weights: RecurrentWeights): LstmTrace {
  const [batch, steps, features] = staticShape(x.shape) as readonly [number, number, number]
  const hidden = sizeOf(h0.shape, 1)
  const [open, proposal] = gateWeights(graph, weights, hidden)
  const rows = transpose(graph, reshape(graph, x, [batch, steps * features]), [1, 0])
  const inputs = split(
    graph,
    rows,
    0,
    Array.from({ length: steps }, () => features),
  )
  const one = graph.constant('one', new Float32Array(batch).fill(1), [1, batch])
  let h = transpose(graph, h0, [1, 0])
  let cell = transpose(graph, c0, [1, 0])
  const trace = inputs.map((given) => {
    const from = concat(graph, [h, given, one], 0)
    const step = lstmStep(graph, open, proposal, from, cell)
    h = step.h
    cell = step.cell
    return step
  })
  return { steps: trace, features, hidden }
}

/** [gates × hidden, hidden + features + 1], cut into the three gates with a sigmoid and the proposal. */
function gateWeights(graph: Graph, weights: RecurrentWeights, hidden: number): readonly [Value, Value] {
  const bias = reshape(graph, weights.bias, [1, 4 * hidden])
  const joined = concat(graph, [weights.recurrentWeights, weights.inputWeights, bias], 0)
  // The cut after the transpose keeps ONNX Runtime from transposing anew within every step's product.
  const [open, proposal] = split(graph, transpose(graph, joined, [1, 0]), 0, [3 * hidden, hidden])
  return [open!, proposal!]
}

function lstmStep(graph: Graph, openWeights: Value, proposalWeights: Value, from: Value, cellBefore: Value): LstmStep {
  const hidden = sizeOf(cellBefore.shape, 0)
  const open = sigmoid(graph, gemm(graph, openWeights, from))
  const [input, output, forget] = split(graph, open, 0, [hidden, hidden, hidden]) as readonly [Value, Value, Value]
  const proposal = tanh(graph, gemm(graph, proposalWeights, from))
  const entering = mul(graph, input, proposal)
  const kept = mul(graph, forget, cellBefore)
  const cell = add(graph, kept, entering)
  const squashed = tanh(graph, cell)
  const h = mul(graph, output, squashed)
  return { from, input, output, forget, proposal, entering, kept, cellBefore, cell, squashed, h }
}
