import type { Graph, Value } from '../graph/graph.ts'
import { reshape } from '../graph/ops/layout.ts'
import { reduceMax } from '../graph/ops/reduce.ts'

/** Greatest over the steps: [batch, steps, width] → [batch, width]. */
export const globalMaxPool = (graph: Graph, x: Value): Value =>
  reshape(graph, reduceMax(graph, x, [1]), [x.shape[0]!, x.shape[2]!])
