import { expect, test } from 'vitest'
import { candleLayout } from '../../../src/market/candles/layout.ts'
import { momentsOf } from '../../../src/market/candles/moments.ts'
import { plainTable, START, shapeOf } from './tables.ts'

const at = (...times: number[]) => plainTable(times.map((time) => [time, 1, 1, 1, 1, 1]))
const PLAIN = candleLayout(shapeOf(['ts', 'open', 'high', 'low', 'close', 'volume']))
const BINANCE = { ...PLAIN, timeUnit: 'ms or µs' } as const

test.each([
  ['seconds', START / 1e3, 'this looks like seconds: multiply by 1000'],
  ['microseconds', START * 1e3, 'this looks like microseconds: divide by 1000'],
  ['nanoseconds', START * 1e6, 'this looks like nanoseconds: divide by 1000000'],
  ['a year', 2025, 'times are milliseconds since 1970'],
  ['before 1970', -START, 'times are milliseconds since 1970'],
])('%s are refused with a hint', (_unit, time, hint) => {
  expect(() => momentsOf(at(START, time), PLAIN)).toThrow(`bars.csv: line 3: ts is ${time}; `)
  expect(() => momentsOf(at(START, time), PLAIN)).toThrow(hint)
})

test('Binance changed to microseconds in 2025: both are read, row by row', () => {
  expect([...momentsOf(at(START - 60_000, START * 1e3), BINANCE)]).toEqual([START - 60_000, START])
  expect(() => momentsOf(at(START * 1e6), BINANCE)).toThrow('nanoseconds')
})

test('moments that the file types are in milliseconds already', () => {
  const { shape, ...table } = at(START * 1e3)
  expect(() => momentsOf({ ...table, shape: { ...shape, moments: new Set([0]) } }, BINANCE)).toThrow('microseconds')
})

test('absent times are left to the rule for them', () => {
  expect([...momentsOf(at(Number.NaN, START), PLAIN)]).toEqual([Number.NaN, START])
})

test.each([1e11, 1e14 - 1])('%d is the edge of what is a time in milliseconds', (time) => {
  expect([...momentsOf(at(time), PLAIN)]).toEqual([time])
  expect(() => momentsOf(at(time < 1e12 ? time - 1 : time + 1), PLAIN)).toThrow('looks like')
})
