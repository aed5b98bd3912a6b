import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combinatorialFolds } from '../../../src/training/splits/combinatorial-folds.ts'
import { foldPlan, foldSettingsSchema } from '../../../src/training/splits/fold-plan.ts'
import { anyRows, barsOf, isShared, rowsOf } from './timed-rows.ts'

const rowsUpTo = (rows: number): number[] => Array.from({ length: rows }, (_, row) => row)

describe('for any rows', () => {
  const anySettings = fc.record({
    groups: fc.constantFrom(4, 5),
    testGroups: fc.integer({ min: 1, max: 2 }),
    embargoBars: fc.integer({ min: 0, max: 2 }),
  })
  // A middle group with windows, labels and embargo around leaves something of the rest only where groups are long.
  const long = anyRows.filter(({ shape }) => shape.steps + shape.horizonBars <= 8)

  test('training rows are exactly those that share nothing with a test row, pair by pair', () => {
    fc.assert(
      fc.property(long, anySettings, (data, settings) => {
        for (const { train, test: tested } of combinatorialFolds(data, settings).folds) {
          const isTested = new Set(tested)
          const expected = rowsUpTo(data.rows).filter(
            (row) => !isTested.has(row) && !tested.some((other) => isShared(data, row, other, settings.embargoBars)),
          )
          expect([...train]).toEqual(expected)
        }
      }),
      { numRuns: 15 },
    )
  })

  test('φ = C(N, k)·k/N paths, each over every row once, from folds that test that row; no fold is used twice for one', () => {
    fc.assert(
      fc.property(long, anySettings, (data, settings) => {
        const { folds, paths } = combinatorialFolds(data, settings)
        expect(paths).toHaveLength((folds.length * settings.testGroups) / settings.groups)
        const usedBy = new Set<string>()
        for (const path of paths) {
          expect(path.flatMap(({ rows }) => [...rows]).sort((a, b) => a - b)).toEqual(rowsUpTo(data.rows))
          for (const { fold, rows } of path) {
            const tested = new Set(folds[fold]!.test)
            expect(rows.every((row) => tested.has(row))).toBe(true)
            usedBy.add(`${fold}:${rows[0]}`)
          }
        }
        expect(usedBy.size).toBe(paths.length * settings.groups)
      }),
      { numRuns: 30 },
    )
  })
})

test('6 groups, 2 tested: 15 folds, 5 paths (López de Prado 2018, fig. 12.1)', () => {
  const { folds, paths } = combinatorialFolds(rowsOf(240), { groups: 6, testGroups: 2, embargoBars: 0 })
  expect(folds).toHaveLength(15)
  expect(paths.map((path) => path.map(({ fold }) => fold))).toEqual([
    [0, 0, 1, 2, 3, 4],
    [1, 5, 5, 6, 7, 8],
    [2, 6, 9, 9, 10, 11],
    [3, 7, 10, 12, 12, 13],
    [4, 8, 11, 13, 14, 14],
  ])
})

test('both sides of both borders: block 40 to 79 of 120, window 4 bars, label 3', () => {
  const data = rowsOf(120)
  const middle = (embargoBars: number) =>
    barsOf(data, combinatorialFolds(data, { groups: 3, testGroups: 1, embargoBars }).folds[1]!.train)
  // Before: the label of row 32 is known at 35, the first test window begins at 36. After: the last test label is known at 82.
  expect(middle(0)).toEqual([...rowsUpTo(33), ...rowsUpTo(120).slice(87)])
  expect(middle(2)).toEqual([...rowsUpTo(31), ...rowsUpTo(120).slice(89)])
})

describe('settings', () => {
  const parse = (given: object) => foldSettingsSchema.safeParse({ kind: 'combinatorial', ...given })
  test('k below N, and no more than 200 folds', () => {
    expect(parse({ groups: 4, testGroups: 3 }).success).toBe(true)
    expect(parse({ groups: 4, testGroups: 4 }).error?.message).toContain('must be below groups, which is 4')
    expect(parse({ groups: 20, testGroups: 2 }).success).toBe(true)
    expect(parse({ groups: 11, testGroups: 4 }).error?.message).toContain(
      'makes 330 folds with groups: 11; at most 200',
    )
    expect(parse({ parts: 4 }).success).toBe(false)
  })

  test('kind chooses', () => {
    const data = rowsOf(240)
    expect(foldPlan(data, foldSettingsSchema.parse({ kind: 'combinatorial' })).folds).toHaveLength(15)
    expect(foldPlan(data, foldSettingsSchema.parse({ kind: 'walk-forward' })).folds).toHaveLength(5)
    expect(foldSettingsSchema.safeParse({ kind: 'shuffled' }).success).toBe(false)
  })
})
