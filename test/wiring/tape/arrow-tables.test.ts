import { expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import type { QuoteEvent } from '../../../src/core/market-event.ts'
import { epochMs, lots } from '../../../src/core/units.ts'
import { Book } from '../../../src/market/book.ts'
import { bookTable, quoteTable } from '../../../src/wiring/tape/arrow-tables.ts'
import { snapshotOf } from '../../market/events.ts'
import { BTCUSDT } from '../../market/instruments.ts'

const units = converter(BTCUSDT)

test('a quote between two ticks has a price and no count of ticks', () => {
  const quote: QuoteEvent = {
    ...{ kind: 'quote', symbol: 'BTC/USDT:USDT', exchangeTime: epochMs(1), receivedAt: epochMs(2), updateId: 3 },
    ...{ bidTicks: 505.5, bidLots: lots(1), askTicks: 507, askLots: lots(2) },
  }
  expect(quoteTable(units).rowOf(quote)).toEqual([1, 2, 3, Number.NaN, 1, 507, 2, 50.55, 0.001, 50.7, 0.002])
})

test('so has a level', () => {
  const book = new Book()
  book.apply([505.5, 1], [507, 2])
  const row = bookTable(units, 1).rowOf(snapshotOf(1, 50, [], []), book)
  expect(row.slice(3)).toEqual([Number.NaN, 1, 50.55, 0.001, 507, 2, 50.7, 0.002])
})
