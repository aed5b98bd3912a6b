import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvariantError } from '../../src/core/errors.ts'
import { chosenInputs, denseInputs, gather, rowParts } from '../../src/training/window-inputs.ts'

const values = Float32Array.from({ length: 12 }, (_, i) => i)
const inputs = denseInputs(values, 3)

test('windows are gathered in the order asked for, as often as asked for', () => {
  expect([...gather(inputs, Int32Array.of(2, 0, 2))]).toEqual([6, 7, 8, 0, 1, 2, 6, 7, 8])
  expect(gather(inputs, new Int32Array(0))).toHaveLength(0)
  const into = new Float32Array(5).fill(-1)
  inputs.copy(1, into, 1)
  expect([...into]).toEqual([-1, 3, 4, 5, -1])
})

test('a choice of a choice is a choice', () => {
  const twice = chosenInputs(chosenInputs(inputs, Int32Array.of(3, 1, 0)), Int32Array.of(2, 0))
  expect([twice.rows, twice.width]).toEqual([2, 3])
  expect([...gather(twice, Int32Array.of(0, 1))]).toEqual([0, 1, 2, 9, 10, 11])
})

test('values that fill no whole number of windows are a bug', () => {
  expect(() => denseInputs(values, 5)).toThrow(InvariantError)
})

test('parts are every row once, in order, none above its size', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 20 }), (rows, size) => {
      const parts = [...rowParts(rows, size)]
      expect(parts.flatMap((part) => [...part])).toEqual([...Array(rows).keys()])
      expect(parts.every(({ length }) => length > 0 && length <= size)).toBe(true)
    }),
  )
})
