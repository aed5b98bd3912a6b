import type { Graph, Value } from '../../graph/graph.ts'
import { concat, reshape, split, transpose } from '../../graph/ops/layout.ts'
import { gemm } from '../../graph/ops/matrix.ts'
import { reduceSum } from '../../graph/ops/reduce.ts'
import { sizeOf } from '../../graph/shape.ts'

/** Wᵀ x + b: x [n, columns], weights [n, m], bias [m] → [m, columns]. */
export function linearColumns(graph: Graph, x: Value, weights: Value, bias: Value): Value {
  return graph.composite('linear', [x, weights, bias], () => {
    const [from, to] = [sizeOf(weights.shape, 0), sizeOf(weights.shape, 1)]
    // The cut after the transpose keeps ONNX Runtime from transposing within the product, which is slower there.
    const joined = transpose(graph, concat(graph, [weights, reshape(graph, bias, [1, to])], 0), [1, 0])
    const [left, column] = split(graph, joined, 1, [from, 1]) as readonly [Value, Value]
    return {
      outputs: [gemm(graph, left, x, { bias: column })],
      pullback: ([d]) => [
        () => gemm(graph, weights, d!),
        () => gemm(graph, x, d!, { transB: true }),
        () => reshape(graph, reduceSum(graph, d!, [1]), [to]),
      ],
    }
  })[0]!
}
