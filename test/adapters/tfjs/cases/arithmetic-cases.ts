import fc from 'fast-check'
import type { NodeSpec } from '../../onnx/one-node-model.ts'
import { floats, integers, list, storedFloats } from '../../onnx/one-node-model.ts'
import {
  anyAxes,
  anyAxis,
  anyFloats,
  type CaseTable,
  dimsOf,
  type OperatorCases,
  real,
  reals,
} from './operator-cases.ts'

const matMulCase = (name: string, a: readonly number[], b: readonly number[]) => ({
  name,
  op: 'MatMul',
  inputs: [reals(a, 1), reals(b, 2)],
})

const matMul: OperatorCases = {
  fixed: [
    matMulCase('matrices', [2, 3], [3, 4]),
    matMulCase('vectors', [3], [3]),
    matMulCase('vector by matrix', [3], [3, 2]),
    matMulCase('matrix by vector', [2, 3], [3]),
    matMulCase('many by one matrix', [2, 3, 4], [4, 2]),
    matMulCase('one matrix by many', [3, 4], [2, 4, 2]),
    matMulCase('many by many', [2, 2, 3], [2, 3, 2]),
    matMulCase('batches stretch', [2, 1, 2, 3], [3, 3, 2]),
    matMulCase('many by a vector', [2, 3, 4], [4]),
    matMulCase('a vector by many', [4], [2, 4, 3]),
  ],
  random: fc
    .tuple(dimsOf(0, 2, 3), dimsOf(3, 3))
    .chain(([batch, [m, k, n]]) =>
      fc.tuple(
        anyFloats([...batch, m!, k!]),
        fc.boolean().chain((wide) => anyFloats([...(wide ? batch : []), k!, n!])),
      ),
    )
    .map((inputs): NodeSpec => ({ op: 'MatMul', inputs })),
}

const gemm: OperatorCases = {
  fixed: [
    { name: 'plain', op: 'Gemm', inputs: [reals([2, 3], 1), reals([3, 4], 2)] },
    { name: 'a row added', op: 'Gemm', inputs: [reals([2, 3], 1), reals([3, 4], 2), reals([4], 3)] },
    {
      name: 'everything',
      op: 'Gemm',
      inputs: [reals([3, 2], 1), reals([4, 3], 2), reals([2, 1], 3)],
      attributes: { transA: 1, transB: 1, alpha: { float: 0.5 }, beta: { float: -2 } },
    },
    {
      name: 'a stored number added',
      op: 'Gemm',
      inputs: [reals([2, 3], 1), reals([4, 3], 2), storedFloats([], [1.5])],
      attributes: { transB: 1, beta: { float: 0.25 } },
    },
  ],
  random: fc
    .tuple(dimsOf(3, 3), fc.nat(1), fc.nat(1), real(-2, 2), real(-2, 2), fc.nat(4))
    .chain(([[m, k, n], transA, transB, alpha, beta, biasKind]) =>
      fc
        .tuple(
          anyFloats(transA ? [k!, m!] : [m!, k!]),
          anyFloats(transB ? [n!, k!] : [k!, n!]),
          anyFloats([[m!, n!], [1, n!], [m!, 1], [n!], []][biasKind]!),
        )
        .map(
          (inputs): NodeSpec => ({
            op: 'Gemm',
            inputs,
            attributes: { transA, transB, alpha: { float: alpha }, beta: { float: beta } },
          }),
        ),
    ),
}

/** `shape` is [2, 3, 2]. */
const reduction = (op: string): OperatorCases => ({
  fixed: [
    { name: 'all axes', op, inputs: [reals([2, 3, 2])] },
    { name: 'all axes, dropped', op, inputs: [reals([2, 3, 2])], attributes: { keepdims: 0 } },
    { name: 'one axis from the end', op, inputs: [reals([2, 3, 2])], attributes: { axes: [-2] } },
    { name: 'two axes, dropped', op, inputs: [reals([2, 3, 2])], attributes: { axes: [0, -1], keepdims: 0 } },
    { name: 'a number', op, inputs: [reals([])] },
  ],
  random: dimsOf(1, 4)
    .chain((dims) => fc.tuple(anyFloats(dims), anyAxes(dims.length), fc.nat(1)))
    .map(([x, axes, keepdims]) => ({ op, inputs: [x], attributes: { axes, keepdims } })),
})

const sum = { op: 'ReduceSum' }

