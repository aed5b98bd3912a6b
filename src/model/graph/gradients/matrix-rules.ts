import type { Value } from '../graph.ts'
import { transposeLast } from '../ops/layout.ts'
import { gemm, matMul, rowsOf } from '../ops/matrix.ts'
import { sumTo } from '../ops/reduce.ts'
import type { GradientRules } from './rule.ts'

export const matrixRules: GradientRules = {
  Gemm: (graph, { inputs, attributes }, [d]) => {
    const [a, b, bias] = inputs as readonly [Value, Value, Value | undefined]
    const [transA, transB] = [attributes['transA'] === 1, attributes['transB'] === 1]
    return [
      () => (transA ? gemm(graph, b, d!, { transA: transB, transB: true }) : gemm(graph, d!, b, { transB: !transB })),
      () => (transB ? gemm(graph, d!, a, { transA: true, transB: transA }) : gemm(graph, a, d!, { transA: !transA })),
      () => sumTo(graph, d!, bias!.shape),
    ]
  },
  MatMul: (graph, { inputs }, [d]) => {
    const [a, b] = inputs as readonly [Value, Value]
    // A plain matrix on the right is shared by all leading axes: one product over all rows.
    const byMatrix = b.shape.length === 2
    return [
      () =>
        byMatrix && a.shape.length === 2
          ? gemm(graph, d!, b, { transB: true })
          : sumTo(graph, matMul(graph, d!, transposeLast(graph, b)), a.shape),
      () =>
        byMatrix
          ? gemm(graph, rowsOf(graph, a), rowsOf(graph, d!), { transA: true })
          : sumTo(graph, matMul(graph, transposeLast(graph, a), d!), b.shape),
    ]
  },
}
