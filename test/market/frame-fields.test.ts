import { expect, test } from 'vitest'
import { textOf } from '../../src/market/frame-fields.ts'

test.each([
  ['a'.repeat(100), 'a'.repeat(80)],
  [undefined, 'undefined'],
  [{ a: 1 }, '{"a":1}'],
  [JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)), 'a list nested too deep'],
  [JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`), 'an object nested too deep'],
])('any value has a short text: %#', (value, text) => {
  expect(textOf(value)).toBe(text)
})
