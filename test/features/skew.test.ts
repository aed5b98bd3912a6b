import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { readTape } from '../../src/adapters/tape/read-tape.ts'
import { type Converter, converter } from '../../src/core/instrument.ts'
import type { MarketEvent, WatermarkEvent } from '../../src/core/market-event.ts'
import { type EpochMs, epochMs } from '../../src/core/units.ts'
import { closedTogether } from '../../src/features/closed-together.ts'
import { featureEngine } from '../../src/features/feature-engine.ts'
import { FEATURE_FAMILIES } from '../../src/features/feature-families.ts'
import { exampleEntry } from '../../src/features/feature-family.ts'
import type { FeatureWindow } from '../../src/features/feature-row.ts'
import { defaultFeatureSettings, type FeatureSchema, featureSchema } from '../../src/features/feature-schema.ts'
import type { FeatureSettings } from '../../src/features/feature-settings.ts'
import { barsOf, instrumentPipeline } from '../../src/features/market-pipeline.ts'
import { barBuilder } from '../../src/market/bar-builder.ts'
import type { FrameMapper } from '../../src/market/frame-mapper.ts'
import { sequencer } from '../../src/market/sequencer.ts'
import { binanceFrameMapper } from '../../src/market/venues/binance.ts'
import { watermarker } from '../../src/market/watermarks.ts'
import { createBinanceProtocol } from '../../src/simulation/binance/binance-protocol.ts'
import { createExchange } from '../../src/simulation/exchange/create-exchange.ts'
import { demoMarkets } from '../../src/simulation/exchange/demo-markets.ts'
import { simulatedWindows } from '../../src/training/simulated-flow.ts'
import { BTCUSDT } from '../market/instruments.ts'
import { realTape } from '../market/real-tapes.ts'

const BAR_MS = 1_000
const BARS = 70
const STEPS = 2
const SEED = 5
const START_AT = epochMs(1_735_689_600_000)
const FUNDING_MS = 28_800_000
const markets = demoMarkets(0.5).slice(0, 2)
const [, PEER] = markets.map(({ instrument }) => instrument.symbol)

/** Every family that the venue has the data for, short enough for the stream. */
const settingsWith = (peer: string | undefined, absent: readonly string[]): FeatureSettings => ({
  ...defaultFeatureSettings(BAR_MS),
  timeframes: ['1s', '5s'],
  peers: peer === undefined ? [] : [peer],
  indicators: FEATURE_FAMILIES.filter(
    ({ name, needs }) => !absent.includes(name) && (peer !== undefined || needs !== 'a peer'),
  ).map((family) => ({
    ...exampleEntry(family),
    ...(family.required.includes('periods') && { periods: family.name === 'har' ? [1, 2, 4] : [4] }),
    ...(family.name === 'macd' && { fast: 2, signal: 2 }),
    ...(family.name === 'vpin' && { periods: [2], bucketQuote: 1_000 }),
    ...(family.required.includes('halfLivesMs') && { halfLivesMs: [200] }),
  })),
  calendar: { dayOfWeek: true, month: true, sessions: ['asia'] },
  missing: { rule: 'carry', barsMax: 3, mask: true },
})

const hexOf = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex')

const bitsOf = ({ row, ready, values }: FeatureWindow): string =>
  [row.bar.symbol, row.bar.endAt, ready, hexOf(values)].join(' ')

/** One engine over the bars of several instruments, cut and restored from JSON text before any moment that `cuts` names. */
function rowsOf(schema: FeatureSchema, converters: readonly Converter[], cuts: ReadonlySet<number> = new Set()) {
  const made = () => featureEngine({ schema, converters, steps: STEPS })
  const together = closedTogether(converters.map(({ instrument }) => instrument.symbol))
  let engine = made()
  const rows: string[] = []
  let ready = 0
  let restarts = 0
  return {
    rows,
    ready: () => ready,
    restarts: () => restarts,
    add(bar: Parameters<typeof together.add>[0]) {
      for (const { bars } of together.add(bar)) {
        if (cuts.has((bars[0]!.endAt / BAR_MS) % 1_000)) {
          const text = JSON.stringify(engine.save())
          engine = made()
          engine.restore(JSON.parse(text))
          restarts += 1
        }
        for (const window of engine.step(bars)) {
          rows.push(bitsOf(window))
          ready += window.ready ? 1 : 0
        }
      }
    },
  }
}

