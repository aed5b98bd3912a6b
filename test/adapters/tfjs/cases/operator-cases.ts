import fc from 'fast-check'
import type { NodeSpec, TensorValue } from '../../onnx/one-node-model.ts'
import { booleans, floats, integers } from '../../onnx/one-node-model.ts'

/** One use of an operator. */
export interface OperatorCase extends NodeSpec {
  /** What is special about it. */
  readonly name: string
  /** Inputs whose gradient is checked: all float inputs when absent. */
  readonly differentiate?: readonly number[]
}

export interface OperatorCases {
  /** Attributes and edge cases; their gradients are checked as well. */
  readonly fixed: readonly OperatorCase[]
  /** Any shapes and values. */
  readonly random: fc.Arbitrary<NodeSpec>
}

export type CaseTable = Readonly<Record<string, OperatorCases>>

const count = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)

/** Reals in ±1.5, the same for the same `salt`, no two within 0.001 of each other nor of 0 and ±1: no kink is near. */
export function reals(dims: readonly number[], salt = 0, { low = -1.5, high = 1.5 } = {}): TensorValue {
  const golden = 0.618033988749895
  const values = Array.from({ length: count(dims) }, (_, at) => {
    const unit = ((at + 1) * golden + salt * 0.3719) % 1
    const value = low + (high - low) * unit
    const nearest = Math.round(value)
    return Math.abs(value - nearest) < 0.02 ? nearest + 0.03 : value
  })
  return floats(dims, values)
}

const exact = (value: number): number => Math.fround(value)

/** Reals of ordinary size: what is near 0 is 0. */
export const real = (low = -4, high = 4): fc.Arbitrary<number> =>
  fc
    .double({ min: low, max: high, noNaN: true })
    .map((value) => (Math.abs(value) < 1e-3 ? Math.max(0, low) : exact(value)))

export const dimsOf = (rankMin: number, rankMax: number, sizeMax = 4): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 1, max: sizeMax }), { minLength: rankMin, maxLength: rankMax })

const filled =
  (make: (dims: readonly number[], values: readonly number[]) => TensorValue) =>
  (dims: readonly number[], element: fc.Arbitrary<number>): fc.Arbitrary<TensorValue> =>
    fc.array(element, { minLength: count(dims), maxLength: count(dims) }).map((values) => make(dims, values))

export const anyFloats = (dims: readonly number[], element = real()): fc.Arbitrary<TensorValue> =>
  filled(floats)(dims, element)
export const anyIntegers = (dims: readonly number[], min: number, max: number): fc.Arbitrary<TensorValue> =>
  filled(integers)(dims, fc.integer({ min, max }))
export const anyBooleans = (dims: readonly number[]): fc.Arbitrary<TensorValue> =>
  filled(booleans)(dims, fc.integer({ min: 0, max: 1 }))

/** `how many` shapes that broadcast together: dimensions dropped in front, or made 1. */
export const broadcastDims = (howMany: number): fc.Arbitrary<number[][]> =>
  dimsOf(0, 4, 3).chain((full) =>
    fc.array(
      fc
        .tuple(fc.integer({ min: 0, max: full.length }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
        .map(([drop, ones]) => full.map((dim, at) => (ones[at] ? 1 : dim)).slice(drop)),
      { minLength: howMany, maxLength: howMany },
    ),
  )

/** An axis of `rank`, counted from either end. */
export const anyAxis = (rank: number): fc.Arbitrary<number> => fc.integer({ min: -rank, max: rank - 1 })

/** Distinct axes of `rank`, at least `min` of them, counted from either end. */
export const anyAxes = (rank: number, min = 1): fc.Arbitrary<number[]> =>
  fc
    .subarray(
      Array.from({ length: rank }, (_, at) => at),
      { minLength: Math.min(min, rank) },
    )
    .chain((axes) => fc.tuple(...axes.map((axis) => fc.constantFrom(axis, axis - rank))))
    .map((axes) => [...axes])
