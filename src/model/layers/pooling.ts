import type { Value } from '../graph/graph.ts'
import { uniformByFanIn } from '../graph/initial-weights.ts'
import type { Network } from '../graph/network.ts'
import { reshape, slice } from '../graph/ops/layout.ts'
import { matMul } from '../graph/ops/matrix.ts'
import { softmax } from '../graph/ops/normalise.ts'
import { reduceMean } from '../graph/ops/reduce.ts'
import { sizeOf } from '../graph/shape.ts'

/** `last`: the last step; `mean`: mean over steps; `query`: mean weighted by attention to one learned query. */
export type Pooling = 'last' | 'mean' | 'query'

/** x [rows, steps, width] → [rows, width]. Parameter `query` [width, 1] for that kind. */
export function poolSteps(network: Network, x: Value, kind: Pooling): Value {
  const { graph } = network
  const [rows, steps, width] = [x.shape[0]!, sizeOf(x.shape, 1), sizeOf(x.shape, 2)]
  if (kind === 'last') return reshape(graph, slice(graph, x, 1, steps - 1, steps), [rows, width])
  if (kind === 'mean') return reshape(graph, reduceMean(graph, x, [1]), [rows, width])
  const query = network.parameter('query', [width, 1], uniformByFanIn(width))
  const weights = softmax(graph, reshape(graph, matMul(graph, x, query), [rows, 1, steps]))
  return reshape(graph, matMul(graph, weights, x), [rows, width])
}
