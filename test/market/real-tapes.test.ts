import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readTape } from '../../src/adapters/tape/read-tape.ts'
import { scanInstruments } from '../../src/adapters/tape/scan-instruments.ts'
import { converter, type Instrument } from '../../src/core/instrument.ts'
import type { MarketEvent, QuoteEvent } from '../../src/core/market-event.ts'
import type { EpochMs } from '../../src/core/units.ts'
import { instrumentPipeline, type PipelineCounters } from '../../src/features/market-pipeline.ts'
import type { Bar } from '../../src/market/bar.ts'
import type { FrameOutcome } from '../../src/market/frame-mapper.ts'
import { orderFlow } from '../../src/market/order-flow.ts'
import { binanceFrameMapper } from '../../src/market/venues/binance.ts'
import { watermarker } from '../../src/market/watermarks.ts'
import { BTCUSD_PERP, BTCUSDT, ETHUSDT } from './instruments.ts'
import { realTape } from './real-tapes.ts'
import { regress } from './regress.ts'

const btc2024 = 'binance-usdm-btcusdt-20240808.gz'
const coinm2024 = 'binance-coinm-btcusd_perp-20240808.gz'
const chain2023 = ['binance-usdm-btcusdt-20230404.gz', 'binance-usdm-btcusdt-20230405.gz']

async function* outcomes(names: readonly string[], instrument: Instrument): AsyncGenerator<FrameOutcome> {
  const mapper = binanceFrameMapper(new Map([[instrument.venueSymbol, converter(instrument)]]))
  for (const name of names) {
    for await (const { frame, receivedAt } of readTape(realTape(name).file)) {
      yield mapper.map(frame, receivedAt, instrument.venueSymbol)
    }
  }
}

interface Replay {
  readonly counters: PipelineCounters
  readonly bars: readonly Bar[]
  readonly malformed: number
  /** Quotes whose update id a book delta ends on; and those of them that the rebuilt book contradicts. */
  readonly compared: number
  readonly unequal: number
}

async function replay(
  names: readonly string[],
  instrument: Instrument,
  barMs: number,
  latenessMs = 500,
): Promise<Replay> {
  const pipeline = instrumentPipeline({ converter: converter(instrument), bar: { kind: 'time', ms: barMs } })
  const watermarkOf = watermarker({ barMs, latenessMs })
  const bars: Bar[] = []
  const tops = new Map<number, string>()
  const quotes: QuoteEvent[] = []
  let malformed = 0
  const feed = (event: MarketEvent): void => {
    bars.push(...pipeline.step(event).closed)
    if (event.kind === 'quote') quotes.push(event)
    const { book, synced } = pipeline
    if (event.kind !== 'book' || event.type !== 'delta' || !synced) return
    tops.set(event.lastId, [book.bidTicks, book.bidLots, book.askTicks, book.askLots].join())
  }
  for await (const outcome of outcomes(names, instrument)) {
    if (outcome.kind === 'malformed') malformed += 1
    if (outcome.kind === 'excluded') pipeline.countExcludedTrade()
    if (outcome.kind !== 'event') continue
    const watermark = watermarkOf(outcome.event)
    if (watermark) feed(watermark)
    feed(outcome.event)
  }
  const matched = quotes.filter(({ updateId }) => tops.has(updateId))
  const unequal = matched.filter(
    ({ updateId, bidTicks, bidLots, askTicks, askLots }) =>
      tops.get(updateId) !== [bidTicks, bidLots, askTicks, askLots].join(),
  )
  return { counters: pipeline.counters(), bars, malformed, compared: matched.length, unequal: unequal.length }
}

/** Lines that hold `text`, counted without any of our code. */
const grepCount = (name: string, text: string): number =>
  gunzipSync(readFileSync(realTape(name).file))
    .toString('latin1')
    .split('\n')
    .filter((line) => line.includes(text)).length

describe.each([
  [btc2024, BTCUSDT, { bookUpdates: 6_551, trades: 21_313, bookTickers: 66_089 }],
  ['binance-usdm-ethusdt-20240718.gz', ETHUSDT, { bookUpdates: 3_273, trades: 1_640, bookTickers: 9_089 }],
  [coinm2024, BTCUSD_PERP, { bookUpdates: 26_847, trades: 2_286, bookTickers: 19_136 }],
] as const)('%s', (name, instrument, expected) => {
  test.skipIf(realTape(name).absent)(
    'counts equal those of grep, no gap, and the book agrees with bookTicker',
    async () => {
      const { counters, bars, malformed, compared, unequal } = await replay([name], instrument, 1_000)
      expect(counters).toMatchObject({ ...expected, gaps: 0, excludedTrades: 0, duplicates: 0, lateTrades: 0 })
      expect([grepCount(name, '@depth'), grepCount(name, '@trade'), grepCount(name, '@bookTicker')]).toEqual([
        expected.bookUpdates,
        expected.trades,
        expected.bookTickers,
      ])
      expect(malformed).toBe(0)
      expect(bars.length).toBeGreaterThan(150)
      // All clean but the first, which the recording began in.
      expect(bars.map(({ taints }) => taints.join()).filter((taints) => taints !== '')).toEqual(['partial'])
      expect([compared > 100, unequal]).toEqual([true, 0])
    },
  )

  test.skipIf(realTape(name).absent)('a prescan finds tick and lot', async () => {
    const { file } = realTape(name)
    const { symbol, inverse, contractSize } = instrument
    const tickSize = instrument.tickSize.replace(/0$/, '')
    const found = await scanInstruments(readTape(file), file)
    expect(found).toMatchObject([{ symbol, inverse, contractSize, tickSize, lotSize: instrument.lotSize }])
  })
})

