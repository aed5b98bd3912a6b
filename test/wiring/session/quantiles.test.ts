import { describe, expect, test } from 'vitest'
import { quantile } from '../../../src/wiring/session/quantiles.ts'

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
