import { expect, test } from 'vitest'
import { equityCsv, tradesCsv } from '../../../src/report/backtest/record-csv.ts'
import { sampleRecord } from './sample-record.ts'

const record = sampleRecord({ bars: 5_000, barMs: 60_000, tradeEach: 300 })

test('equity: every reading, in full precision, in pieces', () => {
  const pieces = [...equityCsv(record)]
  expect(pieces.length).toBe(4)
  const [head, ...lines] = pieces.join('').trimEnd().split('\n')
  expect(head).toBe('at,equity,exposure')
  const read = lines.map((line) => line.split(',')).map(([at, ...numbers]) => [Date.parse(at!), ...numbers.map(Number)])
  const { at, equity, exposure } = record.equity
  expect(read).toEqual(Array.from(at, (each, index) => [each, equity[index], exposure[index]]))
})

test('trades: every one; a text with a comma, a quote or a line break stays one field', () => {
  const odd = { ...record.trips[0]!, exitReason: 'a,"b"\nc' }
  const text = [...tradesCsv({ ...record, trips: [odd, ...record.trips.slice(1)] })].join('')
  expect(text).toContain(',"a,""b""\nc",')
  const plain = [...tradesCsv(record)].join('').trimEnd().split('\n')
  expect(plain).toHaveLength(record.trips.length + 1)
  const columns = plain[0]!.split(',')
  const row = Object.fromEntries(plain[2]!.split(',').map((each, index) => [columns[index], each]))
  expect(row).toMatchObject({ symbol: 'ETH/USDT:USDT', netPnl: String(record.trips[1]!.netPnl) })
})
