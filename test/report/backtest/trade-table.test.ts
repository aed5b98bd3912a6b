import { expect, test } from 'vitest'
import { TRADE_ROWS_MAX, tradeTable } from '../../../src/report/backtest/trade-table.ts'
import { sampleRecord } from './sample-record.ts'

const { trips } = sampleRecord({ bars: 30_000, barMs: 60_000, tradeEach: 10 })

test('newest first; at most so many rows, the rest is counted', () => {
  expect(trips.length).toBeGreaterThan(TRADE_ROWS_MAX)
  const html = tradeTable(trips, 'USDT')
  expect(html.match(/<tr>/g)).toHaveLength(TRADE_ROWS_MAX + 1)
  expect(html).toContain(
    `The latest 2,000 trades are shown; ${(trips.length - 2_000).toLocaleString('en-US')} earlier ones are in trades.csv.`,
  )
  const opened = [...html.matchAll(/<tr><td>([\d: -]+)<\/td>/g)].map(([, text]) => text!)
  expect(opened).toEqual([...opened].sort().reverse())
})

test('one missing trade is one', () => {
  expect(tradeTable(trips.slice(0, TRADE_ROWS_MAX + 1), 'USDT')).toContain('1 earlier one is in trades.csv.')
  expect(tradeTable(trips.slice(0, TRADE_ROWS_MAX), 'USDT')).not.toContain('trades.csv')
})

test('no trade is said; a trade without value has no return', () => {
  expect(tradeTable([], 'USDT')).toBe('<p>No trade was made.</p>')
  expect(tradeTable([{ ...trips[0]!, entryValue: 0 }], 'USDT')).toContain('<td class="number">–</td>')
})
