import { expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { parseSeries } from '../../../src/training/series/parse-series.ts'

test('a header with dates: the dates are left out', () => {
  const { rows, channels, values } = parseSeries(
    'date,a,b\r\n2016-07-01 00:00:00,1,-2.5\n2016-07-01 01:00:00,3e1,4\n\n',
  )
  expect([rows, channels]).toEqual([2, 2])
  expect([...values]).toEqual([1, -2.5, 30, 4])
})

test('bare numbers without a header', () => {
  expect(parseSeries('0.5, 1\n2,3\n')).toEqual({ rows: 2, channels: 2, values: Float64Array.of(0.5, 1, 2, 3) })
})

test.each([
  ['nothing', '', /no rows of comma-separated numbers/],
  ['a header alone', 'date,a\n', /no rows/],
  ['a short line', 'date,a,b\nx,1,2\ny,3\n', /series line 3 has 1 values; the first has 2/],
  ['an empty cell', '1,2\n3,\n', /series line 2: "" is no finite number/],
  ['a word', 'date,a\nx,one\n', /series line 2: "one" is no finite number/],
  ['infinity', '1\nInfinity\n', /"Infinity" is no finite number/],
])('%s is refused', (_name, text, message) => {
  expect(() => parseSeries(text)).toThrow(InputError)
  expect(() => parseSeries(text)).toThrow(message)
})
