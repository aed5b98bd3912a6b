import { expect, test } from 'vitest'
import { PackedCandles, packCandles } from '../../../src/market/candles/packed-candles.ts'
import { allCandles } from '../../support/all-candles.ts'
import { madeCandles } from '../../wiring/backtest/support/candles.ts'

const { candles } = madeCandles({ seed: 4, count: 7 })
const packed = packCandles(candles.length, (index) => candles[index]!)

test('are what was packed, number by number, absent ones included', () => {
  expect(packed.length).toBe(7)
  expect(allCandles(packed)).toEqual(candles)
})

test('are asked for as those of an array', () => {
  for (const index of [-8, -7, -1, 0, 3, 6, 7]) expect(packed.at(index), `index ${index}`).toEqual(candles.at(index))
})

test('a slice is a view of the same memory', () => {
  const part = packed.slice(2, 5)
  expect(allCandles(part)).toEqual(candles.slice(2, 5))
  expect(part.values.buffer).toBe(packed.values.buffer)
})

test('another thread sees them through the memory alone', () => {
  expect(allCandles(new PackedCandles(packed.values))).toEqual(candles)
})

test('none are none', () => {
  const none = packCandles(0, () => candles[0]!)
  expect(none.length).toBe(0)
  expect(none.at(0)).toBeUndefined()
  expect(none.at(-1)).toBeUndefined()
})
