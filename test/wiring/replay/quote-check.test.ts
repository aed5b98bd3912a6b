import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import type { MarketEvent, QuoteEvent } from '../../../src/core/market-event.ts'
import type { EpochMs, Lots } from '../../../src/core/units.ts'
import { instrumentPipeline } from '../../../src/features/market-pipeline.ts'
import { quoteCheck } from '../../../src/wiring/replay/quote-check.ts'
import { deltaOf, snapshotOf } from '../../market/events.ts'
import { BTCUSDT } from '../../market/instruments.ts'

const AT = 1_700_000_000_000
const quoteOf = (updateId: number, bid: number, bidLots: number): QuoteEvent => ({
  kind: 'quote',
  symbol: 'BTC/USDT:USDT',
  exchangeTime: AT as EpochMs,
  receivedAt: AT as EpochMs,
  updateId,
  bidTicks: bid,
  bidLots: bidLots as Lots,
  askTicks: 102,
  askLots: 5 as Lots,
})
const open = snapshotOf(AT, 10, [[100, 5]], [[102, 5]])

function checked(...events: MarketEvent[]) {
  const pipeline = instrumentPipeline({ converter: converter(BTCUSDT), bar: { kind: 'time', ms: 1_000 } })
  const check = quoteCheck()
  for (const event of events) {
    pipeline.step(event)
    check.onEvent(event, pipeline)
  }
  return [check.compared, check.mismatches]
}

describe('quoteCheck', () => {
  const first = deltaOf(AT + 1, [9, 10, 11], [[100, 7]], [])
  test.each([
    ['a quote after its book update', [open, first, quoteOf(11, 100, 7)], [1, 0]],
    ['a quote before its book update', [open, quoteOf(11, 100, 7), first], [1, 0]],
    ['another size', [open, first, quoteOf(11, 100, 8)], [1, 1]],
    ['another price', [open, first, quoteOf(11, 99, 7)], [1, 1]],
    ['an update id that the book never shows', [open, first, quoteOf(12, 100, 7)], [0, 0]],
  ] as const)('%s', (_name, events, expected) => {
    expect(checked(...events)).toEqual(expected)
  })
})
