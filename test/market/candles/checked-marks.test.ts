import { describe, expect, test } from 'vitest'
import { checkedMarks } from '../../../src/market/candles/checked-marks.ts'
import { requireNearMark } from '../../../src/market/candles/require-near-mark.ts'
import { MEND, MINUTE, minutes, plainTable, REFUSE, START, shapeOf } from './tables.ts'

/** Marks of `stepMs`, the nth with close `n + 1`. */
const marks = (count: number, stepMs: number, startAt = START): number[][] =>
  Array.from({ length: count }, (_, n) => [startAt + n * stepMs, 1, 1, 1, n + 1, 0])
const SIX = { startAt: START, barMs: MINUTE, candles: 6 }

describe('marks at the ends of candles', () => {
  test.each([
    ['of their timeframe', marks(8, MINUTE, START - MINUTE), [2, 3, 4, 5, 6, 7]],
    ['of a finer one', marks(24, MINUTE / 4), [4, 8, 12, 16, 20, 24]],
    ['of a coarser one, where they fall', marks(2, 3 * MINUTE), [Number.NaN, Number.NaN, 1, Number.NaN, Number.NaN, 2]],
  ])('%s', (_name, rows, closes) => {
    const found = checkedMarks(plainTable(rows), SIX, REFUSE)
    expect([...found.closes]).toEqual(closes)
    expect(found.repairs.gapsFilled).toBe(0)
  })

  test.each([
    [
      'at the start',
      marks(5, MINUTE, START + MINUTE),
      'bars.csv: it has no mark at 1735689660000, where a candle ends',
      [0],
    ],
    ['at the end', marks(5, MINUTE), 'it has no mark at 1735689960000', [5]],
    [
      'between',
      marks(6, MINUTE).toSpliced(2, 2),
      'line 4: ts is 1735689840000; 2 candles of 60000 ms are missing',
      [2, 3],
    ],
  ])('missing %s are refused, or counted', (_name, rows, message, missing) => {
    expect(() => checkedMarks(plainTable(rows), SIX, REFUSE)).toThrow(message)
    const { closes, repairs } = checkedMarks(plainTable(rows), SIX, MEND)
    expect([...closes.keys()].filter((n) => Number.isNaN(closes[n]!))).toEqual(missing)
    expect(repairs.gapsFilled).toBe(missing.length)
  })

  test('of a timeframe that does not fit', () => {
    expect(() => checkedMarks(plainTable(marks(9, 0.75 * MINUTE)), SIX, REFUSE)).toThrow(
      'bars.csv: it holds marks of 45000 ms; that is no multiple and no whole part of 60000 ms',
    )
  })

  test('a mark of zero is refused', () => {
    const rows = marks(6, MINUTE).with(2, [START + 2 * MINUTE, 1, 1, 1, 0, 0])
    expect(() => checkedMarks(plainTable(rows), SIX, REFUSE)).toThrow('line 4: close is 0; a price is > 0')
  })
})

describe('prices of another market among those of a future', () => {
  /** Twelve candles at 100 with the offsets given, basis points, from the fourth on; marks at 100. */
  const check = (
    offsets: readonly number[],
    known: (n: number) => boolean = () => true,
    filled: readonly number[] = [],
  ) => {
    const candles = minutes(12).map(([startAt], n) => ({
      ...{
        startAt: startAt as never,
        open: 1,
        high: 1,
        low: 1,
        volume: 1,
        quoteVolume: 1,
        tradeCount: 1,
        takerBuyVolume: 1,
      },
      close: 100 * Math.exp((offsets[n - 3] ?? 0) / 1e4),
    }))
    const slots = Int32Array.from(candles, (_, n) => (filled.includes(n) ? -1 : n))
    const at = Float64Array.from(candles, (_, n) => (known(n) ? 100 : Number.NaN))
    requireNearMark(shapeOf([]), { candles, slots }, at, 300)
  }

  test('a stretch beyond the limit names its first row', () => {
    expect(() => check([301, 310, 320, 330])).toThrow(
      /^bars.csv: line 5: close is 103\.05\d*; the mark price is 100, 301 bps off, and so for 4 marks; at most 300 bps/,
    )
    expect(() => check([-301, -310, -320])).toThrow('-301 bps off, and so for 3 marks')
  })

  test.each<[name: string, offsets: number[], known?: (n: number) => boolean, filled?: number[]]>([
    ['on the limit', [299.9, 299.9, 299.9, 299.9]],
    ['a spike', [900, 900]],
    ['to and fro', [400, -400, 400, -400, 400]],
    ['where no mark is known', [400, 400, 400, 400], (n) => n < 4 || n > 5],
    ['where candles are filled', [400, 400, 400], () => true, [4]],
  ])('%s is none', (_name, offsets, known, filled) => {
    expect(() => check(offsets, known, filled)).not.toThrow()
  })

  test('marks of a coarser timeframe show it too', () => {
    expect(() => check(Array(9).fill(400), (n) => n % 4 === 3)).toThrow('for 3 marks')
    expect(() => check(Array(6).fill(400), (n) => n % 4 === 3)).not.toThrow()
  })
})
