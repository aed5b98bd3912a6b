import { describe, expect, test } from 'vitest'
import type { MarketEvent, QuoteEvent } from '../../../src/core/market-event.ts'
import type { EpochMs, Lots } from '../../../src/core/units.ts'
import { BUFFER_MAX } from '../../../src/market/sequencer.ts'
import { BINS_MAX, type FlowBin, type FlowBinSettings, FlowBins } from '../../../src/report/ofi/flow-bins.ts'
import { connectionOf, deltaOf, gapOf, snapshotOf, tradeOf } from '../../market/events.ts'

/** Received 5 ms after it happened, as all events of these tests are. */
const quoteOf = (at: number, bid: number, bidLots: number, ask: number, askLots: number): QuoteEvent => ({
  kind: 'quote',
  symbol: 'BTC/USDT:USDT',
  exchangeTime: at as EpochMs,
  receivedAt: (at + 5) as EpochMs,
  updateId: at,
  bidTicks: bid,
  bidLots: bidLots as Lots,
  askTicks: ask,
  askLots: askLots as Lots,
})

const byTicker: FlowBinSettings = { binMs: 100, source: 'bookTicker', clock: 'receive' }
const byBook: FlowBinSettings = { ...byTicker, source: 'book' }

function binsOf(events: readonly MarketEvent[], settings = byTicker): readonly FlowBin[] {
  const bins = new FlowBins(settings)
  for (const event of events) bins.step(event)
  return bins.closed()
}

const flows = (bins: readonly FlowBin[]): number[] => bins.map(({ flowLots }) => flowLots)
const moves = (bins: readonly FlowBin[]): number[] => bins.map(({ moveTicks }) => moveTicks)

