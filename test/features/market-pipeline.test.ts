import { describe, expect, test } from 'vitest'
import { converter } from '../../src/core/instrument.ts'
import type { MarketEvent } from '../../src/core/market-event.ts'
import { featureEngine } from '../../src/features/feature-engine.ts'
import type { FeatureWindow } from '../../src/features/feature-row.ts'
import { defaultFeatureSettings, featureSchema } from '../../src/features/feature-schema.ts'
import { barsOf, instrumentPipeline } from '../../src/features/market-pipeline.ts'
import { connectionOf, deltaOf, gapOf, markOf, snapshotOf, tradeOf, watermarkOf } from '../market/events.ts'
import { BTCUSDT } from '../market/instruments.ts'

const schema = featureSchema(defaultFeatureSettings(1_000))
const pipelineOf = () => instrumentPipeline({ converter: converter(BTCUSDT), ...barsOf(schema) })
const book = snapshotOf(1_000, 10, [[1_000, 5]], [[1_001, 5]])

/** One trade and one delta in each of `count` seconds, then the watermark of its end. */
const seconds = (count: number): MarketEvent[] =>
  Array.from({ length: count }, (_, nth) => [
    tradeOf(1_100 + nth * 1_000, nth, 1_000, 2),
    deltaOf(1_200 + nth * 1_000, [10 + nth, 11 + nth, 11 + nth], [[1_000, 5 + nth]], []),
    watermarkOf(2_000 + nth * 1_000),
  ]).flat()

function drive(events: readonly MarketEvent[]) {
  const pipeline = pipelineOf()
  const engine = featureEngine({ schema, converters: [pipeline.converter], steps: 2 })
  const closed: FeatureWindow[] = []
  const resyncs: number[] = []
  for (const [at, event] of events.entries()) {
    const step = pipeline.step(event)
    for (const bar of step.closed) closed.push(...engine.step([bar]))
    if (step.resync) resyncs.push(at)
  }
  return { pipeline, closed, resyncs }
}

describe('instrumentPipeline', () => {
  test('one window per closed bar, ready after look-back and steps', () => {
    const { closed } = drive([book, ...seconds(9)])
    expect(closed.map(({ ready }) => ready)).toEqual([...Array(6).fill(false), true, true, true])
    expect(closed.at(-1)!.values).toHaveLength(2 * schema.features.length)
    expect(closed.at(-1)!.row.schemaHash).toBe(schema.hash)
  })

  test('the same events give the same windows, bit for bit', () => {
    const events = [book, ...seconds(9)]
    expect(drive(events).closed).toEqual(drive(events).closed)
  })

  test('several bars that close at once all come out', () => {
    expect(drive([book, watermarkOf(5_000)]).closed).toHaveLength(4)
  })

  test('a break is counted, asks for a resync, taints and starts the warm-up anew', () => {
    const events = [book, ...seconds(8)]
    events.splice(-1, 0, deltaOf(8_300, [99, 100, 101], [], []), snapshotOf(8_400, 102, [[1_000, 5]], [[1_001, 5]]))
    const { pipeline, closed, resyncs } = drive(events)
    expect(pipeline.counters().gaps).toBe(1)
    expect(resyncs).toEqual([events.length - 3])
    expect(closed.at(-1)!.row.bar.taints).toEqual(['gap'])
    expect(closed.map(({ ready }) => ready)).toEqual([...Array(6).fill(false), true, false])
  })

  test('a gap is reported by the step that it happened in, and by no other', () => {
    const pipeline = pipelineOf()
    const reported = [book, gapOf(1_100), book, ...seconds(1)].map((event) => pipeline.step(event).gaps.length)
    expect(reported).toEqual([0, 1, 0, 0, 0, 0])
  })

  test('counts what came and shows what stands', () => {
    const quote = { ...markOf(1_950, 1), kind: 'quote', updateId: 5, bidTicks: 1, bidLots: 1, askTicks: 2, askLots: 1 }
    const { pipeline } = drive([
      book,
      ...seconds(2),
      tradeOf(1_100, 0, 1_000, 2),
      markOf(3_000, 100.2),
      quote as unknown as MarketEvent,
    ])
    pipeline.countExcludedTrade()
    expect(pipeline.counters()).toEqual({
      gaps: 0,
      trades: 3,
      excludedTrades: 1,
      bookUpdates: 2,
      bookTickers: 1,
      lateTrades: 0,
      duplicates: 1,
      tradedLots: 4,
      bars: 2,
    })
    expect(pipeline.mid).toBeCloseTo(100.05, 9)
    expect([pipeline.markPrice, pipeline.synced, pipeline.book.bidLots]).toEqual([100.2, true, 6])
    expect(pipeline.lastQuote).toMatchObject({ updateId: 5 })
    expect([pipeline.lastEventAt, pipeline.lastBookAt]).toEqual([1_955, 2_205])
  })

  test('without a book there is no mid, and what we make ourselves is no sign of life', () => {
    const { pipeline } = drive([book, connectionOf(9_000, 'down'), gapOf(9_001), watermarkOf(9_002)])
    expect([pipeline.mid, pipeline.synced, pipeline.lastEventAt]).toEqual([Number.NaN, false, 1_005])
  })
})