describe('2023-04-04/05, one chain over midnight', () => {
  const absent = realTape(chain2023[1]!).absent
  // Trades run up to 2 s behind the exchange's other events here.
  const replayed = absent ? undefined : replay(chain2023, BTCUSDT, 300_000, 5_000)

  test.skipIf(absent)('the chain holds over the file boundary; the insurance-fund trade is counted apart', async () => {
    const { counters, malformed, unequal } = await replayed!
    expect([malformed, unequal]).toEqual([0, 0])
    expect(counters).toMatchObject({ gaps: 0, duplicates: 0, lateTrades: 0, excludedTrades: 1 })
    expect(counters).toMatchObject({ bookUpdates: 4_322 + 11_788, bookTickers: 6_765 + 37_440 })
    expect(counters.trades).toBe(2_197 + 10_738 - 1)
  })
})

const today = path.join(path.dirname(realTape(btc2024).file), '../frames/binance-usdm-2026-08.jsonl')
test.skipIf(!existsSync(today))('frames in the wire format of August 2026', () => {
  const stg = { ...BTCUSDT, symbol: 'STG/USDT:USDT', venueSymbol: 'STGUSDT', tickSize: '0.0001', lotSize: '1' }
  const mapper = binanceFrameMapper(new Map([BTCUSDT, stg].map((each) => [each.venueSymbol, converter(each)])))
  const lines = readFileSync(today, 'utf8').trim().split('\n')
  const mapped = lines.map((line) => mapper.map(JSON.parse(line), 1 as EpochMs))
  expect(mapped).toMatchObject([
    { kind: 'event', event: { kind: 'trade', tradeId: 3_404_749_954, price: 649_909, size: 2, side: 'sell' } },
    { kind: 'event', event: { kind: 'mark', markPrice: 64_991.37858696, fundingRate: 0.00003936 } },
    { kind: 'ignored' },
    { kind: 'event', event: { kind: 'liquidation', symbol: 'STG/USDT:USDT', side: 'sell', price: 1_336, size: 5 } },
  ])
})

/** OFI from the venue's own quotes against the move of their mid, as the table's authors measured it: by receive time. */
async function contemporaneous(name: string, instrument: Instrument, barMs: number) {
  const flows: number[] = []
  const moves: number[] = []
  let previous: QuoteEvent | undefined
  let firstAt = 0
  let bin = 0
  let flow = 0
  let midBefore = 0
  for await (const outcome of outcomes([name], instrument)) {
    if (outcome.kind !== 'event' || outcome.event.kind !== 'quote') continue
    const quote = outcome.event
    if (!previous) {
      firstAt = quote.receivedAt
      midBefore = (quote.bidTicks + quote.askTicks) / 2
      previous = quote
      continue
    }
    // The bin of time t holds (start, end]: an event is in the bin that it ends.
    while (quote.receivedAt >= firstAt + (bin + 1) * barMs) {
      const mid = (previous.bidTicks + previous.askTicks) / 2
      flows.push(converter(instrument).quantity(flow))
      moves.push(mid - midBefore)
      midBefore = mid
      flow = 0
      bin += 1
    }
    flow += orderFlow(previous, quote)
    previous = quote
  }
  return { ...regress(flows, moves), sum: flows.reduce((total, each) => total + each, 0) }
}

describe('order flow against price moves: the published-style figures of the captures', () => {
  test.skipIf(realTape(btc2024).absent).each([
    [btc2024, BTCUSDT, 1_000, { n: 344, r2: 0.3797, beta: 1.95396, sum: -109.1 }],
    [btc2024, BTCUSDT, 10_000, { n: 34, r2: 0.5214, beta: 2.17375, sum: -90.463 }],
    [coinm2024, BTCUSD_PERP, 1_000, { n: 343, r2: 0.5172, beta: 0.00955339, sum: -163_669 }],
  ] as const)('%s %# at %o', async (name, instrument, barMs, expected) => {
    const got = await contemporaneous(name, instrument, barMs)
    expect(got.n).toBe(expected.n)
    expect(got.r2).toBeCloseTo(expected.r2, 4)
    expect(got.beta / expected.beta).toBeCloseTo(1, 5)
    expect(got.sum).toBeCloseTo(expected.sum, 3)
  })
})
