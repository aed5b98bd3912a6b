import type { Graph, GraphNode, Value } from '../graph.ts'

/**
 * Vector–Jacobian product of one operator: from the gradients `d` of a node's outputs to one thunk per input, called only where that
 * input's gradient is needed. `d[0]` is there unless the operator has several outputs.
 */
export type GradientRule = (
  graph: Graph,
  node: GraphNode,
  d: readonly (Value | undefined)[],
) => readonly ((() => Value) | undefined)[]

export type GradientRules = Readonly<Record<string, GradientRule>>
