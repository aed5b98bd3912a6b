import fc from 'fast-check'
import type { NodeSpec } from '../../onnx/one-node-model.ts'
import { booleans, floats, integers, storedBooleans, storedFloats } from '../../onnx/one-node-model.ts'
import {
  anyBooleans,
  anyFloats,
  broadcastDims,
  type CaseTable,
  dimsOf,
  type OperatorCases,
  real,
  reals,
} from './operator-cases.ts'

const POSITIVE = { low: 0.4, high: 3 }

function unary(op: string, element = real(), range = {}): OperatorCases {
  return {
    fixed: [
      { name: 'a matrix', op, inputs: [reals([3, 4], 1, range)] },
      { name: 'a number', op, inputs: [reals([], 2, range)] },
      { name: 'rank 5', op, inputs: [reals([1, 2, 1, 3, 2], 3, range)] },
    ],
    random: dimsOf(0, 4)
      .chain((dims) => anyFloats(dims, element))
      .map((x) => ({ op, inputs: [x] })),
  }
}

const pair = (op: string, element: fc.Arbitrary<number>, output: 'float32' | 'bool' = 'float32') =>
  broadcastDims(2)
    .chain(([a, b]) => fc.tuple(anyFloats(a!, element), anyFloats(b!, element)))
    .map((inputs): NodeSpec => ({ op, inputs, outputs: [output] }))

function binary(op: string, element = real(), range = {}): OperatorCases {
  return {
    fixed: [
      { name: 'equal shapes', op, inputs: [reals([2, 3], 1, range), reals([2, 3], 2, range)] },
      { name: 'a row and a column', op, inputs: [reals([1, 3], 1, range), reals([4, 1], 2, range)] },
      { name: 'fewer dimensions on the left', op, inputs: [reals([3], 1, range), reals([2, 4, 3], 2, range)] },
      { name: 'a stored number', op, inputs: [reals([2, 2], 1, range), storedFloats([], [1.25])] },
    ],
    random: pair(op, element),
  }
}

/** Ties and order both matter: whole numbers. */
const whole = fc.integer({ min: -2, max: 2 })

const comparison = (op: string): OperatorCases => ({
  fixed: [
    { name: 'numbers', op, inputs: [floats([4], [1, 2, 3, -0]), floats([4], [2, 2, 2, 0])], outputs: ['bool'] },
    { name: 'integers', op, inputs: [integers([3], [1, 2, 3]), integers([1], [2])], outputs: ['bool'] },
  ],
  random: pair(op, whole, 'bool'),
})

const extreme = (op: string): OperatorCases => ({
  fixed: [
    { name: 'one input', op, inputs: [reals([2, 2])] },
    { name: 'two that stretch each other', op, inputs: [reals([2, 1], 1), reals([1, 3], 2)] },
    { name: 'three', op, inputs: [reals([2, 3], 1), reals([3], 2), reals([], 3)] },
  ],
  random: fc
    .integer({ min: 1, max: 4 })
    .chain(broadcastDims)
    .chain((shapes) => fc.tuple(...shapes.map((dims) => anyFloats(dims, whole))))
    .map((inputs) => ({ op, inputs: [...inputs] })),
})

const clip: OperatorCases = {
  fixed: [
    { name: 'both bounds', op: 'Clip', inputs: [reals([3, 4]), storedFloats([], [-0.5]), storedFloats([], [0.7])] },
    { name: 'lower only', op: 'Clip', inputs: [reals([5]), floats([], [0.1])] },
    { name: 'upper only', op: 'Clip', inputs: [reals([5]), undefined, floats([], [0.1])] },
    { name: 'neither', op: 'Clip', inputs: [reals([5])] },
    { name: 'crossed bounds: the upper wins', op: 'Clip', inputs: [reals([5]), floats([], [1]), floats([], [-1])] },
  ],
  random: fc
    .tuple(
      dimsOf(0, 3).chain((dims) => anyFloats(dims)),
      fc.option(real(-2, 0), { nil: undefined }),
      fc.option(real(0, 2), { nil: undefined }),
    )
    .map(([x, low, high]) => ({
      op: 'Clip',
      inputs: [x, ...[low, high].map((bound) => (bound === undefined ? undefined : floats([], [bound])))],
    })),
}

const where: OperatorCases = {
  fixed: [
    { name: 'equal shapes', op: 'Where', inputs: [booleans([3], [1, 0, 1]), reals([3], 1), reals([3], 2)] },
    { name: 'all three stretch', op: 'Where', inputs: [booleans([2, 1], [1, 0]), reals([3], 1), reals([2, 2, 1], 2)] },
    {
      name: 'a stored mask and a number, as in causal attention',
      op: 'Where',
      inputs: [storedBooleans([2, 2], [1, 0, 1, 1]), reals([3, 2, 2]), storedFloats([], [-1e9])],
    },
    {
      name: 'integers',
      op: 'Where',
      inputs: [booleans([2], [0, 1]), integers([2], [5, 6]), integers([], [7])],
      outputs: ['int64'],
    },
  ],
  random: broadcastDims(3)
    .chain(([c, a, b]) => fc.tuple(anyBooleans(c!), anyFloats(a!), anyFloats(b!)))
    .map((inputs) => ({ op: 'Where', inputs })),
}

