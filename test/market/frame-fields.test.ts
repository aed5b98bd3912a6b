import { describe, expect, test } from 'vitest'
import { converter } from '../../src/core/instrument.ts'
import { Book } from '../../src/market/book.ts'
import { bookTicks, levels, Malformed, readers, textOf, ticks } from '../../src/market/frame-fields.ts'
import { BTCUSDT } from './instruments.ts'

test.each([
  ['a'.repeat(100), 'a'.repeat(80)],
  [undefined, 'undefined'],
  [{ a: 1 }, '{"a":1}'],
  [JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)), 'a list nested too deep'],
  [JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`), 'an object nested too deep'],
])('any value has a short text: %#', (value, text) => {
  expect(textOf(value)).toBe(text)
})

describe('levels between two ticks', () => {
  const instrument = { ...BTCUSDT, tickSize: '0.00100', lotSize: '1' }
  const reader = readers(new Map([['CTKUSDT', converter(instrument)]]))('CTKUSDT')!

  test('stand at a fraction of a tick, and go by the same number', () => {
    const book = new Book()
    book.apply(
      levels(
        [
          ['0.505', '3'],
          ['0.50579', '7'],
          ['0.5060', '1'],
        ],
        'b',
        reader,
      ),
      [],
    )
    expect(book.levels('bids')).toEqual([506, 1, 505.79, 7, 505, 3])
    book.apply(
      levels(
        [
          ['0.505790', '0'],
          ['0.506', '0'],
        ],
        'b',
        reader,
      ),
      [],
    )
    expect(book.levels('bids')).toEqual([505, 3])
  })

  test('best prices may be such levels; a price of a trade may not', () => {
    expect(bookTicks({ b: '0.50579' }, 'b', reader)).toBe(505.79)
    expect(() => ticks({ p: '0.50579' }, 'p', reader)).toThrow(Malformed)
  })

  test.each(['0', '0.000', '-0.5', '+0.5', '5e-1', ' 0.5', '', 0.5, null, `0.${'5'.repeat(23)}`])(
    '%j is no price',
    (text) => {
      expect(() => levels([[text, '1']], 'b', reader)).toThrow(Malformed)
      expect(() => bookTicks({ b: text }, 'b', reader)).toThrow(Malformed)
    },
  )

  test('sizes stay whole lots', () => {
    expect(() => levels([['0.5', '1.5']], 'b', reader)).toThrow(Malformed)
  })
})