describe('FlowBins by quotes', () => {
  test('bins begin at the first quote, hold their start and not their end; the last, unfinished one is dropped', () => {
    const bins = binsOf([
      quoteOf(1_000, 100, 5, 102, 5),
      quoteOf(1_099, 100, 7, 102, 5), // +2
      quoteOf(1_100, 101, 4, 102, 5), // +4, mid up a half: second bin
      quoteOf(1_299, 101, 4, 103, 1), // +5, mid up a half: third bin, which it does not end
    ])
    expect(bins.map(({ startAt }) => startAt)).toEqual([1_005, 1_105])
    expect(flows(bins)).toEqual([2, 4])
    expect(moves(bins)).toEqual([0, 0.5])
    expect(binsOf([quoteOf(1_000, 100, 5, 102, 5), quoteOf(1_099, 100, 7, 102, 5)])).toEqual([])
    expect(binsOf([])).toEqual([])
  })

  test('a quiet bin has no flow and no move', () => {
    const bins = binsOf([quoteOf(0, 100, 5, 102, 5), quoteOf(350, 103, 1, 104, 1)])
    expect([flows(bins), moves(bins)]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
  })

  test('trades are signed by aggressor, each in the bin of its own time, late or early; none before the first quote', () => {
    const bins = binsOf([
      tradeOf(900, 1, 101, 99),
      quoteOf(1_000, 100, 5, 102, 5),
      tradeOf(1_150, 2, 102, 3, 'buy'),
      quoteOf(1_120, 100, 5, 102, 5),
      tradeOf(1_050, 3, 100, 8, 'sell'),
      tradeOf(1_060, 4, 100, 1, 'buy'),
      quoteOf(1_210, 100, 5, 102, 5),
    ])
    expect(bins.map(({ signedLots, tradedLots }) => [signedLots, tradedLots])).toEqual([
      [-7, 9],
      [3, 3],
    ])
  })

  test('by the exchange clock: a quote stamped before its neighbour counts at that one’s time', () => {
    const bins = binsOf(
      [
        quoteOf(0, 100, 5, 102, 5),
        quoteOf(120, 100, 6, 102, 5),
        quoteOf(90, 100, 8, 102, 5),
        quoteOf(200, 100, 8, 102, 5),
      ],
      { ...byTicker, clock: 'exchange' },
    )
    expect(bins.map(({ startAt, flowLots }) => [startAt, flowLots])).toEqual([
      [0, 0],
      [100, 3],
    ])
  })

  test('bins from a loss to the next quote are broken; e_n never spans it', () => {
    const bins = binsOf([
      quoteOf(0, 100, 5, 102, 5),
      gapOf(110, 'disconnect'),
      quoteOf(250, 100, 50, 102, 5),
      quoteOf(310, 100, 51, 102, 5),
      quoteOf(400, 100, 51, 102, 5),
    ])
    expect(bins.map(({ broken, flowLots }) => [broken, flowLots])).toEqual([
      [false, 0],
      [true, 0],
      [true, 0],
      [false, 1],
    ])
  })

  test('a break in the depth stream says nothing of the venue’s own quotes', () => {
    const events = [quoteOf(0, 100, 5, 102, 5), gapOf(10, 'sequence'), quoteOf(100, 100, 5, 102, 5)]
    expect(binsOf(events).map(({ broken }) => broken)).toEqual([false])
  })

  test('nor does a depth stream that never gets its snapshot', () => {
    const deltas = Array.from({ length: BUFFER_MAX + 1 }, (_, nth) => deltaOf(20, [nth, nth + 1, nth + 1], [], []))
    const gaps: string[] = []
    const bins = new FlowBins(byTicker, ({ reason }) => gaps.push(reason))
    for (const event of [quoteOf(0, 100, 5, 102, 5), ...deltas, quoteOf(100, 100, 5, 102, 5)]) bins.step(event)
    expect([gaps, bins.closed().map(({ broken }) => broken)]).toEqual([['overflow'], [false]])
  })

  test('a lost connection breaks them', () => {
    const events = [
      quoteOf(0, 100, 5, 102, 5),
      connectionOf(10, 'down'),
      connectionOf(20, 'up'),
      quoteOf(100, 100, 5, 102, 5),
    ]
    expect(binsOf(events).map(({ broken }) => broken)).toEqual([true])
  })

  test(`more than ${BINS_MAX} bins are refused`, () => {
    const bins = new FlowBins(byTicker)
    bins.step(quoteOf(0, 100, 5, 102, 5))
    bins.step(quoteOf(100 * BINS_MAX - 1, 100, 5, 102, 5))
    expect(() => bins.step(quoteOf(100 * BINS_MAX, 100, 5, 102, 5))).toThrow('take longer bars or fewer files')
  })
})

describe('FlowBins by the book', () => {
  const snapshot = snapshotOf(
    0,
    10,
    [
      [100, 5],
      [99, 2],
    ],
    [
      [102, 5],
      [103, 8],
    ],
  )

  test('quotes are those of the rebuilt book, level by level', () => {
    const bins = binsOf(
      [
        snapshot,
        deltaOf(50, [10, 11, 11], [[100, 9]], [[103, 0]]), // best +4; ask level 2 goes: +8
        deltaOf(100, [11, 12, 12], [[99, 1]], []),
        deltaOf(200, [12, 13, 13], [], []),
      ],
      byBook,
    )
    expect(flows(bins)).toEqual([4, 0])
    expect(bins.map(({ levels }) => levels?.flowLots.slice(0, 3))).toEqual([
      undefined, // The book came inside of this bin.
      [0, -1, 0],
    ])
    expect(bins[1]!.levels).toMatchObject({
      bidLots: [9, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      askLots: [5, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    })
  })

  test('levels are there only where the book was whole all through; quotes of the venue go on', () => {
    const quotes = [0, 100, 200, 300, 400, 500].map((at) => quoteOf(at, 100, 5, 102, 5))
    const bins = binsOf([
      { ...snapshot, receivedAt: 1 as EpochMs },
      quotes[0]!,
      quotes[1]!,
      deltaOf(150, [99, 100, 100], [], []), // Does not follow.
      quotes[2]!,
      snapshotOf(250, 120, [[100, 5]], [[102, 5]]),
      ...quotes.slice(3),
    ])
    expect(bins.map(({ broken, levels }) => [broken, levels !== undefined])).toEqual([
      [false, true],
      [false, false],
      [false, false],
      [false, true],
      [false, true],
    ])
  })

  test('a side without orders ends the book until it has both again', () => {
    const bins = binsOf(
      [
        snapshotOf(0, 10, [[100, 5]], [[102, 5]]),
        deltaOf(110, [10, 11, 11], [[100, 0]], []),
        deltaOf(210, [11, 12, 12], [[100, 4]], []),
        deltaOf(310, [12, 13, 13], [[100, 6]], []),
        deltaOf(400, [13, 14, 14], [], []),
      ],
      byBook,
    )
    expect(bins.map(({ broken, flowLots }) => [broken, flowLots])).toEqual([
      [false, 0],
      [true, 0],
      [true, 0],
      [false, 2],
    ])
  })
})
