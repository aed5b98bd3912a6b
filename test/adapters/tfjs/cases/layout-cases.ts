import fc from 'fast-check'
import type { TensorValue } from '../../onnx/one-node-model.ts'
import { floats, integers, list, storedFloats } from '../../onnx/one-node-model.ts'
import {
  anyAxes,
  anyAxis,
  anyFloats,
  anyIntegers,
  type CaseTable,
  dimsOf,
  type OperatorCases,
  reals,
} from './operator-cases.ts'

/** Beyond any size: "to the end". */
const END = 9_223_372_036_854_775_000

const reshape = (name: string, dims: readonly number[], target: TensorValue, attributes = {}) => ({
  name,
  op: 'Reshape',
  inputs: [reals(dims), target],
  attributes,
})

const reshapes: OperatorCases = {
  fixed: [
    reshape('a new shape', [2, 3, 4], list(4, 6)),
    reshape('one size left open', [2, 3, 4], list(2, -1)),
    reshape('0 copies', [2, 3, 4], list(0, -1)),
    reshape('0 in the middle', [2, 3, 4], list(2, 0, 2, 2)),
    reshape('to a number', [1, 1], list()),
    reshape('a shape that is fed', [2, 3], integers([2], [3, 2])),
    { ...reshape('a true 0', [0, 3], list(3, 0), { allowzero: 1 }), differentiate: [] },
  ],
  random: dimsOf(1, 4)
    .chain((dims) => fc.tuple(anyFloats(dims), fc.shuffledSubarray([...dims], { minLength: dims.length })))
    .map(([x, target]) => ({ op: 'Reshape', inputs: [x, list(...target.with(0, -1))] })),
}

const flatten: OperatorCases = {
  fixed: [-2, 0, 1, 3].map((axis) => ({
    name: `axis ${axis}`,
    op: 'Flatten',
    inputs: [reals([2, 3, 2])],
    attributes: { axis },
  })),
  random: dimsOf(1, 4)
    .chain((dims) => fc.tuple(anyFloats(dims), fc.integer({ min: -dims.length, max: dims.length })))
    .map(([x, axis]) => ({ op: 'Flatten', inputs: [x], attributes: { axis } })),
}

const squeeze: OperatorCases = {
  fixed: [
    { name: 'every 1', op: 'Squeeze', inputs: [reals([1, 3, 1])] },
    { name: 'one of them', op: 'Squeeze', inputs: [reals([1, 3, 1]), list(-1)] },
    { name: 'to a number', op: 'Squeeze', inputs: [reals([1]), list(0)] },
  ],
  random: dimsOf(1, 4, 2)
    .chain(anyFloats)
    .map((x) => ({ op: 'Squeeze', inputs: [x] })),
}

const unsqueeze: OperatorCases = {
  fixed: [
    { name: 'in front', op: 'Unsqueeze', inputs: [reals([2, 3]), list(0)] },
    { name: 'several, in any order', op: 'Unsqueeze', inputs: [reals([2, 3]), list(-1, 0, 2)] },
    { name: 'a number', op: 'Unsqueeze', inputs: [reals([]), list(0)] },
    { name: 'integers', op: 'Unsqueeze', inputs: [integers([2], [4, 5]), list(1)], outputs: ['int64'] },
  ],
  random: dimsOf(0, 3)
    .chain((dims) =>
      fc.tuple(
        anyFloats(dims),
        anyAxes(dims.length + 2, 2).map((axes) => axes.slice(0, 2)),
      ),
    )
    .map(([x, axes]) => ({ op: 'Unsqueeze', inputs: [x, list(...axes)] })),
}

const transpose: OperatorCases = {
  fixed: [
    { name: 'reversed', op: 'Transpose', inputs: [reals([2, 3, 4])] },
    { name: 'heads of attention', op: 'Transpose', inputs: [reals([2, 3, 2, 2])], attributes: { perm: [0, 2, 1, 3] } },
  ],
  random: dimsOf(1, 5, 3)
    .chain((dims) => fc.tuple(anyFloats(dims), fc.shuffledSubarray([...dims.keys()], { minLength: dims.length })))
    .map(([x, perm]) => ({ op: 'Transpose', inputs: [x], attributes: { perm } })),
}

