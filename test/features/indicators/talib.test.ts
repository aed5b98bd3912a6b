import { describe, expect, test } from 'vitest'
import type { Candle } from '../../../src/features/indicators/indicator.ts'
import { realMinutes, walk } from './candles.ts'
import { type TaLibCase, talibCases } from './talib-cases.ts'

const DEVIATION_MAX = 1e-9

/** Largest deviation from TA-Lib over all values of both; both must begin where the case says and go on to the end. */
function deviation(
  { ours, theirs, floor, earlier = 0 }: TaLibCase,
  own: readonly Candle[],
  other: readonly Candle[],
): number {
  const mine = ours(own, other)
  const { begin, values } = theirs(own, other)
  expect(mine.findIndex((value) => !Number.isNaN(value))).toBe(begin + earlier)
  expect(begin + values.length).toBe(mine.length)
  let worst = 0
  for (let at = begin + earlier; at < mine.length; at += 1) {
    const value = values[at - begin]!
    const apart = Math.abs(mine[at]! - value)
    const relative = apart === 0 ? 0 : apart / Math.max(Math.abs(value), floor)
    if (!(relative <= worst)) worst = relative
  }
  return worst
}

describe('indicators equal TA-Lib on a random walk', () => {
  const [own, other] = [walk(6_000, 1), walk(6_000, 2, 3_000)]
  test.each(talibCases)('$name', (each) => {
    expect(deviation(each, own, other)).toBeLessThanOrEqual(DEVIATION_MAX)
  })
})

const [bitcoin, ether] = [realMinutes('BTCUSDT', 6_000), realMinutes('ETHUSDT', 6_000)]

describe.skipIf(bitcoin.length === 0 || ether.length === 0)('indicators equal TA-Lib on real one-minute bars', () => {
  test.each(talibCases)('$name', (each) => {
    expect(deviation(each, bitcoin, ether)).toBeLessThanOrEqual(DEVIATION_MAX)
  })
})
