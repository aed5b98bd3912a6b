import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stepCounter, stepRatio } from '../../src/market/decimal.ts'

describe('stepCounter', () => {
  test.each([
    ['0.10', '60000.20', 600_002],
    ['0.10', '60000.2', 600_002],
    ['0.1', '60000', 600_000],
    ['0.01', '0.01', 1],
    ['0.001', '0.000', 0],
    ['0.0000001', '0.0000123', 123],
    ['1', '1001', 1_001],
    ['5', '15.0', 3],
    ['0.25', '1.75', 7],
    ['10', '120', 12],
    ['0.1', '900719925474099.1', Number.MAX_SAFE_INTEGER],
  ])('step %s: %s is %d steps', (step, text, expected) => {
    expect(stepCounter(step)(text)).toBe(expected)
  })

  test.each([
    ['0.10', '60000.25', 'no multiple'],
    ['5', '12', 'no multiple'],
    ['0.1', '', 'empty'],
    ['0.1', ' ', 'blank'],
    ['0.1', '.', 'a lone point'],
    ['0.1', '-1.0', 'negative'],
    ['0.1', '+1.0', 'a sign'],
    ['0.1', '1e308', 'an exponent'],
    ['0.1', '0x10', 'hexadecimal'],
    ['0.1', '1.2.3', 'two points'],
    ['0.1', 'NaN', 'a word'],
    ['0.1', 12, 'a number, which no venue sends'],
    ['0.1', null, 'null'],
    ['0.1', '900719925474099.2', 'past 2^53 steps'],
    ['0.1', '1000000000000000000000000.0', 'too long'],
  ])('step %s refuses %j: %s', (step, text, _why) => {
    expect(stepCounter(step)(text)).toBeNaN()
  })

  test('agrees with exact arithmetic for any count of any step', () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 31),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 99 }),
        (count, decimals, unit) => {
          const step = `${(BigInt(unit) * 10n ** 0n).toString().padStart(decimals + 1, '0')}`
          const dotted = (digits: string): string =>
            decimals === 0
              ? digits
              : `${digits.padStart(decimals + 1, '0').slice(0, -decimals)}.${digits.padStart(decimals + 1, '0').slice(-decimals)}`
          const text = dotted((BigInt(count) * BigInt(unit)).toString())
          expect(stepCounter(dotted(step))(text)).toBe(count)
        },
      ),
    )
  })
})

describe('stepRatio', () => {
  test.each([
    ['0.00100', '0.50579', 505.79],
    ['0.00100', '0.505', 505],
    ['5', '12', 2.4],
    ['0.1', '0.01', 0.1],
    ['0.1', '0', 0],
    ['1', '900719925474.0991', 900_719_925_474.099_1],
  ])('step %s: %s is %d steps', (step, text, expected) => {
    expect(stepRatio(step)(text)).toBe(expected)
  })

  test.each(['', '.', '-1', '1e3', '0x1', 'NaN', 1, null, undefined, '1'.repeat(25), '900719925474099.2'])(
    'refuses %j',
    (text) => {
      expect(stepRatio('0.1')(text)).toBeNaN()
    },
  )

  test('one price is one number however it is written, and a multiple is what the counter says', () => {
    const price = fc.tuple(fc.nat(10 ** 6), fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 4 }))
    fc.assert(
      fc.property(price, fc.constantFrom('0.1', '0.05', '0.00100', '0.25', '5'), ([whole, part, zeros], step) => {
        const text = `${whole}.${String(part).padStart(5, '0')}`
        const ratio = stepRatio(step)(text)
        expect(stepRatio(step)(`${text}${'0'.repeat(zeros)}`)).toBe(ratio)
        expect(stepRatio(step)(`${'0'.repeat(zeros)}${text.replace(/\.?0+$/, '')}`)).toBe(
          text.replace(/\.?0+$/, '') === '' ? Number.NaN : ratio,
        )
        const count = stepCounter(step)(text)
        expect(count).toBe(Number.isInteger(ratio) ? ratio : Number.NaN)
        expect(ratio).toBeCloseTo(Number(text) / Number(step), 3)
      }),
    )
  })
})
