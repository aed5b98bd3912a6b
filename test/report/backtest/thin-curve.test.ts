import fc from 'fast-check'
import { expect, test } from 'vitest'
import { thinIndices } from '../../../src/report/backtest/thin-curve.ts'

const curve = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: -50, max: 50 }), fc.integer()), {
    minLength: 1,
    maxLength: 400,
  })
  .map((rows) => {
    let at = 0
    return {
      at: Float64Array.from(rows, ([step]) => (at += step)),
      one: Float64Array.from(rows, ([, value]) => value),
      two: Float64Array.from(rows, ([, , value]) => value),
    }
  })

test('keeps the least and the greatest of every column of time, and both ends, in few points', () => {
  fc.assert(
    fc.property(curve, fc.integer({ min: 1, max: 30 }), ({ at, one, two }, columns) => {
      const kept = thinIndices(at, [one, two], columns)
      expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b))
      expect([kept[0], kept.at(-1)]).toEqual([0, at.length - 1])
      if (at.length > 2 * columns) expect(kept.length).toBeLessThanOrEqual(4 * columns + 2)
      const width = (at.at(-1)! - at[0]!) / columns || 1
      const columnOf = (index: number): number => Math.min(columns - 1, Math.floor((at[index]! - at[0]!) / width))
      for (const values of [one, two])
        for (let column = 0; column < columns; column++) {
          const all = [...at.keys()].filter((index) => columnOf(index) === column).map((index) => values[index]!)
          const left = kept.filter((index) => columnOf(index) === column).map((index) => values[index]!)
          expect([Math.min(...left), Math.max(...left)]).toEqual([Math.min(...all), Math.max(...all)])
        }
    }),
  )
})

test('what is not finite is never chosen for an extreme', () => {
  const at = Float64Array.from({ length: 9 }, (_, index) => index)
  const values = Float64Array.of(0, 1, Number.NaN, 5, 2, Number.POSITIVE_INFINITY, -1, 3, 0)
  expect(thinIndices(at, [values], 1)).toEqual([0, 3, 6, 8])
})
