import type { Graph, Value } from '../../../src/model/graph/graph.ts'
import {
  abs,
  add,
  clip,
  div,
  equalMask,
  erf,
  exp,
  greaterMask,
  leakyRelu,
  log,
  maximum,
  minimum,
  mul,
  neg,
  reciprocal,
  relu,
  scale,
  sigmoid,
  sign,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
} from '../../../src/model/graph/ops/elementwise.ts'
import { gelu } from '../../../src/model/graph/ops/gelu.ts'
import {
  concat,
  expand,
  flatten,
  gather,
  pad,
  reshape,
  slice,
  split,
  transpose,
  transposeLast,
} from '../../../src/model/graph/ops/layout.ts'
import { gemm, linear, matMul } from '../../../src/model/graph/ops/matrix.ts'
import { layerNorm, logSoftmax, softmax } from '../../../src/model/graph/ops/normalise.ts'
import { reduceMax, reduceMean, reduceSum } from '../../../src/model/graph/ops/reduce.ts'

type Dims = readonly number[]

export interface OperatorCase {
  readonly name: string
  readonly inputs: readonly Dims[]
  build(graph: Graph, inputs: readonly Value[]): Value
  /** Of the output. */
  readonly dims: Dims
  /** From normal draws to elements that keep away from kinks and poles. */
  move?(value: number, operand: number): number
}

const positive = (value: number): number => 0.3 + Math.abs(value)
/** No element within 0.1 of 0. */
const awayFromZero = (value: number): number => value + (value < 0 ? -0.1 : 0.1)

const unary = (
  name: string,
  operator: (graph: Graph, value: Value) => Value,
  move?: (value: number) => number,
): OperatorCase => ({
  name,
  inputs: [[3, 4]],
  build: (graph, [x]) => operator(graph, x!),
  dims: [3, 4],
  ...(move && { move }),
})

/** Operands that are nowhere closer to each other than 0.1. */
const apart = (value: number, operand: number): number => Math.round(5 * value) / 5 + operand / 10

const BINARY = { add, sub, mul, div, maximum, minimum }
const BROADCASTS: readonly (readonly [Dims, Dims, Dims])[] = [
  [
    [2, 3],
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3], [2, 3]],
  [
    [2, 1],
    [1, 3],
    [2, 3],
  ],
  [[], [2, 3], [2, 3]],
  [
    [3, 1, 2],
    [4, 1],
    [3, 4, 2],
  ],
]

const binaryCases: readonly OperatorCase[] = Object.entries(BINARY).flatMap(([name, operator]) =>
  BROADCASTS.map(([left, right, dims]) => ({
    name: `${name} of [${left}] and [${right}]`,
    inputs: [left, right],
    build: (graph: Graph, [a, b]: readonly Value[]) => operator(graph, a!, b!),
    dims,
    move: name.endsWith('imum') ? apart : awayFromZero,
  })),
)

const one = (name: string, from: Dims, dims: Dims, build: (graph: Graph, x: Value) => Value): OperatorCase => ({
  name,
  inputs: [from],
  dims,
  build: (graph, [x]) => build(graph, x!),
})

const layoutCases: readonly OperatorCase[] = [
  one('reshape', [2, 6], [3, 4], (graph, x) => reshape(graph, x, [3, 4])),
  one('flatten', [2, 3, 4], [2, 12], flatten),
  one('transpose', [2, 3, 4], [4, 2, 3], (graph, x) => transpose(graph, x, [2, 0, 1])),
  one('transposeLast', [2, 3, 4], [2, 4, 3], transposeLast),
  one('expand', [3, 1], [2, 3, 4], (graph, x) => expand(graph, x, [2, 3, 4])),
  one('pad', [2, 3], [2, 6], (graph, x) => pad(graph, x, 1, 1, 2)),
  one('slice', [4, 3], [2, 3], (graph, x) => slice(graph, x, 0, 1, 3)),
  one('slice from the end', [4, 3], [4, 1], (graph, x) => slice(graph, x, -1, 2, 3)),
  one('gather with repetition', [2, 3, 2], [2, 5, 2], (graph, x) => gather(graph, x, 1, [2, 0, 2, 2, 1])),
  one('gather along the first axis', [3, 2], [2, 2], (graph, x) => gather(graph, x, 0, [2, 0])),
  one('gather along the last axis', [3, 2], [3, 3], (graph, x) => gather(graph, x, -1, [1, 1, 0])),
  one('split, one part unused', [2, 6], [2, 3], (graph, x) => {
    const [first, , third] = split(graph, x, 1, [1, 3, 2])
    return concat(graph, [third!, first!], 1)
  }),
  {
    name: 'concat',
    inputs: [
      [2, 1, 3],
      [2, 2, 3],
    ],
    dims: [2, 3, 3],
    build: (graph, values) => concat(graph, values, -2),
  },
  one('concat of a value with itself', [2, 2], [4, 2], (graph, x) => concat(graph, [x, x], 0)),
]

