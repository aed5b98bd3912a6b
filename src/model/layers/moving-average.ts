import { check } from '../../core/check.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { matMul } from '../graph/ops/matrix.ts'
import { sizeOf } from '../graph/shape.ts'

/**
 * Centred moving average of `kernel` (odd) values over the last axis; beyond its ends the first and last values repeat (Zeng et al. 2023,
 * `series_decomp`). One product with a constant matrix. x [..., steps] → [..., steps].
 */
export function movingAverage(graph: Graph, x: Value, kernel: number): Value {
  check(kernel % 2 === 1 && kernel >= 1, 'moving average of an odd number of values', kernel)
  const steps = sizeOf(x.shape, -1)
  const half = (kernel - 1) / 2
  const matrix = new Float64Array(steps * steps)
  for (let to = 0; to < steps; to += 1) {
    for (let offset = -half; offset <= half; offset += 1) {
      const from = Math.min(Math.max(to + offset, 0), steps - 1)
      matrix[from * steps + to]! += 1 / kernel
    }
  }
  return matMul(graph, x, graph.constant('moving_average', matrix, [steps, steps]))
}
