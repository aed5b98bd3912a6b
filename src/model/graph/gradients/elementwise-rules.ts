import type { Graph, Value } from '../graph.ts'
import {
  add,
  div,
  equalMask,
  exp,
  greaterMask,
  mul,
  neg,
  nonZeroMask,
  scale,
  sigmoid,
  sign,
  sub,
} from '../ops/elementwise.ts'
import { sumTo } from '../ops/reduce.ts'
import type { GradientRule, GradientRules } from './rule.ts'

/** Both inputs' gradients before what broadcasting repeated is added up again. */
const binary =
  (
    left: (graph: Graph, d: Value, a: Value, b: Value, y: Value) => Value,
    right: (graph: Graph, d: Value, a: Value, b: Value, y: Value) => Value,
  ): GradientRule =>
  (graph, { inputs, outputs: [y] }, [d]) => {
    const [a, b] = inputs as readonly [Value, Value]
    return [
      () => sumTo(graph, left(graph, d!, a, b, y!), a.shape),
      () => sumTo(graph, right(graph, d!, a, b, y!), b.shape),
    ]
  }

/** Factor of the gradient, from input `x`, output `y`. */
const unary =
  (slope: (graph: Graph, d: Value, x: Value, y: Value) => Value): GradientRule =>
  (graph, { inputs: [x], outputs: [y] }, [d]) => [() => slope(graph, d!, x!, y!)]

const one = (graph: Graph): Value => graph.scalar(1)

/** Where both are equal, all goes to the left one. */
const choice = binary(
  (graph, d, a, _b, y) => mul(graph, d, equalMask(graph, y, a)),
  (graph, d, a, _b, y) => mul(graph, d, sub(graph, one(graph), equalMask(graph, y, a))),
)

export const elementwiseRules: GradientRules = {
  Abs: unary((graph, d, x) => mul(graph, d, sign(graph, x))),
  Add: binary(
    (_graph, d) => d,
    (_graph, d) => d,
  ),
  /** Passes where nothing was cut. */
  Clip: unary((graph, d, x, y) => mul(graph, d, equalMask(graph, y, x))),
  Div: binary(
    (graph, d, _a, b) => div(graph, d, b),
    (graph, d, _a, b, y) => neg(graph, div(graph, mul(graph, d, y), b)),
  ),
  /** 2/√π · exp(−x²). */
  Erf: unary((graph, d, x) => {
    const bell = exp(graph, neg(graph, mul(graph, x, x)))
    return mul(graph, d, scale(graph, bell, 2 / Math.sqrt(Math.PI)))
  }),
  Exp: unary((graph, d, _x, y) => mul(graph, d, y)),
  Identity: unary((_graph, d) => d),
  /** The slope of 0 counts as below. */
  LeakyRelu: (graph, { inputs: [x], attributes }, [d]) => [
    () => {
      const slope = (attributes['alpha'] as { readonly float: number }).float
      const above = greaterMask(graph, x!, graph.scalar(0))
      return mul(graph, d!, add(graph, scale(graph, above, 1 - slope), graph.scalar(slope)))
    },
  ],
  Log: unary((graph, d, x) => div(graph, d, x)),
  Max: choice,
  Min: choice,
  Mul: binary(
    (graph, d, _a, b) => mul(graph, d, b),
    (graph, d, a) => mul(graph, d, a),
  ),
  Neg: unary((graph, d) => neg(graph, d)),
  Reciprocal: unary((graph, d, _x, y) => neg(graph, mul(graph, d, mul(graph, y, y)))),
  /** 0 at 0. */
  Relu: unary((graph, d, _x, y) => mul(graph, d, nonZeroMask(graph, y))),
  Sigmoid: unary((graph, d, _x, y) => mul(graph, d, mul(graph, y, sub(graph, one(graph), y)))),
  Softplus: unary((graph, d, x) => mul(graph, d, sigmoid(graph, x))),
  Sqrt: unary((graph, d, _x, y) => div(graph, scale(graph, d, 0.5), y)),
  Sub: binary(
    (_graph, d) => d,
    (graph, d) => neg(graph, d),
  ),
  Tanh: unary((graph, d, _x, y) => mul(graph, d, sub(graph, one(graph), mul(graph, y, y)))),
}
