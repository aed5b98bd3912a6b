import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import { epochMs } from '../../../src/core/units.ts'
import type { Bar } from '../../../src/market/bar.ts'
import { rowBar } from '../../../src/training/rows/row-bar.ts'
import { BarMarket } from '../../../src/wiring/evaluation/bar-market.ts'
import { INSTRUMENTS, madeRows, START_AT } from './made-rows.ts'

const one = converter(INSTRUMENTS[0]!)
const table = madeRows({ seed: 1, rows: 12 })
const bar = (row: number, also: Partial<Bar> = {}): Bar => ({ ...rowBar(table, row), ...also })
const at = (seconds: number) => epochMs(START_AT + seconds * 1_000)

describe('funding that bars announce', () => {
  const announced = (nextSeconds: number, fundingRate: number) => ({ fundingRate, nextFundingAt: at(nextSeconds) })

  test.each([
    { name: 'at the end of the bar it falls due in', due: 3, paidIn: [3] },
    { name: 'a moment later, in the next bar', due: 3.001, paidIn: [4] },
    { name: 'at the rate of the bar before, each once', due: 2, paidIn: [2] },
  ])('is paid $name', ({ due, paidIn }) => {
    const market = new BarMarket(one)
    const paid: unknown[] = []
    for (let row = 0; row < 8; row += 1) {
      // The venue moves on to the next payment once this one is due.
      const isAhead = row + 1 < due
      const payments = market.close(bar(row, announced(isAhead ? due : due + 100, (row + 1) / 1_000)))
      for (const { rate, at: when } of payments) paid.push({ bar: row + 1, rate, when })
    }
    const rate = (Math.ceil(due) - 1) / 1_000
    expect(paid).toEqual(paidIn.map((nth) => ({ bar: nth, rate, when: at(due) })))
  })

  test('is not paid where no rate is known, and is over after a hole', () => {
    const market = new BarMarket(one)
    expect(market.close(bar(0, announced(3, Number.NaN)))).toEqual([])
    expect(market.close(bar(4))).toEqual([])
    expect(market.close(bar(5, announced(7, 0.001)))).toEqual([])
    expect(market.close(bar(11))).toEqual([{ at: at(7), rate: 0.001 }])
  })
})

test('payments that are given are paid in the bar that they are due in, those before the first bar never', () => {
  const payments = [0, 1.5, 2, 2.0004, 9].map((seconds) => ({ at: at(seconds), rate: seconds / 100 }))
  const market = new BarMarket(one, payments)
  const paid = [0, 1, 2, 8].map((row) =>
    // What bars announce is not paid on top.
    market.close(bar(row, { fundingRate: 1, nextFundingAt: at(row + 2) })).map(({ rate }) => rate),
  )
  expect(paid).toEqual([[0.015], [0.02, 0.020004], [], [0.09]])
})

test('a bar before the first trade is no candle; a void book is no price', () => {
  const market = new BarMarket(one)
  expect(market.candle(bar(0, { open: Number.NaN }))).toBeUndefined()
  expect(market.candle(bar(0))).toMatchObject({ volume: 1_000, close: table.close[0] })
  market.close(bar(0, { bidTicks: Number.NaN, askTicks: Number.NaN }))
  expect(market.synced).toBe(false)
  expect(market.lastBookAt).toBe(0)
  market.close(bar(1))
  expect(market.mid).toBeCloseTo(table.close[1]!, 8)
  expect(market.lastBookAt).toBe(at(2))
})
