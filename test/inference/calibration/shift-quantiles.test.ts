import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { levelPairs } from '../../../src/inference/calibration/level-pairs.ts'
import { shiftQuantiles } from '../../../src/inference/calibration/shift-quantiles.ts'

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]

describe('levelPairs', () => {
  test.each<[string, readonly number[], readonly (readonly [number, number, number])[]]>([
    [
      'five levels',
      LEVELS,
      [
        [0, 4, 0.1],
        [1, 3, 0.5],
      ],
    ],
    ['one without a partner', [0.1, 0.2, 0.9], [[0, 2, 0.2]]],
    ['the median alone', [0.5], []],
  ])('%s', (_name, levels, expected) => {
    const found = levelPairs(levels)
    expect(found.map(({ low, high }) => [low, high])).toEqual(expected.map(([low, high]) => [low, high]))
    for (const [i, { miss }] of found.entries()) expect(miss).toBeCloseTo(expected[i]![2], 12)
  })
})

describe('shiftQuantiles', () => {
  test.each<[string, readonly number[], readonly number[], readonly number[], readonly number[]]>([
    ['widened', LEVELS, [-9, -3, 0, 3, 9], [-2, -1, 0, 1, 2], [-11, -4, 0, 4, 11]],
    ['narrowed', LEVELS, [-9, -3, 0, 3, 9], [2, 1, 0, -1, -2], [-7, -2, 0, 2, 7]],
    ['the inner interval pushes the outer one out', LEVELS, [-9, -3, 0, 3, 9], [8, -1, 0, 1, -8], [-4, -4, 0, 4, 4]],
    ['the median stands', LEVELS, [-9, -3, 0, 3, 9], [0, 5, 0, -5, 0], [-9, 0, 0, 0, 9]],
    ['without a median they meet half way', [0.25, 0.75], [-3, 5], [6, -6], [1, 1]],
    ['below the middle alone', [0.1, 0.2], [-3, -2], [2, 0], [-2, -2]],
    ['above the middle alone', [0.8, 0.9], [2, 3], [0, -2], [2, 2]],
  ])('%s', (_name, levels, quantiles, shifts, expected) => {
    expect(shiftQuantiles(quantiles, shifts, levels)).toEqual(expected)
  })

  test('never crossing, and each interval holds the one that was asked for', () => {
    const bps = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(bps, bps, (raw, shifts) => {
        const quantiles = raw.toSorted((a, b) => a - b)
        const wanted = shifts.with(2, 0)
        const found = shiftQuantiles(quantiles, wanted, LEVELS)
        expect(found).toEqual(found.toSorted((a, b) => a - b))
        for (const { low, high } of levelPairs(LEVELS)) {
          expect(found[low]!).toBeLessThanOrEqual(quantiles[low]! + wanted[low]!)
          expect(found[high]!).toBeGreaterThanOrEqual(quantiles[high]! + wanted[high]!)
        }
      }),
    )
  })
})
