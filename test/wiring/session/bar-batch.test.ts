import { describe, expect, test } from 'vitest'
import { barBatch } from '../../../src/wiring/session/bar-batch.ts'
import { quantile } from '../../../src/wiring/session/quantiles.ts'

describe('barBatch', () => {
  test('gives the batch when the last instrument closes, in the order of the symbols', () => {
    const batch = barBatch<string>(['A', 'B'])
    expect(batch.add('B', 1_000, 'b')).toBeUndefined()
    expect(batch.add('A', 1_000, 'a')).toEqual(['a', 'b'])
  })

  test('an incomplete older batch is dropped when a newer is complete', () => {
    const batch = barBatch<string>(['A', 'B'])
    batch.add('A', 1_000, 'old')
    batch.add('A', 2_000, 'a')
    expect(batch.add('B', 2_000, 'b')).toEqual(['a', 'b'])
    expect(batch.add('B', 1_000, 'late')).toBeUndefined()
  })
})

describe('quantile', () => {
  test.each([
    { values: [], p: 0.5, expected: null },
    { values: [7], p: 0.99, expected: 7 },
    { values: [3, 1, 2], p: 0.5, expected: 2 },
    { values: [1, 2, 3, 4], p: 0.5, expected: 2 },
    { values: Array.from({ length: 100 }, (_, i) => i + 1), p: 0.99, expected: 99 },
    { values: [1, 2], p: 1, expected: 2 },
  ])('$p of $values.length values is $expected', ({ values, p, expected }) => {
    expect(quantile(values, p)).toBe(expected)
  })
})