const reduceSum: OperatorCases = {
  fixed: [
    { name: 'no axes: all', ...sum, inputs: [reals([2, 3])] },
    { name: 'empty axes: all', ...sum, inputs: [reals([2, 3]), list()] },
    { name: 'empty axes: none', ...sum, inputs: [reals([2, 3]), list()], attributes: { noop_with_empty_axes: 1 } },
    { name: 'no axes: none', ...sum, inputs: [reals([2, 3])], attributes: { noop_with_empty_axes: 1 } },
    { name: 'noop with axes', ...sum, inputs: [reals([2, 3]), list(1)], attributes: { noop_with_empty_axes: 1 } },
    { name: 'axes fed', ...sum, inputs: [reals([2, 3, 2]), integers([2], [-1, 0])], attributes: { keepdims: 0 } },
    { name: 'integers', ...sum, inputs: [integers([3], [1, 2, 3])], outputs: ['int64'] },
  ],
  random: dimsOf(1, 4)
    .chain((dims) => fc.tuple(anyFloats(dims), anyAxes(dims.length, 0), fc.nat(1), fc.nat(1)))
    .map(([x, axes, keepdims, noop]) => ({
      ...sum,
      inputs: [x, list(...axes)],
      attributes: { keepdims, noop_with_empty_axes: noop },
    })),
}

const cumSum: OperatorCases = {
  fixed: [
    { name: 'a vector', op: 'CumSum', inputs: [reals([5]), integers([], [0])] },
    { name: 'not the last axis', op: 'CumSum', inputs: [reals([3, 4]), integers([], [0])] },
    {
      name: 'a middle axis, exclusive',
      op: 'CumSum',
      inputs: [reals([2, 3, 2]), list(1)],
      attributes: { exclusive: 1 },
    },
    { name: 'from the end', op: 'CumSum', inputs: [reals([2, 3]), integers([], [-1])], attributes: { reverse: 1 } },
    {
      name: 'from the end, exclusive, first axis',
      op: 'CumSum',
      inputs: [reals([3, 2]), integers([], [-2])],
      attributes: { reverse: 1, exclusive: 1 },
    },
  ],
  random: dimsOf(1, 3)
    .chain((dims) => fc.tuple(anyFloats(dims), anyAxis(dims.length), fc.nat(1), fc.nat(1)))
    .map(([x, axis, exclusive, reverse]) => ({
      op: 'CumSum',
      inputs: [x, list(axis)],
      attributes: { exclusive, reverse },
    })),
}

const softmax = (op: string): OperatorCases => ({
  fixed: [
    { name: 'the last axis', op, inputs: [reals([2, 4])] },
    { name: 'the first axis', op, inputs: [reals([3, 2])], attributes: { axis: 0 } },
    { name: 'a middle axis of four', op, inputs: [reals([2, 3, 2, 2])], attributes: { axis: -3 } },
    { name: 'far apart', op, inputs: [floats([3], [-50, 0, 60])] },
  ],
  random: dimsOf(1, 4)
    .chain((dims) => fc.tuple(anyFloats(dims, real(-10, 10)), anyAxis(dims.length)))
    .map(([x, axis]) => ({ op, inputs: [x], attributes: { axis } })),
})

const layerNorm = { op: 'LayerNormalization', outputs: ['float32', 'float32', 'float32'] } as const

const layerNormalization: OperatorCases = {
  fixed: [
    { name: 'the last axis', ...layerNorm, inputs: [reals([2, 3, 4]), reals([4], 2), reals([4], 3)] },
    { name: 'no bias', ...layerNorm, inputs: [reals([2, 4]), reals([4], 2)] },
    {
      name: 'one output only',
      ...{ ...layerNorm, outputs: ['float32'] },
      inputs: [reals([2, 4]), reals([4], 2)],
    },
    {
      name: 'two axes, larger epsilon',
      ...layerNorm,
      inputs: [reals([2, 3, 4]), reals([3, 4], 2), reals([3, 4], 3)],
      attributes: { axis: 1, epsilon: { float: 0.1 } },
    },
  ],
  random: dimsOf(2, 3, 5)
    .map((dims) => [...dims.slice(0, -1), dims.at(-1)! + 1])
    .chain((dims) =>
      fc.tuple(anyAxis(dims.length), fc.constant(dims)).chain(([axis, all]) => {
        const rest = all.slice(axis)
        return fc.tuple(anyFloats(all), anyFloats(rest), anyFloats(rest), fc.constant(axis))
      }),
    )
    // A larger epsilon: with equal values the default amplifies float32's rounding a thousandfold.
    .map(([x, scale, bias, axis]) => ({
      ...layerNorm,
      inputs: [x, scale, bias],
      attributes: { axis, epsilon: { float: 0.01 } },
    })),
}

export const ARITHMETIC_CASES: CaseTable = {
  MatMul: matMul,
  Gemm: gemm,
  ReduceMax: reduction('ReduceMax'),
  ReduceMean: reduction('ReduceMean'),
  ReduceSum: reduceSum,
  ReduceSumSquare: reduction('ReduceSumSquare'),
  CumSum: cumSum,
  Softmax: softmax('Softmax'),
  LogSoftmax: softmax('LogSoftmax'),
  LayerNormalization: layerNormalization,
}
