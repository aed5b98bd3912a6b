import { expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { windowStarts } from '../../../src/training/series/series-windows.ts'
import type { SplitRule } from '../../../src/training/series/split-series.ts'
import { splitRuleOf, splitSeries } from '../../../src/training/series/split-series.ts'

const table = (rows: number, channels = 1) => ({
  rows,
  channels,
  values: Float64Array.from({ length: rows * channels }, (_, i) => i),
})

test.each<[string, SplitRule]>([
  ['ETTh1', 'ett-hour'],
  ['ETTh2', 'ett-hour'],
  ['ETTm1', 'ett-minute'],
  ['exchange_rate', 'ratio'],
  ['weather', 'ratio'],
])('%s is split by rule %s', (name, rule) => {
  expect(splitRuleOf(name)).toBe(rule)
})

// Rows after the 20 months that are used do not count: ETTh1 has 17,420.
test.each<[SplitRule, number, readonly number[]]>([
  ['ett-hour', 17_420, [8_640, 11_520, 14_400]],
  ['ett-minute', 69_680, [34_560, 46_080, 57_600]],
  ['ratio', 7_588, [5_311, 6_071, 7_588]],
  ['ratio', 10, [7, 8, 10]],
])('%s of %i rows: the parts end at %j', (rule, rows, ends) => {
  const { parts } = splitSeries(table(rows), rule)
  expect([parts.train.to, parts.validation.to, parts.test.to]).toEqual(ends)
  expect([parts.train.from, parts.validation.from, parts.test.from]).toEqual([0, ends[0], ends[1]])
})

test.each([
  [96, 8_209, 2_785],
  [192, 8_113, 2_689],
  [336, 7_969, 2_545],
  [720, 7_585, 2_161],
])('horizon %i: %i windows to fit and %i to test, as in the literature', (horizon, fit, tested) => {
  const data = splitSeries(table(17_420), 'ett-hour')
  const counts = (['train', 'test'] as const).map((part) => {
    const { from, to } = windowStarts(data, part, { lookBack: 336, horizon })
    return to - from
  })
  expect(counts).toEqual([fit, tested])
})

test('each channel is scaled by its training rows alone', () => {
  const values = Float64Array.of(1, 7, 3, 7, 1, 7, 3, 7, 1, 7, 3, 7, 1, 7, 100, 7, 9, 9, 5, 5)
  const { values: scaled, channels } = splitSeries({ rows: 10, channels: 2, values }, 'ratio') // 7 rows to fit: 1, 3, 1, 3, 1, 3, 1.
  const mean = 13 / 7
  const deviation = Math.sqrt((4 * (1 - mean) ** 2 + 3 * (3 - mean) ** 2) / 7)
  expect(channels).toBe(2)
  expect(scaled[0]).toBeCloseTo((1 - mean) / deviation, 12)
  expect(scaled[14]).toBeCloseTo((100 - mean) / deviation, 12)
  expect([scaled[1], scaled[17]]).toEqual([0, 2]) // Constant in training: centred only.
})

test('too few rows are refused', () => {
  expect(() => splitSeries(table(14_399), 'ett-hour')).toThrow(InputError)
  expect(() => splitSeries(table(14_399), 'ett-hour')).toThrow('series has 14399 rows; rule ett-hour needs 14400')
  expect(() => splitSeries(table(2), 'ratio')).toThrow(InputError)
})
