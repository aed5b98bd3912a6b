import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import { interpolatedLatency, type TimedLatency } from '../../../src/simulation/latency/interpolated-latency.ts'

const row = (at: number, entryMs: number, responseMs = 0, feedMs = 0): TimedLatency => ({
  at: epochMs(at),
  ...{ feedMs, entryMs, responseMs },
})
const entryAt = (rows: readonly TimedLatency[], at: number) => interpolatedLatency(rows).at(epochMs(at)).entryMs

describe('IntpOrderLatency of hftbacktest', () => {
  // Its documentation's two rows (docs/latency_models.rst), nanoseconds there: requests 1,002,499 µs apart.
  const ROWS = [row(1670026844751.525, 7.475, 3.122), row(1670026845754.02, 7.98, 8.003)]

  test.each([
    { name: 'before the first: the first', at: 1670026844000, entry: 7.475, response: 3.122 },
    { name: 'at the first', at: 1670026844751.525, entry: 7.475, response: 3.122 },
    { name: 'half-way', at: 1670026845252.7725, entry: 7.7275, response: 5.5625 },
    { name: 'at the last', at: 1670026845754.02, entry: 7.98, response: 8.003 },
    { name: 'after the last: the last', at: 1670026899999, entry: 7.98, response: 8.003 },
  ])('$name', ({ at, entry, response }) => {
    const { entryMs, responseMs } = interpolatedLatency(ROWS).at(epochMs(at))
    expect(entryMs).toBeCloseTo(entry, 6)
    expect(responseMs).toBeCloseTo(response, 6)
  })

  test('one row holds for all times', () => {
    for (const at of [0, 5, 9]) expect(entryAt([row(5, 3)], at)).toBe(3)
  })

  test('of two orders sent together, the later row goes on', () => {
    const rows = [row(0, 1), row(10, 2), row(10, 6), row(20, 8)]
    expect(entryAt(rows, 10)).toBe(6)
    expect(entryAt(rows, 5)).toBe(1.5)
    expect(entryAt(rows, 15)).toBe(7)
  })

  test('what an exchange rejected measures no way: below 0 is a bug, as are rows out of order and none', () => {
    expect(() => interpolatedLatency([row(0, -1)])).toThrow('measured latency')
    expect(() => interpolatedLatency([row(2, 1), row(1, 1)])).toThrow('order of the measured latencies')
    expect(() => interpolatedLatency([])).toThrow('measured latencies')
  })

  test('a brute-force search gives the same, and never leaves the neighbours', () => {
    const rows = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 50 })), {
        minLength: 1,
        maxLength: 12,
      })
      .map((pairs) => pairs.sort(([a], [b]) => a - b).map(([at, ms]) => row(at, ms)))
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 100 }), (series, at) => {
        const before = series.filter((one) => one.at <= at).at(-1) ?? series[0]!
        const after = series.find((one) => one.at > at) ?? before
        const share = after.at > before.at ? (at - before.at) / (after.at - before.at) : 0
        expect(entryAt(series, at)).toBeCloseTo(before.entryMs + share * (after.entryMs - before.entryMs), 9)
      }),
    )
  })
})
