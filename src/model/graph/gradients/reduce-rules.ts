import type { Value } from '../graph.ts'
import { add, div, equalMask, exp, mul, scale, sub } from '../ops/elementwise.ts'
import { expand } from '../ops/layout.ts'
import { reduceMean, reduceSum, sumTo } from '../ops/reduce.ts'
import { elementCount, staticShape } from '../shape.ts'
import type { GradientRules } from './rule.ts'

export const reduceRules: GradientRules = {
  LayerNormalization: (graph, { inputs, outputs }, [d]) => {
    const [x, weight, bias] = inputs as readonly [Value, Value, Value]
    const [, mean, inverseDeviation] = outputs as readonly [Value, Value, Value]
    const normal = mul(graph, sub(graph, x, mean), inverseDeviation)
    return [
      () => {
        const weighted = mul(graph, d!, weight)
        const alongNormal = reduceMean(graph, mul(graph, weighted, normal), [-1])
        const offset = add(graph, reduceMean(graph, weighted, [-1]), mul(graph, normal, alongNormal))
        return mul(graph, sub(graph, weighted, offset), inverseDeviation)
      },
      () => sumTo(graph, mul(graph, d!, normal), weight.shape),
      () => sumTo(graph, d!, bias.shape),
    ]
  },
  LogSoftmax: (graph, { outputs: [y] }, [d]) => [
    () => sub(graph, d!, mul(graph, exp(graph, y!), reduceSum(graph, d!, [-1]))),
  ],
  /** Shared out evenly among equals. */
  ReduceMax: (graph, { inputs: [x], outputs: [y], attributes }, [d]) => [
    () => {
      const winners = equalMask(graph, x!, y!)
      const count = reduceSum(graph, winners, attributes['axes'] as readonly number[])
      return mul(graph, winners, div(graph, d!, count))
    },
  ],
  ReduceMean: (graph, { inputs: [x], outputs: [y] }, [d]) => [
    () => {
      const count = elementCount(x!.shape) / elementCount(y!.shape)
      return expand(graph, scale(graph, d!, 1 / count), staticShape(x!.shape))
    },
  ],
  ReduceSum: (graph, { inputs: [x] }, [d]) => [() => expand(graph, d!, staticShape(x!.shape))],
  Softmax: (graph, { outputs: [y] }, [d]) => [
    () => {
      const weighted = mul(graph, d!, y!)
      return sub(graph, weighted, mul(graph, y!, reduceSum(graph, weighted, [-1])))
    },
  ],
}