interface Line {
  readonly at: EpochMs
  readonly text: string
  /** Of a REST reply, which does not name its instrument. */
  readonly venueSymbol?: string
}

/** The stream of the simulated exchange as a recorder sees it. */
function recorded(): readonly Line[] {
  const exchange = createExchange({
    seed: SEED,
    startAt: START_AT,
    markets,
    deposit: '0',
    fundingIntervalMs: FUNDING_MS,
  })
  const protocol = createBinanceProtocol(exchange, { now: START_AT, fundingIntervalMs: FUNDING_MS })
  const names = markets.map(({ instrument }) => instrument.venueSymbol)
  const lines: Line[] = names.map((venueSymbol) => {
    const params = { symbol: venueSymbol, limit: '1000' }
    const { body } = protocol.handle({ method: 'GET', path: '/fapi/v1/depth', params, now: START_AT })
    return { at: START_AT, text: JSON.stringify(body), venueSymbol }
  })
  for (let at = START_AT + 100; at <= START_AT + BARS * BAR_MS + 500; at += 100) {
    const now = epochMs(at)
    const wanted = (stream: string) => /@(depth@100ms|aggTrade|markPrice@1s)$/.test(stream)
    for (const { data } of protocol.frames(now, wanted).streams) lines.push({ at: now, text: data })
  }
  return lines
}

function eventsOf(mapper: FrameMapper, frame: unknown, at: EpochMs, venueSymbol?: string): readonly MarketEvent[] {
  const outcome = mapper.map(frame, at, venueSymbol)
  if (outcome.kind === 'event') return [outcome.event]
  return outcome.kind === 'events' ? outcome.events : []
}

const mapperOf = (converters: readonly Converter[]) =>
  binanceFrameMapper(new Map(converters.map((one) => [one.instrument.venueSymbol, one])))

/** As live: watermarks by a timer, a grace after each boundary; the process ends and begins again in mid-bar. */
function live(
  lines: readonly Line[],
  schema: FeatureSchema,
  converters: readonly Converter[],
  cuts: ReadonlySet<number>,
) {
  const seen = rowsOf(schema, converters, cuts)
  const mapper = mapperOf(converters)
  const lanes = new Map(
    converters.map((one) => {
      const made = () => barBuilder({ converter: one, ...barsOf(schema) })
      return [one.instrument.symbol, { order: sequencer(), made, bars: made() }]
    }),
  )
  const pass = (event: MarketEvent): void => {
    const lane = lanes.get(event.symbol)!
    lane.order.step(event, (next) => {
      for (const bar of lane.bars.step(next, lane.order.book)) seen.add(bar)
    })
  }
  let boundary = START_AT + BAR_MS
  for (const { at, text, venueSymbol } of lines) {
    while (at > boundary + 200) {
      for (const symbol of lanes.keys()) {
        pass({ kind: 'watermark', symbol, exchangeTime: boundary as EpochMs, receivedAt: at } satisfies WatermarkEvent)
      }
      boundary += BAR_MS
      for (const lane of lanes.values()) {
        if (!cuts.has((boundary / BAR_MS) % 1_000)) continue
        const saved = JSON.stringify(lane.bars.save())
        lane.bars = lane.made()
        lane.bars.restore(JSON.parse(saved))
      }
    }
    for (const event of eventsOf(mapper, JSON.parse(text), at, venueSymbol)) pass(event)
  }
  return seen
}

