import type { Graph, Value } from '../graph/graph.ts'
import { concat, reshape, split } from '../graph/ops/layout.ts'
import { linear } from '../graph/ops/matrix.ts'
import { sizeOf } from '../graph/shape.ts'
import { swapSteps } from './fused-layout.ts'

/** One step: the input's part of the gates [batch, gates × hidden] and the states [batch, hidden] → the states after it. */
type Cell = (projected: Value, states: readonly Value[]) => readonly Value[]

/** States of a cell, in its order. */
interface UnrolledStates {
  /** After each step, [batch, steps, hidden]. */
  readonly every: readonly Value[]
  /** After the last step, [batch, hidden]. */
  readonly last: readonly Value[]
}

/**
 * Runs a cell step by step, each with nodes of its own, so that ordinary gradient rules differentiate it. The inputs of all steps are
 * projected by one product. x [batch, steps, features]; `initial` [batch, hidden] each.
 */
export function unroll(
  graph: Graph,
  x: Value,
  { inputWeights, bias }: { readonly inputWeights: Value; readonly bias: Value },
  initial: readonly Value[],
  cell: Cell,
): UnrolledStates {
  const ones = Array.from({ length: sizeOf(x.shape, 1) }, () => 1)
  const projected = linear(graph, swapSteps(graph, x), inputWeights, bias)
  let last = initial
  const history = split(graph, projected, 0, ones).map((part) => {
    last = cell(reshape(graph, part, part.shape.slice(1)), last)
    return last
  })
  const every = initial.map((_, i) => {
    const steps = history.map((states) => reshape(graph, states[i]!, [1, ...states[i]!.shape]))
    return swapSteps(graph, concat(graph, steps, 0))
  })
  return { every, last }
}