const product = (name: string, left: Dims, right: Dims, dims: Dims): OperatorCase => ({
  name: `matMul ${name}`,
  inputs: [left, right],
  dims,
  build: (graph, [a, b]) => matMul(graph, a!, b!),
})

const gemmCases: readonly OperatorCase[] = [false, true].flatMap((transA) =>
  [false, true].map((transB) => ({
    name: `gemm${transA ? ' of a transposed left' : ''}${transB ? ' of a transposed right' : ''}`,
    inputs: [transA ? [4, 3] : [3, 4], transB ? [5, 4] : [4, 5], [5]],
    dims: [3, 5],
    build: (graph: Graph, [a, b, bias]: readonly Value[]) => gemm(graph, a!, b!, { bias: bias!, transA, transB }),
  })),
)

const matrixCases: readonly OperatorCase[] = [
  product('of matrices', [3, 4], [4, 5], [3, 5]),
  product('of many by one', [2, 3, 4], [4, 5], [2, 3, 5]),
  product('of one by many', [3, 4], [2, 4, 5], [2, 3, 5]),
  product('of stacks that broadcast', [2, 1, 3, 4], [6, 4, 5], [2, 6, 3, 5]),
  ...gemmCases,
  {
    name: 'gemm with a column of biases',
    inputs: [
      [3, 4],
      [4, 5],
      [3, 1],
    ],
    dims: [3, 5],
    build: (graph, [a, b, bias]) => gemm(graph, a!, b!, { bias: bias! }),
  },
  {
    name: 'linear over three axes',
    inputs: [[2, 3, 4], [4, 5], [5]],
    dims: [2, 3, 5],
    build: (graph, [x, weights, bias]) => linear(graph, x!, weights!, bias),
  },
]

const reduceCases: readonly OperatorCase[] = [
  one('reduceSum', [2, 3, 4], [2, 1, 4], (graph, x) => reduceSum(graph, x, [1])),
  one('reduceSum over two axes', [2, 3, 4], [1, 3, 1], (graph, x) => reduceSum(graph, x, [0, -1])),
  one('reduceMean', [2, 3, 4], [2, 3, 1], (graph, x) => reduceMean(graph, x, [-1])),
  one('reduceMax', [2, 3, 4], [2, 1, 4], (graph, x) => reduceMax(graph, x, [1])),
  one('softmax', [3, 5], [3, 5], softmax),
  one('logSoftmax', [3, 5], [3, 5], logSoftmax),
  {
    name: 'layerNorm',
    inputs: [[2, 3, 5], [5], [5]],
    dims: [2, 3, 5],
    build: (graph, [x, gain, bias]) => layerNorm(graph, x!, gain!, bias!),
  },
]

/** Every operator that can be built and has a gradient. */
export const OPERATOR_CASES: readonly OperatorCase[] = [
  unary('abs', abs, awayFromZero),
  unary('erf', erf),
  unary('exp', exp),
  unary('log', log, positive),
  unary('neg', neg),
  unary('reciprocal', reciprocal, positive),
  unary('relu', relu, awayFromZero),
  unary('sigmoid', sigmoid),
  unary('softplus', softplus),
  unary('sqrt', sqrt, positive),
  unary('tanh', tanh),
  unary('square', square),
  unary('gelu', gelu),
  unary('scale', (graph, x) => scale(graph, x, -2.5)),
  unary('leakyRelu', (graph, x) => leakyRelu(graph, x, 0.1), awayFromZero),
  unary('clip', (graph, x) => clip(graph, x, -0.75, 0.8)),
  ...binaryCases,
  ...layoutCases,
  ...matrixCases,
  ...reduceCases,
]

/** Operators whose value does not move with their input, or that no gradient passes. */
export const CONSTANT_CASES: readonly (OperatorCase & { readonly expected: (a: number, b: number) => number })[] = [
  {
    name: 'sign',
    inputs: [[4]],
    dims: [4],
    build: (graph, [x]) => sign(graph, x!),
    expected: (a) => Math.sign(a),
  },
  {
    name: 'greaterMask',
    inputs: [[4], [4]],
    dims: [4],
    build: (graph, [a, b]) => greaterMask(graph, a!, b!),
    expected: (a, b) => Number(a > b),
  },
  {
    name: 'equalMask',
    inputs: [[4], [4]],
    dims: [4],
    build: (graph, [a, b]) => equalMask(graph, a!, b!),
    expected: (a, b) => Number(a === b),
  },
]
