import { expect, test } from 'vitest'
import { buyAndHold } from '../../../src/report/metrics/buy-and-hold.ts'
import { HOUR_MS, MONDAY, recordOf } from './support/record.ts'

const curve = (symbol: string, firstBar: number, close: readonly number[]) => ({
  symbol,
  at: Float64Array.from(close, (_, i) => MONDAY + (firstBar + i) * HOUR_MS),
  close: Float64Array.from(close),
})

const flat = [1_000, 1_000, 1_000, 1_000]

test('each share is bought at its first close, pays both fees, and is worth its last known price', () => {
  const record = recordOf(flat, HOUR_MS, {
    prices: [curve('BTC/USDT:USDT', 1, [100, 110, 120]), curve('ETH/USDT:USDT', 2, [10, 5])],
  })
  const { equity } = buyAndHold(record, 0.001)
  expect(equity[0]).toBe(1_000)
  expect(equity[1]).toBeCloseTo(1_000 - 0.5, 9)
  expect(equity[2]).toBeCloseTo(550 - 0.5 + 500 - 0.5, 9)
  expect(equity[3]).toBeCloseTo(600 - 0.5 - 0.6 + 250 - 0.5 - 0.25, 9)
})

test('bars without a close are passed over', () => {
  const record = recordOf(flat, HOUR_MS, { prices: [curve('BTC/USDT:USDT', 1, [Number.NaN, 100, Number.NaN])] })
  expect([...buyAndHold(record, 0.001).equity]).toEqual([1_000, 1_000, 999, 998])
})

test('an instrument without a price keeps its share as cash; a missing close repeats the last', () => {
  const record = recordOf(flat, HOUR_MS, {
    prices: [curve('BTC/USDT:USDT', 1, [100, 110]), curve('ETH/USDT:USDT', 1, [])],
  })
  expect([...buyAndHold(record, 0).equity]).toEqual([1_000, 1_000, 1_050, 1_050])
  expect([...buyAndHold(recordOf(flat, HOUR_MS), 0).equity]).toEqual(flat)
})

test('coin-margined: a long of one times the balance gains in coins what the contract pays', () => {
  const record = recordOf([2, 2, 2], HOUR_MS, { currency: 'BTC', prices: [curve('BTC/USD:BTC', 1, [100, 200])] })
  const { equity } = buyAndHold(record, 0.01)
  // Worth 2 BTC at 100 = 200 USD; at 200 that is 1 BTC: gain 1, fees 0.02 and 0.01.
  expect(equity[2]).toBeCloseTo(2 + 1 - 0.02 - 0.01, 12)
})
