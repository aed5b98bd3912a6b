import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { checkedCandles } from '../../../src/market/candles/checked-candles.ts'
import { GAP_MAX } from '../../../src/market/candles/framed-rows.ts'
import type { Repair } from '../../../src/market/candles/ordered-rows.ts'
import { allCandles } from '../../support/all-candles.ts'
import { ALWAYS, MEND, MINUTE, minutes, plainTable, REFUSE, START } from './tables.ts'

const load = (rows: readonly (readonly number[])[], repair: Partial<Repair> = {}, span = ALWAYS, barMs = MINUTE) =>
  checkedCandles(plainTable(rows), { barMs, span, repair: { ...REFUSE, ...repair } })

/** Rows with one cell changed. */
const changed = (rows: readonly number[][], row: number, cell: number, value: number): number[][] =>
  rows.map((cells, n) => (n === row ? cells.with(cell, value) : cells))

/** Thirty minutes, then ten of two minutes each. */
const COARSER = minutes(50).filter((_, n) => n < 30 || n % 2 === 1)

describe('sound rows', () => {
  test('come out as they are', () => {
    const { candles, slots, repairs } = load(minutes(3))
    expect(candles).toHaveLength(3)
    expect(candles.at(1)).toEqual({
      startAt: START + MINUTE,
      open: 101,
      high: 103,
      low: 100,
      close: 102,
      volume: 11,
      quoteVolume: Number.NaN,
      tradeCount: Number.NaN,
      takerBuyVolume: Number.NaN,
    })
    expect([...slots]).toEqual([0, 1, 2])
    expect(repairs).toEqual({ gapsFilled: 0, duplicatesDropped: 0, unsortedReordered: 0, nonFiniteDropped: 0 })
  })

  test.each([
    ['its first is inside', START, START + MINUTE, [0]],
    ['its end is outside', START + MINUTE, START + 3 * MINUTE, [1, 2]],
  ])('of a span: %s', (_name, from, to, slots) => {
    expect([...load(minutes(5), {}, { from, to }).slots]).toEqual(slots)
  })

  test('rows outside the span are not looked at', () => {
    const rows = changed(minutes(5), 0, 4, -1)
    expect(load(rows, {}, { from: START + MINUTE, to: Number.POSITIVE_INFINITY }).candles).toHaveLength(4)
  })

  test.each([1, 2])('%d rows have no timeframe of their own', (count) => {
    expect(load(minutes(count)).candles).toHaveLength(count)
  })
})

