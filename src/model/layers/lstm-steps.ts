import type { Graph, Value } from '../graph/graph.ts'
import { concat, reshape, split, transpose } from '../graph/ops/layout.ts'
import { sizeOf } from '../graph/shape.ts'
import { lstmBackward } from './lstm-backward.ts'
import { lstmForward } from './lstm-forward.ts'
import type { RecurrentWeights } from './recurrent-weights.ts'

export interface LstmSteps {
  /** Hidden state after each step, [batch, steps, hidden]. */
  readonly outputs: Value
  /** Cell state after each step, [batch, steps, hidden]. */
  readonly cells: Value
  /** After the last step, [batch, hidden]. */
  readonly h: Value
  readonly c: Value
}

/**
 * A long short-term memory that can be differentiated (Hochreiter and Schmidhuber 1997, forget gate of Gers et al. 2000), sizes known.
 * x [batch, steps, features]; h0, c0 [batch, hidden]; gates i, o, f, c. Inside, every tensor has the batch as its last axis: gates then
 * lie one below the other and are cut without copying between rows, and the small state, not the weights, is what a product packs.
 */
export function lstmSteps(graph: Graph, x: Value, h0: Value, c0: Value, weights: RecurrentWeights): LstmSteps {
  const inputs = [x, h0, c0, weights.inputWeights, weights.recurrentWeights, weights.bias]
  const [outputs, cells, h, c] = graph.composite('lstm', inputs, () => {
    const trace = lstmForward(graph, x, h0, c0, weights)
    const last = trace.steps.at(-1)!
    const made = [
      stepsFirst(
        graph,
        trace.steps.map((step) => step.h),
      ),
      stepsFirst(
        graph,
        trace.steps.map((step) => step.cell),
      ),
      batchFirst(graph, last.h),
      batchFirst(graph, last.cell),
    ]
    return {
      outputs: made,
      pullback: ([dOutputs, dCells, dH, dC]) =>
        lstmBackward(graph, weights, trace, {
          h: withLast(graph, dOutputs && byStep(graph, dOutputs), dH, trace.steps.length),
          cell: withLast(graph, dCells && byStep(graph, dCells), dC, trace.steps.length),
        }),
    }
  }) as readonly [Value, Value, Value, Value]
  return { outputs, cells, h, c }
}

const batchFirst = (graph: Graph, value: Value): Value => transpose(graph, value, [1, 0])

/** Steps of [hidden, batch] → [batch, steps, hidden]. */
function stepsFirst(graph: Graph, steps: readonly Value[]): Value {
  const [hidden, batch] = steps[0]!.shape as readonly [number, number]
  const joined = reshape(graph, concat(graph, steps, 0), [steps.length, hidden, batch])
  return transpose(graph, joined, [2, 0, 1])
}

/** [batch, steps, hidden] → steps of [hidden, batch]. */
function byStep(graph: Graph, value: Value): readonly Value[] {
  const [batch, steps, hidden] = value.shape as readonly [number, number, number]
  const rows = reshape(graph, transpose(graph, value, [1, 2, 0]), [steps * hidden, batch])
  return split(
    graph,
    rows,
    0,
    Array.from({ length: steps }, () => sizeOf(value.shape, 2)),
  )
}

/** Gradients that reach each step from outside; `last` [batch, hidden] comes on top at the last one. */
function withLast(
  graph: Graph,
  steps: readonly Value[] | undefined,
  last: Value | undefined,
  count: number,
): readonly (readonly Value[])[] {
  return Array.from({ length: count }, (_, t) => [
    ...(steps ? [steps[t]!] : []),
    ...(last && t === count - 1 ? [batchFirst(graph, last)] : []),
  ])
}
