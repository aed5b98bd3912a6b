import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import {
  axisOf,
  broadcast,
  concatShape,
  dimProduct,
  elementCount,
  matMulShape,
  sizeOf,
} from '../../../src/model/graph/shape.ts'

test('shapes broadcast as NumPy does, with a run-time dimension', () => {
  expect(broadcast('Add', ['batch', 4, 3], [3])).toEqual(['batch', 4, 3])
  expect(broadcast('Add', ['batch', 1], [1, 5])).toEqual(['batch', 5])
  expect(broadcast('Add', [], ['batch', 2])).toEqual(['batch', 2])
  expect(broadcast('Add', [1], ['batch', 1])).toEqual(['batch', 1])
})

test('broadcasting is commutative and keeps what it made', () => {
  const shape = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 })
  const ones = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(shape, ones, fc.nat(4), (whole, isOne, cut) => {
      const part = whole.map((dim, i) => (isOne[i] ? 1 : dim)).slice(Math.min(cut, whole.length))
      const joint = broadcast('Mul', whole, part)
      expect(joint).toEqual(whole)
      expect(broadcast('Mul', part, whole)).toEqual(joint)
    }),
  )
})

test('products of dimensions, one of them known only at run time', () => {
  expect(dimProduct([])).toBe(1)
  expect(dimProduct([3, 4])).toBe(12)
  expect(dimProduct(['batch', 4])).toBe('batch*4')
  expect(dimProduct(['batch*4', 7])).toBe('batch*28')
  expect(dimProduct(['batch', 1])).toBe('batch')
  expect(dimProduct([7, 'batch', 4])).toBe(dimProduct([4, 'batch*7']))
  expect(elementCount([])).toBe(1)
})

test('a matrix product’s leading axes broadcast', () => {
  expect(matMulShape(['batch', 4, 2, 3], [3, 5])).toEqual(['batch', 4, 2, 5])
  expect(matMulShape([4, 1, 2, 3], [6, 3, 5])).toEqual([4, 6, 2, 5])
})

test('axes count from either end', () => {
  expect(axisOf([2, 3, 4], -1)).toBe(2)
  expect(axisOf([2, 3, 4], 0)).toBe(0)
})

describe('is a bug that names the operator and the shapes', () => {
  test.each([
    ['Add: shapes that broadcast: [batch, 3] and [4] is not allowed', () => broadcast('Add', ['batch', 3], [4])],
    ['Max: shapes that broadcast: [batch, 3] and [4, 3] is not allowed', () => broadcast('Max', ['batch', 3], [4, 3])],
    [
      'MatMul: shapes of a matrix product: [batch, 3] and [4, 1] is not allowed',
      () => matMulShape(['batch', 3], [4, 1]),
    ],
    ['MatMul: shapes of a matrix product: [3] and [3, 1] is not allowed', () => matMulShape([3], [3, 1])],
    [
      'Concat: shapes that join: [2, 1] and [3, 1] is not allowed',
      () =>
        concatShape(
          [
            [2, 1],
            [3, 1],
          ],
          1,
        ),
    ],
    ['Concat: axis to join: 2 is not allowed', () => concatShape([['batch', 1]], 2)],
    [
      'known size of axis 0 of [batch, 1]: NaN is not allowed',
      () =>
        concatShape(
          [
            ['batch', 1],
            ['batch', 1],
          ],
          0,
        ),
    ],
    ['axis of [2, 3]: 2 is not allowed', () => axisOf([2, 3], 2)],
    ['axis of [2, 3]: -3 is not allowed', () => axisOf([2, 3], -3)],
    ['shape known when the graph is built: [batch, 2] is not allowed', () => elementCount(['batch', 2])],
    ['known size of axis 0 of [batch]: NaN is not allowed', () => sizeOf(['batch'], 0)],
  ])('%s', (message, run) => {
    expect(run).toThrow(InvariantError)
    expect(run).toThrow(message)
  })
})