const expand: OperatorCases = {
  fixed: [
    { name: 'more dimensions', op: 'Expand', inputs: [reals([3]), list(2, 3)] },
    { name: 'rank 6', op: 'Expand', inputs: [reals([1, 2, 1, 1, 1, 1]), list(2, 2, 1, 2, 1, 2)] },
    { name: 'the shape has a 1 where the tensor has more', op: 'Expand', inputs: [reals([2, 3]), list(4, 1, 1)] },
    { name: 'a number', op: 'Expand', inputs: [reals([]), integers([2], [2, 2])] },
    { name: 'integers', op: 'Expand', inputs: [integers([1], [4]), list(3)], outputs: ['int64'] },
  ],
  random: dimsOf(1, 4)
    .chain((dims) => fc.tuple(anyFloats(dims.map((dim, at) => (at % 2 === 0 ? 1 : dim))), fc.constant(dims)))
    .map(([x, dims]) => ({ op: 'Expand', inputs: [x, list(2, ...dims)] })),
}

const shape: OperatorCases = {
  fixed: [
    { name: 'whole', op: 'Shape', inputs: [reals([2, 3])], outputs: ['int64'], differentiate: [] },
    {
      name: 'from, to',
      op: 'Shape',
      inputs: [reals([2, 3, 4])],
      outputs: ['int64'],
      attributes: { start: -2, end: -1 },
      differentiate: [],
    },
    { name: 'of stored integers', op: 'Shape', inputs: [list(1, 2, 3)], outputs: ['int64'] },
  ],
  random: dimsOf(0, 4)
    .chain(anyFloats)
    .map((x) => ({ op: 'Shape', inputs: [x], outputs: ['int64'] })),
}

const slice = (name: string, dims: readonly number[], ...rest: readonly (TensorValue | undefined)[]) => ({
  name,
  op: 'Slice',
  inputs: [reals(dims), ...rest],
})

const slices: OperatorCases = {
  fixed: [
    slice('leading axes', [4, 5], list(1, 2), list(3, 5)),
    slice('one axis, from the end', [4, 5], list(-3), list(-1), list(-1)),
    slice('to the end', [4, 5], list(2), list(END), list(1)),
    slice('every second', [4, 5], list(0), list(END), list(1), list(2)),
    slice('backwards', [4, 5], list(-1), list(-END), list(0), list(-1)),
    slice('backwards by two, within', [7], list(5), list(1), list(0), list(-2)),
    slice('starts beyond the end, backwards', [5], list(99), list(0), list(0), list(-3)),
    slice('starts before the front, backwards', [3, 2], list(-9), list(-9), list(0), list(-2)),
    slice('two axes of three, unordered', [3, 4, 5], list(1, 0), list(4, 2), list(2, 0), list(2, 1)),
    { ...slice('nothing left', [4], list(3), list(1)), differentiate: [] },
    slice('bounds that are fed', [4, 2], integers([1], [1]), integers([1], [3]), integers([1], [0])),
    { name: 'of a shape', op: 'Slice', inputs: [list(4, 5, 6), list(1), list(END)], outputs: ['int64'] },
  ],
  random: dimsOf(1, 3, 6)
    .chain((dims) => {
      const bound = fc.integer({ min: -8, max: 8 })
      const step = fc.constantFrom(-3, -2, -1, 1, 2, 3)
      return fc.tuple(anyFloats(dims), anyAxis(dims.length), bound, bound, step)
    })
    .map(([x, axis, start, end, step]) => ({
      op: 'Slice',
      inputs: [x, list(start), list(end), list(axis), list(step)],
    })),
}

const three = ['float32', 'float32', 'float32'] as const

const split: OperatorCases = {
  fixed: [
    { name: 'equal parts', op: 'Split', inputs: [reals([6, 2])], outputs: three },
    { name: 'sizes', op: 'Split', inputs: [reals([2, 6]), list(1, 2, 3)], outputs: three, attributes: { axis: -1 } },
    { name: 'sizes that are fed', op: 'Split', inputs: [reals([6]), integers([3], [3, 1, 2])], outputs: three },
    { name: 'one part', op: 'Split', inputs: [reals([3]), list(3)] },
  ],
  random: dimsOf(1, 3)
    .chain((dims) => fc.tuple(fc.constant(dims), fc.nat(dims.length - 1), dimsOf(2, 4)))
    .chain(([dims, axis, sizes]) => {
      const total = sizes.reduce((sum, size) => sum + size, 0)
      return anyFloats(dims.with(axis, total)).map((x) => ({
        op: 'Split',
        inputs: [x, list(...sizes)],
        outputs: sizes.map(() => 'float32' as const),
        attributes: { axis },
      }))
    }),
}

