import type { Graph, Value } from '../../graph/graph.ts'
import { add, mul, reciprocal, scale, sqrt, sub } from '../../graph/ops/elementwise.ts'
import { reshape } from '../../graph/ops/layout.ts'
import { matMul } from '../../graph/ops/matrix.ts'
import { reduceSum } from '../../graph/ops/reduce.ts'
import { sizeOf } from '../../graph/shape.ts'

/** Layer normalisation of every column (Ba, Kiros, Hinton 2016): x [width, columns]; gain, bias [width]. */
export function layerNormColumns(graph: Graph, x: Value, gain: Value, bias: Value, epsilon = 1e-5): Value {
  const width = sizeOf(x.shape, 0)
  return graph.composite('layer_norm', [x, gain, bias], () => {
    const mean = graph.constant('mean', new Float32Array(width).fill(1 / width), [1, width])
    const centred = sub(graph, x, matMul(graph, mean, x))
    const variance = matMul(graph, mean, mul(graph, centred, centred))
    const inverse = reciprocal(graph, sqrt(graph, add(graph, variance, graph.scalar(epsilon))))
    const normal = mul(graph, centred, inverse)
    const column = reshape(graph, gain, [width, 1])
    const output = add(graph, mul(graph, normal, column), reshape(graph, bias, [width, 1]))
    return {
      outputs: [output],
      pullback: ([d]) => {
        const alongNormal = mul(graph, d!, normal)
        return [
          () => {
            const weights = reshape(graph, scale(graph, gain, 1 / width), [1, width])
            const offset = add(
              graph,
              mul(graph, normal, matMul(graph, weights, alongNormal)),
              matMul(graph, weights, d!),
            )
            return mul(graph, sub(graph, mul(graph, d!, column), offset), inverse)
          },
          () => reshape(graph, reduceSum(graph, alongNormal, [1]), [width]),
          () => reshape(graph, reduceSum(graph, d!, [1]), [width]),
        ]
      },
    }
  })[0]!
}
