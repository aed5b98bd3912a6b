import { expect, test } from 'vitest'
import { backtestSchema } from '../../../src/wiring/config/backtest-section.ts'

const data = (from?: string, to?: string) => ({
  folder: 'bars',
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  repair: { gaps: 'error', duplicates: 'error', unsorted: 'error', nonFinite: 'error' },
})

test.each([
  [undefined, undefined, true],
  ['2024-01-01', undefined, true],
  [undefined, '2024-01-01', true],
  ['2024-01-01', '2024-01-02', true],
  ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.001Z', true],
  ['2024-01-01', '2024-01-01', false],
  ['2024-01-02', '2024-01-01', false],
  // The same moment in two zones.
  ['2024-01-01T02:00:00+02:00', '2024-01-01T00:00:00Z', false],
])('data from %s to %s', (from, to, isFine) => {
  const parsed = backtestSchema.shape.data.safeParse(data(from, to))
  expect(parsed.success).toBe(isFine)
  if (isFine) return
  expect(parsed.error?.issues).toMatchObject([{ path: ['from'], message: `before backtest.data.to, which is "${to}"` }])
})