/** As a replay: off the file, watermarks out of the event times. */
async function replayed(
  file: string,
  schema: FeatureSchema,
  converters: readonly Converter[],
  latenessMs: number,
  venueSymbols: readonly string[],
  cuts: ReadonlySet<number> = new Set(),
) {
  const seen = rowsOf(schema, converters, cuts)
  const mapper = mapperOf(converters)
  const watermarkBefore = watermarker({ barMs: BAR_MS, latenessMs })
  const pipelines = new Map(
    converters.map((one) => [one.instrument.symbol, instrumentPipeline({ converter: one, ...barsOf(schema) })]),
  )
  const pass = (event: MarketEvent): void => {
    for (const bar of pipelines.get(event.symbol)!.step(event).closed) seen.add(bar)
  }
  let replies = 0
  for await (const { receivedAt, frame } of readTape(file)) {
    const isReply = typeof frame === 'object' && frame !== null && 'lastUpdateId' in frame
    const venueSymbol = isReply ? venueSymbols[replies++] : venueSymbols.length === 1 ? venueSymbols[0] : undefined
    for (const event of eventsOf(mapper, frame, receivedAt, venueSymbol)) {
      const watermark = watermarkBefore(event)
      if (watermark) for (const symbol of pipelines.keys()) pass({ ...watermark, symbol })
      pass(event)
    }
  }
  return seen
}

const folder = mkdtempSync(join(tmpdir(), 'skew-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('one recorded stream of two instruments, every feature', () => {
  const schema = featureSchema(settingsWith(PEER, ['open_interest']))
  const converters = markets.map(({ instrument }) => converter(instrument))
  const lines = recorded()
  const training = simulatedWindows({
    ...{ seed: SEED, startAt: START_AT, markets, schema, steps: STEPS },
    bars: BARS,
  })
  const trained = training[0]!.flatMap((window, at) => [bitsOf(window), bitsOf(training[1]![at]!)])

  test('the rows of training are ready, and there is one for every bar', () => {
    expect(training.map((windows) => windows.length)).toEqual([BARS, BARS])
    expect(training[0]!.filter(({ ready }) => ready).length).toBeGreaterThan(20)
    expect(schema.names.length).toBeGreaterThan(150)
  })

  test('live rows equal those of training bit for bit, over restarts in mid-bar too', () => {
    expect(live(lines, schema, converters, new Set()).rows).toEqual(trained)
    const cut = live(lines, schema, converters, new Set([607, 630, 631, 655]))
    expect(cut.restarts()).toBe(4)
    expect(cut.rows).toEqual(trained)
  })

  test('replayed rows equal those of training bit for bit', async () => {
    const file = join(folder, 'two.gz')
    writeFileSync(
      file,
      gzipSync(
        lines
          .map(({ at, text }) => `${at}000000 ${text}`)
          .join('\n')
          .concat('\n'),
      ),
    )
    const names = markets.map(({ instrument }) => instrument.venueSymbol)
    const seen = await replayed(file, schema, converters, 250, names)
    expect(seen.rows.length).toBeGreaterThan(2 * (BARS - 2))
    expect(seen.rows).toEqual(trained.slice(0, seen.rows.length))
  })
})

const real = realTape('binance-usdm-btcusdt-20240808.gz')
test.skipIf(real.absent)('a real capture: another lateness of the clock and restarts change no bit', async () => {
  // The capture has no mark prices.
  const venue = ['open_interest', 'funding_rate', 'minutes_to_funding', 'basis', 'premium']
  const schema = featureSchema(settingsWith(undefined, venue))
  const units = [converter(BTCUSDT)]
  const names = [BTCUSDT.venueSymbol]
  const [one, other] = await Promise.all([
    replayed(real.file, schema, units, 500, names),
    replayed(real.file, schema, units, 900, names, new Set([300, 333, 334, 500])),
  ])
  expect(one.ready()).toBeGreaterThan(250)
  expect([other.rows.length > 340, other.restarts()]).toEqual([true, 4])
  expect(other.rows).toEqual(one.rows.slice(0, other.rows.length))
})
