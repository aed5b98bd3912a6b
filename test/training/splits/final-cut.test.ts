import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finalCut, fitCut } from '../../../src/training/splits/final-cut.ts'
import { anyRows, barsOf, isShared, rowsOf } from './timed-rows.ts'

const shares = { validation: 0.2, calibration: 0.2, test: 0.2, embargoBars: 0 }

test('for any rows, parts follow each other in time, share nothing pair by pair, and drop nothing else', () => {
  fc.assert(
    fc.property(anyRows, fc.integer({ min: 0, max: 1 }), (data, embargoBars) => {
      fc.pre(data.shape.steps + data.shape.horizonBars <= 8)
      const { train, validation, calibration, test: tested } = finalCut(data, { ...shares, embargoBars })
      const moments = [...new Set(data.endAt)].sort((a, b) => a - b)
      const borders = [0, 0.4, 0.6, 0.8].map((share) => moments[Math.round(share * moments.length)]!)
      const partOf = (row: number): number => borders.filter((at) => data.endAt[row]! >= at).length - 1
      const rows = Array.from({ length: data.rows }, (_, row) => row)
      for (const [part, made] of [train, validation, calibration, tested].entries()) {
        const later = rows.filter((row) => partOf(row) > part)
        const expected = rows.filter(
          (row) => partOf(row) === part && !later.some((other) => isShared(data, row, other, embargoBars)),
        )
        expect([...made]).toEqual(expected)
      }
    }),
    { numRuns: 25 },
  )
})

test('both sides of each border, window 4 bars, label 3', () => {
  const data = rowsOf(100)
  const cut = finalCut(data, shares)
  const ends = (rows: Int32Array) => [barsOf(data, rows)[0], barsOf(data, rows).at(-1)]
  expect(ends(cut.train)).toEqual([0, 32])
  expect(ends(cut.validation)).toEqual([40, 52])
  expect(ends(cut.calibration)).toEqual([60, 72])
  expect(ends(cut.test)).toEqual([80, 99])
})

test('in a fold validation and calibration are the later parts of the given rows only, clear of each other', () => {
  const data = rowsOf(100)
  const fifty = Int32Array.from({ length: 50 }, (_, row) => row)
  const cut = fitCut(data, fifty, { validation: 0.2, calibration: 0.2, embargoBars: 2 })
  const ends = (rows: Int32Array) => [barsOf(data, rows)[0], barsOf(data, rows).at(-1)]
  expect(ends(cut.train)).toEqual([0, 20])
  expect(ends(cut.validation)).toEqual([30, 30])
  expect(ends(cut.calibration)).toEqual([40, 49])
  expect(() => fitCut(data, fifty, { validation: 0.2, calibration: 0.2, embargoBars: 3 })).toThrow('part 2 of 3 has no')
})

test('shares and sizes that leave a part empty are told', () => {
  expect(() => finalCut(rowsOf(100), { ...shares, test: 0 })).toThrow('must all be above 0')
  expect(() => finalCut(rowsOf(100), { ...shares, test: 0.7 })).toThrow('must all be above 0')
  expect(() => finalCut(rowsOf(30), shares)).toThrow('part 2 of 4 has no rows of 30 left after the purge')
})
