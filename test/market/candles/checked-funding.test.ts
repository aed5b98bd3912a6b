import { expect, test } from 'vitest'
import { checkedFunding } from '../../../src/market/candles/checked-funding.ts'
import { MEND, REFUSE, rateTable, START } from './tables.ts'

const HOUR = 3_600_000
const SPAN = { from: START, to: START + 24 * HOUR }
const payments = (...hours: number[]): number[][] => hours.map((hour) => [START + hour * HOUR, hour / 1e4])

test('payments of the span, its ends included', () => {
  const { funding, repairs } = checkedFunding(rateTable(payments(-8, 0, 8, 16, 24, 32)), SPAN, REFUSE)
  expect(funding).toEqual([0, 8, 16, 24].map((hour) => ({ at: START + hour * HOUR, rate: hour / 1e4 })))
  expect(repairs.gapsFilled).toBe(0)
})

test.each<[name: string, rows: number[][], message: string]>([
  [
    'a percentage',
    [...payments(0, 8), [START + 16 * HOUR, -0.11]],
    'line 4: rate is -0.11; a rate is a fraction within ±0.1',
  ],
  ['a hole at the start', payments(25), 'no row lies from'],
  ['no number', [[START, Number.NaN]], 'line 2: rate is NaN'],
  ['twice', payments(0, 8, 8), 'line 4: ts is 1735718400000; line 3 has the same time'],
  ['unsorted', payments(8, 0, 16), 'line 3: ts is 1735689600000; it must be later than'],
])('%s is refused', (_name, rows, message) => {
  expect(() => checkedFunding(rateTable(rows), SPAN, REFUSE)).toThrow(message)
})

const LONG = { from: START, to: START + 72 * HOUR }

test.each<[name: string, hours: number[], message: string]>([
  ['before the first', [25, 48, 72], `line 2: ts is ${START + 25 * HOUR}; there is no payment between ${START} and it`],
  ['between two', [0, 24, 49, 72], `line 4: ts is ${START + 49 * HOUR}; there is no payment between`],
  ['behind the last', [0, 24, 47], `bars.csv: it ends at ${START + 47 * HOUR}; the candles end at ${LONG.to}`],
])('a silence of more than a day %s is refused or counted', (_name, hours, message) => {
  const table = rateTable(payments(...hours).map(([at]) => [at!, 0]))
  expect(() => checkedFunding(table, LONG, REFUSE)).toThrow(message)
  expect(checkedFunding(table, LONG, MEND).repairs.gapsFilled).toBe(1)
})

test('a silence of a day is none', () => {
  const table = rateTable([24, 48].map((hour) => [START + hour * HOUR, 0]))
  expect(checkedFunding(table, LONG, REFUSE).funding).toHaveLength(2)
})