describe('a fault names file, line, column, value and rule', () => {
  const rows = minutes(20)
  test.each<[name: string, rows: readonly (readonly number[])[], message: string]>([
    ['a price of zero', changed(rows, 3, 3, 0), 'bars.csv: line 5: low is 0; a price is > 0'],
    ['a negative price', changed(rows, 3, 1, -1), 'bars.csv: line 5: open is -1; a price is > 0'],
    [
      'high below close',
      changed(rows, 3, 2, 103.5),
      'bars.csv: line 5: high is 103.5; it is the highest price of a candle with open 103, low 102, close 104',
    ],
    ['low above open', changed(rows, 3, 3, 103.5), 'bars.csv: line 5: low is 103.5; it is the lowest price'],
    ['a negative volume', changed(rows, 3, 5, -1), 'bars.csv: line 5: volume is -1; an amount is >= 0'],
    ['no number', changed(rows, 3, 4, Number.NaN), 'bars.csv: line 5: close is NaN; it must be a finite number'],
    ['infinity', changed(rows, 3, 5, Number.POSITIVE_INFINITY), 'bars.csv: line 5: volume is Infinity; it must be'],
    ['no time', changed(rows, 3, 0, Number.NaN), 'bars.csv: line 5: ts is NaN; it must be a finite number'],
    [
      'a duplicate',
      changed(rows, 3, 0, START + 2 * MINUTE),
      `bars.csv: line 5: ts is ${START + 2 * MINUTE}; line 4 has the same time`,
    ],
    [
      'an earlier row',
      changed(rows, 3, 0, START + MINUTE),
      `bars.csv: line 5: ts is ${START + MINUTE}; it must be later than ${START + 2 * MINUTE}`,
    ],
    [
      'a gap',
      rows.toSpliced(3, 2),
      `bars.csv: line 5: ts is ${START + 5 * MINUTE}; 2 candles of 60000 ms are missing before it`,
    ],
    [
      'off the grid',
      changed(rows, 3, 0, START + 3.5 * MINUTE),
      `bars.csv: line 5: ts is ${START + 3.5 * MINUTE}; candles of 60000 ms begin at multiples of it, UTC; it lies 90000 ms behind the row before: timeframes are mixed`,
    ],
    ['a shifted file', rows.map(([ts, ...rest]) => [ts! + 1, ...rest]), 'bars.csv: line 2: ts is'],
    [
      'a coarser stretch',
      COARSER,
      'line 32: ts is 1735691460000; 8 rows from here on lie 120000 ms apart, others 60000 ms: timeframes are mixed',
    ],
    ['no rows', [], 'bars.csv: it holds no rows'],
  ])('%s', (_name, bad, message) => {
    expect(() => load(bad)).toThrow(InputError)
    expect(() => load(bad)).toThrow(message)
  })

  test('another timeframe than asked for', () => {
    const rule = 'bars.csv: it holds candles of 60000 ms (19 of 19 steps); 300000 ms were asked for'
    expect(() => load(rows, {}, ALWAYS, 5 * MINUTE)).toThrow(rule)
    expect(() => load(rows, MEND, ALWAYS, MINUTE / 2)).toThrow('30000 ms were asked for')
  })

  test('an empty span says what there is', () => {
    expect(() => load(rows, {}, { from: 5, to: 6 })).toThrow(
      `bars.csv: no row lies from 5 up to 6; it holds ${START} to ${START + 19 * MINUTE}`,
    )
  })

  test('a coarser stretch is no row of gaps to be filled', () => {
    expect(() => load(COARSER, MEND)).toThrow('timeframes are mixed')
  })
})

describe('a repair that is asked for is counted', () => {
  test('a gap gets flat candles without trades', () => {
    const { candles, slots, repairs } = load(minutes(6).toSpliced(2, 2), { gaps: 'fill' })
    expect([...slots]).toEqual([0, 1, -1, -1, 2, 3])
    expect(repairs.gapsFilled).toBe(2)
    expect(candles.at(3)).toEqual({
      startAt: START + 3 * MINUTE,
      ...{ open: 102, high: 102, low: 102, close: 102 },
      ...{ volume: 0, quoteVolume: 0, tradeCount: 0, takerBuyVolume: Number.NaN },
    })
  })

  test.each([
    ['as long as may be', GAP_MAX, true],
    ['longer', GAP_MAX + 1, false],
  ])('a gap %s', (_name, missing, isFilled) => {
    const rows = minutes(3_000).toSpliced(1_500, missing)
    if (isFilled) expect(load(rows, { gaps: 'fill' }).candles).toHaveLength(3_000)
    else expect(() => load(rows, { gaps: 'fill' })).toThrow('at most 1000 in a row are filled')
  })

  test('no more is filled than there is', () => {
    expect(load([...minutes(2), minutes(5)[4]!], { gaps: 'fill' }).repairs.gapsFilled).toBe(2)
    expect(() => load([...minutes(2), minutes(7)[6]!], { gaps: 'fill' })).toThrow('at most as many as there are rows')
  })

  test('of duplicates the last stays', () => {
    const rows = minutes(3)
    const { candles, repairs } = load([...rows, rows[2]!.with(5, 99)], { duplicates: 'drop' })
    expect(allCandles(candles).map(({ volume }) => volume)).toEqual([10, 11, 99])
    expect(repairs.duplicatesDropped).toBe(1)
  })

  test('rows are sorted', () => {
    const [a, b, c, d] = minutes(4)
    const { slots, repairs } = load([a!, d!, b!, c!], { unsorted: 'sort' })
    expect([...slots]).toEqual([0, 2, 3, 1])
    expect(repairs.unsortedReordered).toBe(2)
  })

  test('a row without a number is dropped, which leaves a gap', () => {
    const rows = changed(minutes(4), 1, 4, Number.NaN)
    expect(() => load(rows, { nonFinite: 'drop' })).toThrow('line 4: ts is 1735689720000; 1 candles')
    expect(load(rows, MEND).repairs).toMatchObject({ nonFiniteDropped: 1, gapsFilled: 1 })
  })

  test('when nothing is left there is no series', () => {
    expect(() => load(changed(minutes(1), 0, 4, Number.NaN), MEND)).toThrow('no row is left')
  })

  test('property: shuffled and repeated rows with holes come out as the grid they were taken from', () => {
    const rows = minutes(40)
    const kept = fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { minLength: 25, maxLength: 40 })
    fc.assert(
      fc.property(kept, fc.array(fc.nat(24), { maxLength: 5 }), (order, repeats) => {
        const all = [...order, ...repeats.map((n) => order[n]!)]
        const { candles, repairs, slots } = load(
          all.map((n) => rows[n]!),
          MEND,
        )
        const first = Math.min(...order)
        expect(allCandles(candles).map(({ startAt }) => startAt)).toEqual(
          allCandles(candles).map((_, n) => START + (first + n) * MINUTE),
        )
        for (const [n, { volume }] of allCandles(candles).entries()) {
          expect(volume).toBe(order.includes(first + n) ? rows[first + n]![5] : 0)
          expect(slots[n]! < 0).toBe(!order.includes(first + n))
        }
        expect(repairs.gapsFilled).toBe(candles.length - order.length)
        expect(repairs.duplicatesDropped).toBe(repeats.length)
      }),
    )
  })
})

