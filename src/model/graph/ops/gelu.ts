import type { Graph, Value } from '../graph.ts'
import { add, div, erf, exp, mul, neg, scale } from './elementwise.ts'

/** 2/√π. */
const BELL = 2 / Math.sqrt(Math.PI)

/**
 * Gaussian error linear unit, exact form x · Φ(x) = ½ x (1 + erf(x/√2)) (Hendrycks and Gimpel 2016), written in the order that ONNX Runtime
 * fuses into one pass. Its slope is ½ (1 + erf(u) + 2/√π · u · exp(−u²)) with u = x/√2: fewer passes than the rules of its nodes.
 */
export function gelu(graph: Graph, x: Value): Value {
  const [output] = graph.composite('gelu', [x], () => {
    const u = div(graph, x, graph.scalar(Math.SQRT2))
    const twicePhi = add(graph, erf(graph, u), graph.scalar(1))
    return {
      outputs: [scale(graph, mul(graph, x, twicePhi), 0.5)],
      pullback: ([d]) => [
        () => {
          const bell = exp(graph, neg(graph, mul(graph, u, u)))
          const slope = add(graph, twicePhi, mul(graph, bell, scale(graph, u, BELL)))
          return mul(graph, d!, scale(graph, slope, 0.5))
        },
      ],
    }
  })
  return output!
}