const concat: OperatorCases = {
  fixed: [
    { name: 'rows', op: 'Concat', inputs: [reals([2, 3], 1), reals([1, 3], 2)], attributes: { axis: 0 } },
    {
      name: 'columns of three',
      op: 'Concat',
      inputs: [1, 2, 3].map((salt) => reals([2, salt], salt)),
      attributes: { axis: -1 },
    },
    { name: 'one', op: 'Concat', inputs: [reals([2])], attributes: { axis: 0 } },
    {
      name: 'shapes',
      op: 'Concat',
      inputs: [list(1, 2), integers([1], [3])],
      outputs: ['int64'],
      attributes: { axis: 0 },
    },
  ],
  random: dimsOf(1, 3)
    .chain((dims) => fc.tuple(fc.constant(dims), fc.nat(dims.length - 1), dimsOf(1, 4)))
    .chain(([dims, axis, sizes]) =>
      fc
        .tuple(...sizes.map((size) => anyFloats(dims.with(axis, size))))
        .map((inputs) => ({ op: 'Concat', inputs: [...inputs], attributes: { axis: axis - dims.length } })),
    ),
}

const gather: OperatorCases = {
  fixed: [
    { name: 'rows, one twice', op: 'Gather', inputs: [reals([4, 3]), integers([3], [2, 0, 2])] },
    { name: 'columns', op: 'Gather', inputs: [reals([2, 4]), list(3, 1)], attributes: { axis: 1 } },
    { name: 'negative indices', op: 'Gather', inputs: [reals([4]), integers([2], [-1, -4])] },
    {
      name: 'a single index drops the axis',
      op: 'Gather',
      inputs: [reals([2, 3, 2]), integers([], [1])],
      attributes: { axis: -2 },
    },
    { name: 'indices of rank 2', op: 'Gather', inputs: [reals([3, 2]), integers([2, 2], [0, 2, 1, 1])] },
    { name: 'from a shape', op: 'Gather', inputs: [list(7, 8, 9), integers([], [1])], outputs: ['int64'] },
  ],
  random: dimsOf(1, 3)
    .chain((dims) => fc.tuple(fc.constant(dims), fc.nat(dims.length - 1), dimsOf(0, 2)))
    .chain(([dims, axis, wanted]) =>
      fc
        .tuple(anyFloats(dims), anyIntegers(wanted, -dims[axis]!, dims[axis]! - 1))
        .map((inputs) => ({ op: 'Gather', inputs, attributes: { axis } })),
    ),
}

const pad: OperatorCases = {
  fixed: [
    { name: 'zeros', op: 'Pad', inputs: [reals([2, 3]), list(1, 0, 0, 2)] },
    { name: 'a stored value', op: 'Pad', inputs: [reals([2]), list(2, 1), storedFloats([], [9])] },
    { name: 'a value that is fed', op: 'Pad', inputs: [reals([2]), list(0, 1), floats([], [-1])], differentiate: [0] },
    { name: 'negative: cut', op: 'Pad', inputs: [reals([4, 3]), list(-1, 1, 2, -1)], attributes: { mode: 'constant' } },
    { name: 'rank 4', op: 'Pad', inputs: [reals([1, 2, 1, 2]), list(0, 1, 0, 1, 1, 0, 0, 1)] },
  ].map((one) => ({ differentiate: [0], ...one })),
  random: dimsOf(1, 3)
    .chain((dims) =>
      fc.tuple(anyFloats(dims), fc.array(fc.nat(2), { minLength: 2 * dims.length, maxLength: 2 * dims.length })),
    )
    .map(([x, pads]) => ({ op: 'Pad', inputs: [x, list(...pads)] })),
}

const identity: OperatorCases = {
  fixed: [
    { name: 'reals', op: 'Identity', inputs: [reals([2])] },
    { name: 'stored integers', op: 'Identity', inputs: [list(1, 2)], outputs: ['int64'] },
  ],
  random: dimsOf(0, 3)
    .chain(anyFloats)
    .map((x) => ({ op: 'Identity', inputs: [x] })),
}

export const LAYOUT_CASES: CaseTable = {
  Concat: concat,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  Identity: identity,
  Pad: pad,
  Reshape: reshapes,
  Shape: shape,
  Slice: slices,
  Split: split,
  Squeeze: squeeze,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
}