const cast: OperatorCases = {
  fixed: [
    {
      name: 'real to integer: towards zero',
      op: 'Cast',
      inputs: [floats([4], [-1.9, -0.5, 0.5, 1.9])],
      outputs: ['int64'],
      attributes: { to: 7 },
    },
    {
      name: 'real to boolean: what is not 0',
      op: 'Cast',
      inputs: [floats([3], [0, 0.25, -1])],
      outputs: ['bool'],
      attributes: { to: 9 },
    },
    { name: 'boolean to real', op: 'Cast', inputs: [booleans([2], [0, 1])], attributes: { to: 1 } },
    { name: 'integer to real', op: 'Cast', inputs: [integers([3], [-2, 0, 7])], attributes: { to: 1 } },
    {
      name: 'integer to boolean',
      op: 'Cast',
      inputs: [integers([3], [-2, 0, 7])],
      outputs: ['bool'],
      attributes: { to: 9 },
    },
    { name: 'real to real', op: 'Cast', inputs: [reals([3])], attributes: { to: 1 } },
  ],
  random: dimsOf(0, 3)
    .chain((dims) => anyFloats(dims))
    .map((x) => ({ op: 'Cast', inputs: [x], outputs: ['int64'], attributes: { to: 7 } })),
}

const pow: OperatorCases = {
  fixed: [
    ...binary('Pow', real(), POSITIVE).fixed,
    {
      name: 'a negative base to a whole power',
      op: 'Pow',
      inputs: [floats([3], [-1.5, -0.5, 2]), floats([], [3])],
      differentiate: [0],
    },
    { name: 'a square root', op: 'Pow', inputs: [reals([3], 1, POSITIVE), storedFloats([], [0.5])] },
  ],
  random: fc.oneof(
    pair('Pow', real(0.1, 3)),
    pair(
      'Pow',
      whole.filter((n) => n > 0),
    ),
  ),
}

const divide: OperatorCases = {
  fixed: [
    ...binary('Div', real(), POSITIVE).fixed,
    {
      name: 'integers: towards zero',
      op: 'Div',
      inputs: [integers([4], [7, -7, 7, -7]), integers([4], [2, 2, -2, -2])],
      outputs: ['int64'],
    },
    { name: 'by zero', op: 'Div', inputs: [floats([3], [1, -1, 0]), floats([], [0])], differentiate: [] },
  ],
  random: pair('Div', fc.oneof(real(0.1, 3), real(-3, -0.1))),
}

const leakyRelu: OperatorCases = {
  fixed: [
    ...unary('LeakyRelu').fixed,
    { name: 'another slope', op: 'LeakyRelu', inputs: [reals([5])], attributes: { alpha: { float: 0.3 } } },
  ],
  random: unary('LeakyRelu').random,
}

const not: OperatorCases = {
  fixed: [{ name: 'both', op: 'Not', inputs: [booleans([2], [0, 1])], outputs: ['bool'] }],
  random: dimsOf(0, 3)
    .chain(anyBooleans)
    .map((x) => ({ op: 'Not', inputs: [x], outputs: ['bool'] })),
}

const softplus: OperatorCases = {
  fixed: [...unary('Softplus').fixed, { name: 'far out', op: 'Softplus', inputs: [floats([4], [-80, -20, 20, 80])] }],
  random: unary('Softplus', real(-30, 30)).random,
}

export const ELEMENTWISE_CASES: CaseTable = {
  Abs: unary('Abs'),
  Cos: unary('Cos'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Log: unary('Log', real(0.01, 100), POSITIVE),
  Neg: unary('Neg'),
  Not: not,
  Reciprocal: unary('Reciprocal', real(0.1, 4), POSITIVE),
  Relu: unary('Relu'),
  Sigmoid: unary('Sigmoid', real(-20, 20)),
  Sign: unary('Sign', whole),
  Sin: unary('Sin'),
  Softplus: softplus,
  Sqrt: unary('Sqrt', real(0, 100), POSITIVE),
  Tanh: unary('Tanh', real(-10, 10)),
  Add: binary('Add'),
  Div: divide,
  Equal: comparison('Equal'),
  Greater: comparison('Greater'),
  Less: comparison('Less'),
  Mul: binary('Mul'),
  Pow: pow,
  Sub: binary('Sub'),
  Max: extreme('Max'),
  Min: extreme('Min'),
  Cast: cast,
  Clip: clip,
  LeakyRelu: leakyRelu,
  Where: where,
}