/** Each breaks one row so that the row itself shows it. */
const DAMAGES: Record<string, (rows: number[][], row: number) => number[][]> = {
  'no number': (rows, row) => changed(rows, row, 1 + (row % 5), Number.NaN),
  infinity: (rows, row) => changed(rows, row, 1 + (row % 5), Number.NEGATIVE_INFINITY),
  'a negative value': (rows, row) => changed(rows, row, 1 + (row % 5), -1),
  'a price of zero': (rows, row) => changed(rows, row, 1 + (row % 4), 0),
  'high and low changed over': (rows, row) =>
    rows.map((cells, n) => (n === row ? cells.with(2, cells[3]!).with(3, cells[2]!) : cells)),
  'close above high': (rows, row) => changed(rows, row, 4, 1_000),
  seconds: (rows, row) => changed(rows, row, 0, rows[row]![0]! / 1e3),
  microseconds: (rows, row) => changed(rows, row, 0, rows[row]![0]! * 1e3),
  nanoseconds: (rows, row) => changed(rows, row, 0, rows[row]![0]! * 1e6),
  'half a step late': (rows, row) => changed(rows, row, 0, rows[row]![0]! + MINUTE / 2),
  'the time before': (rows, row) => changed(rows, row, 0, rows[row]![0]! - MINUTE),
  'a time long past': (rows, row) => changed(rows, row, 0, START - 1_000 * MINUTE),
  'a later time': (rows, row) => changed(rows, row, 0, rows[row]![0]! + 3 * MINUTE),
  'the row before it missing': (rows, row) => rows.toSpliced(row - 1, 1),
  'written twice': (rows, row) => rows.toSpliced(row, 0, rows[row - 1]!),
}

test.each(Object.entries(DAMAGES))('property: %s is reported with the number of its row', (name, damage) => {
  fc.assert(
    // The first rows have none before them that would show a wrong time.
    fc.property(fc.integer({ min: 2, max: 47 }), (row) => {
      const line = (name === 'the row before it missing' ? row - 1 : row) + 2
      expect(() => load(damage(minutes(50), row))).toThrow(new RegExp(`^bars.csv: line ${line}: `))
    }),
    { numRuns: 40 },
  )
})
