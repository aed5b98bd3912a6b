import { expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import type { SeriesData } from '../../../src/training/series/series-data.ts'
import { gatherWindows, windowStarts } from '../../../src/training/series/series-windows.ts'

const data: SeriesData = {
  channels: 2,
  values: Float64Array.from({ length: 40 }, (_, i) => i),
  parts: { train: { from: 0, to: 10 }, validation: { from: 10, to: 14 }, test: { from: 14, to: 20 } },
}

test.each([
  ['train', 3, 2, { from: 0, to: 6 }],
  ['validation', 3, 2, { from: 7, to: 10 }], // Forecasts rows 10–11 … 12–13.
  ['test', 3, 2, { from: 11, to: 16 }],
  ['test', 3, 6, { from: 11, to: 12 }],
  ['train', 5, 5, { from: 0, to: 1 }],
] as const)('%s, look-back %i, horizon %i: first rows %j', (part, lookBack, horizon, starts) => {
  expect(windowStarts(data, part, { lookBack, horizon })).toEqual(starts)
})

test('a part too short for one window is refused', () => {
  expect(() => windowStarts(data, 'test', { lookBack: 3, horizon: 7 })).toThrow(InputError)
  expect(() => windowStarts(data, 'train', { lookBack: 5, horizon: 6 })).toThrow(
    'train part of 10 rows holds no window of look-back 5 and horizon 6',
  )
})

test('a window and what followed it, all channels', () => {
  const { inputs, targets } = gatherWindows(data, [0, 4], { lookBack: 2, horizon: 1 })
  expect([...inputs]).toEqual([0, 1, 2, 3, 8, 9, 10, 11])
  expect([...targets]).toEqual([4, 5, 12, 13])
})
