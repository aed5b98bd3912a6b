import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decadeTicks, rangeOf } from '../../../src/report/training/chart-range.ts'
import { timeTicks } from '../../../src/report/training/time-ticks.ts'

describe('rangeOf', () => {
  test('holds all finite values and has a width', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e200, max: 1e200 })), (values) => {
        const [from, to] = rangeOf(values)
        expect(to).toBeGreaterThan(from)
        for (const value of values) if (Number.isFinite(value)) expect(from <= value && value <= to).toBe(true)
      }),
    )
  })

  test('without a finite value is 0 to 1', () => expect(rangeOf([Number.NaN])).toEqual([0, 1]))
})

describe('decadeTicks', () => {
  test.each([
    { from: -4.1, to: -0.9, expected: [-4, -3, -2, -1] },
    { from: 0, to: 12, expected: [0, 3, 6, 9, 12] },
    { from: 0.1, to: 1.2, expected: [Math.log10(2), Math.log10(5), 1] },
  ])('$from to $to', ({ from, to, expected }) => {
    const ticks = decadeTicks(from, to)
    expect(ticks).toHaveLength(expected.length)
    for (const [i, tick] of expected.entries()) expect(ticks[i]).toBeCloseTo(tick, 12)
  })
})

describe('timeTicks', () => {
  const START = Date.UTC(2026, 0, 1)
  test.each([
    { name: 'an hour', ms: 3_600_000, expected: ['00:00', '00:15', '00:30', '00:45', '01:00'] },
    {
      name: 'two days',
      ms: 172_800_000,
      expected: ['01-01 00:00', '01-01 12:00', '01-02 00:00', '01-02 12:00', '01-03 00:00'],
    },
    { name: 'nothing', ms: 0, expected: ['00:00'] },
  ])('$name', ({ ms, expected }) => {
    const { ticks, text } = timeTicks(START, START + ms)
    expect(ticks.map(text)).toEqual(expected)
  })

  test('any span has at most six, all within', () => {
    fc.assert(
      fc.property(fc.nat(4e12), fc.nat(4e12), (from, width) => {
        const { ticks } = timeTicks(from, from + width)
        expect(ticks.length).toBeLessThanOrEqual(6)
        for (const tick of ticks) expect(tick >= from && tick <= from + width).toBe(true)
      }),
    )
  })
})
