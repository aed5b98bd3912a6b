import { expect, test } from 'vitest'
import { epochMs, lots, ticks } from '../../src/core/units.ts'
import type { PositionRecord } from '../../src/trading/journal-records.ts'
import { bookFill } from '../../src/trading/position-book.ts'

const flat: PositionRecord = {
  symbol: 'BTC/USDT:USDT',
  lots: lots(0),
  entryTicks: '0',
  openingLots: lots(0),
  openedAt: epochMs(0),
  realised: '0',
  fees: '0',
  updatedAt: epochMs(0),
}

type Step = readonly ['buy' | 'sell', size: number, price: number]
test.each<{ name: string; steps: readonly Step[]; size: number; entryTicks: string }>([
  { name: 'opens', steps: [['sell', 2, 100]], size: -2, entryTicks: '100' },
  {
    name: 'adds: the mean',
    steps: [
      ['buy', 1, 100],
      ['buy', 2, 103],
    ],
    size: 3,
    entryTicks: '102',
  },
  {
    name: 'reduces: the entry stays',
    steps: [
      ['buy', 3, 100],
      ['sell', 2, 150],
    ],
    size: 1,
    entryTicks: '100',
  },
  {
    name: 'closes',
    steps: [
      ['buy', 3, 100],
      ['sell', 3, 150],
    ],
    size: 0,
    entryTicks: '0',
  },
  {
    name: 'crosses zero: the entry begins anew',
    steps: [
      ['buy', 3, 100],
      ['sell', 5, 150],
    ],
    size: -2,
    entryTicks: '150',
  },
  {
    name: 'thirds are rounded',
    steps: [
      ['buy', 1, 100],
      ['buy', 2, 101],
    ],
    size: 3,
    entryTicks: '100.666666666667',
  },
])('$name', ({ steps, size, entryTicks }) => {
  const end = steps.reduce((position, [side, count, price], at) => {
    return bookFill(position, {
      symbol: position.symbol,
      tradeId: String(at),
      clientId: '',
      venueId: '',
      side,
      price: ticks(price),
      lots: lots(count),
      fee: '0.1',
      feeCurrency: 'USDT',
      realisedPnl: '0.2',
      maker: false,
      at: epochMs(at),
    })
  }, flat)
  expect(end).toMatchObject({ lots: size, entryTicks, updatedAt: steps.length - 1 })
  expect([end.fees, end.realised]).toEqual([(0.1 * steps.length).toFixed(1), (0.2 * steps.length).toFixed(1)])
})
