import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  axisText,
  countText,
  moneyText,
  numberText,
  percentText,
  priceText,
  signedMoneyText,
  signedPercentText,
} from '../../../src/report/backtest/number-text.ts'
import { spanText, utcDay, utcIso, utcMinute } from '../../../src/report/backtest/utc-text.ts'

test('UTC texts are those of Date', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2200, 0) }), (at) => {
      const iso = new Date(at).toISOString()
      expect(utcIso(at)).toBe(iso)
      expect(utcDay(at)).toBe(iso.slice(0, 10))
      expect(utcMinute(at)).toBe(iso.slice(0, 16).replace('T', ' '))
    }),
  )
})

test.each([
  [90_000, '1.5 min'],
  [3_600_000, '1 h'],
  [47 * 3_600_000, '47 h'],
  [423 * 86_400_000, '423 d'],
])('a span of %d ms is %s', (ms, text) => expect(spanText(ms)).toBe(text))

describe('numbers', () => {
  test.each([
    [numberText(-0), '0.00'],
    [numberText(-0.001), '0.00'],
    [numberText(Number.NaN), '–'],
    [numberText(Number.POSITIVE_INFINITY), '–'],
    [moneyText(1_234_567.8), '1,234,568'],
    [moneyText(-12.345), '−12.35'],
    [moneyText(0.01234), '0.0123'],
    [signedMoneyText(5), '+5.00'],
    [signedMoneyText(0), '0.00'],
    [signedMoneyText(-5), '−5.00'],
    [priceText(60_123.4), '60,123.40'],
    [percentText(0.0321), '3.2 %'],
    [signedPercentText(0.0321), '+3.2 %'],
    [signedPercentText(0), '0.0 %'],
    [signedPercentText(Number.NaN), '–'],
    [axisText(-15_000), '−15k'],
    [axisText(2_000_000), '2M'],
    [axisText(-0), '0'],
    [countText(1, 'trade'), '1 trade'],
    [countText(1_200, 'trade'), '1,200 trades'],
  ])('%s is written as %s', (text, expected) => expect(text).toBe(expected))
})
