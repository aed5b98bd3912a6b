import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { walkForwardFolds } from '../../../src/training/splits/walk-forward-folds.ts'
import { anyRows, barsOf, isShared, rowsOf } from './timed-rows.ts'

const settings = { folds: 4, firstTrainShare: 0.4, scheme: 'anchored', embargoBars: 0 } as const

describe('for any rows', () => {
  const anySettings = fc.record({
    folds: fc.integer({ min: 1, max: 4 }),
    firstTrainShare: fc.constantFrom(0.4, 0.6),
    scheme: fc.constantFrom('anchored' as const, 'rolling' as const),
    embargoBars: fc.integer({ min: 0, max: 4 }),
  })

  test('training rows are exactly those before the block that share nothing with it, pair by pair', () => {
    fc.assert(
      fc.property(anyRows, anySettings, (data, chosen) => {
        const moments = [...new Set(data.endAt)].sort((a, b) => a - b)
        const window = Math.round(moments.length * chosen.firstTrainShare)
        for (const { train, test: tested } of walkForwardFolds(data, chosen).folds) {
          const testFrom = Math.min(...Array.from(tested, (row) => data.endAt[row]!))
          const oldest = chosen.scheme === 'rolling' ? moments[moments.indexOf(testFrom) - window]! : 0
          const expected = Array.from({ length: data.rows }, (_, row) => row).filter(
            (row) =>
              data.endAt[row]! < testFrom &&
              data.endAt[row]! >= oldest &&
              !tested.some((other) => isShared(data, row, other, chosen.embargoBars)),
          )
          expect([...train]).toEqual(expected)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('every row after the first training part is tested once, and none before', () => {
    fc.assert(
      fc.property(anyRows, anySettings, (data, chosen) => {
        const { folds, paths } = walkForwardFolds(data, chosen)
        const moments = [...new Set(data.endAt)].sort((a, b) => a - b)
        const from = moments[Math.round(moments.length * chosen.firstTrainShare)]!
        const expected = Array.from({ length: data.rows }, (_, row) => row).filter((row) => data.endAt[row]! >= from)
        const tested = folds.flatMap(({ test: rows }) => [...rows]).sort((a, b) => a - b)
        expect(tested).toEqual(expected)
        expect(paths).toEqual([folds.map(({ test: rows }, fold) => ({ fold, rows }))])
      }),
      { numRuns: 60 },
    )
  })
})

describe('both sides of the border: test begins at bar 40, window 4 bars, label 3', () => {
  const data = rowsOf(100)

  // The first test window covers bars 37 to 40 and begins where bar 36 closed.
  test.each([
    { embargoBars: 0, last: 32, why: 'label known at 35; that of row 33 at 36, where the window begins' },
    { embargoBars: 5, last: 27, why: 'five bars further' },
  ])('embargo $embargoBars: the last training row is $last ($why)', ({ embargoBars, last }) => {
    const { train, test: tested } = walkForwardFolds(data, { ...settings, embargoBars }).folds[0]!
    expect(barsOf(data, tested)[0]).toBe(40)
    expect(Math.max(...barsOf(data, train))).toBe(last)
    expect(barsOf(data, train)[0]).toBe(0)
  })

  test('a label that is known late is dropped earlier, also that of another instrument', () => {
    const late = rowsOf(100, { instruments: 2 }, undefined, (bar, series) => (bar === 20 && series === 1 ? 16 : 3))
    const { train } = walkForwardFolds(late, settings).folds[0]!
    expect([...train].filter((row) => barsOf(late, Int32Array.of(row))[0] === 20)).toHaveLength(1)
    expect(barsOf(late, train).filter((bar) => bar === 32)).toHaveLength(2)
  })

  test('blocks of equal length; rolling trains on as many bars as the first', () => {
    const plan = walkForwardFolds(data, { ...settings, scheme: 'rolling' })
    const ranges = plan.folds.map(({ train, test: tested }) => [
      barsOf(data, train)[0],
      barsOf(data, train).at(-1),
      barsOf(data, tested)[0],
      barsOf(data, tested).at(-1),
    ])
    expect(ranges).toEqual([
      [0, 32, 40, 54],
      [15, 47, 55, 69],
      [30, 62, 70, 84],
      [45, 77, 85, 99],
    ])
  })
})

test('too little data is told: nothing is left to train on, or to test', () => {
  expect(() => walkForwardFolds(rowsOf(20), { ...settings, firstTrainShare: 0.3 })).toThrow(
    '0 training rows and 4 test rows are left of 20 after the purge',
  )
  expect(() => walkForwardFolds(rowsOf(40), { ...settings, folds: 30 })).toThrow('0 test rows')
})
