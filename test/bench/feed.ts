import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { converter, type Instrument } from '../../src/core/instrument.ts'
import type { EpochMs } from '../../src/core/units.ts'
import { defaultFeatureSettings, featureSchema } from '../../src/features/feature-schema.ts'
import { instrumentPipeline } from '../../src/features/market-pipeline.ts'
import { binanceFrameMapper } from '../../src/market/venues/binance.ts'
import { LATENESS_MS, watermarker } from '../../src/market/watermarks.ts'
import { BTCUSDT } from '../market/instruments.ts'
import { syntheticFrames } from './synthetic-frames.ts'

const BAR_MS = 1_000
const ROUNDS = 5
const SYNTHETIC_FRAMES = 40_000

export interface FeedBench {
  readonly name: 'feed'
  /** `JSON.parse` alone; and parse, map, sequence, book, flow, bars and features. */
  readonly nsPerFrameParseOnly: number
  readonly nsPerFramePipeline: number
  /** The second over the first. Budget: 3. */
  readonly ratio: number
  readonly ratioMax: 3
  readonly frames: number
  readonly bars: number
  readonly source: string
}

interface Line {
  readonly receivedAt: EpochMs
  readonly text: string
}

/** Best of five rounds over the 2024-08-08 capture where `TICKWRIGHT_DATA` holds it, else over frames of its own making. */
export async function run(): Promise<FeedBench> {
  const { lines, source } = input()
  // Warm-up: both loops compiled before either is timed.
  parseOnly(lines)
  whole(lines, BTCUSDT)
  let parseNs = Number.POSITIVE_INFINITY
  let pipelineNs = Number.POSITIVE_INFINITY
  let bars = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    parseNs = Math.min(
      parseNs,
      timeNs(() => parseOnly(lines)),
    )
    pipelineNs = Math.min(
      pipelineNs,
      timeNs(() => {
        bars = whole(lines, BTCUSDT)
      }),
    )
  }
  const perFrame = (ns: number): number => Math.round(ns / lines.length)
  return {
    name: 'feed',
    nsPerFrameParseOnly: perFrame(parseNs),
    nsPerFramePipeline: perFrame(pipelineNs),
    ratio: Number((pipelineNs / parseNs).toFixed(3)),
    ratioMax: 3,
    frames: lines.length,
    bars,
    source,
  }
}

function input(): { lines: readonly Line[]; source: string } {
  const data = process.env['TICKWRIGHT_DATA'] ?? '../shared/data'
  const source = 'binance-usdm-btcusdt-20240808.gz'
  const file = path.join(data, 'tapes', source)
  if (!existsSync(file)) return { lines: syntheticFrames(SYNTHETIC_FRAMES), source: 'synthetic' }
  const rows = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
  const lines = rows.map((row) => ({
    receivedAt: Number(row.slice(0, 13)) as EpochMs,
    text: row.slice(row.indexOf(' ') + 1),
  }))
  return { lines, source }
}

function timeNs(work: () => void): number {
  const from = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - from)
}

function parseOnly(lines: readonly Line[]): number {
  let kept = 0
  for (const { text } of lines) if (JSON.parse(text) !== null) kept += 1
  return kept
}

function whole(lines: readonly Line[], instrument: Instrument): number {
  const units = converter(instrument)
  const mapper = binanceFrameMapper(new Map([[instrument.venueSymbol, units]]))
  const pipeline = instrumentPipeline({
    converter: units,
    schema: featureSchema(defaultFeatureSettings(BAR_MS)),
    steps: 8,
  })
  const watermarkOf = watermarker({ barMs: BAR_MS, latenessMs: LATENESS_MS })
  for (const { receivedAt, text } of lines) {
    const outcome = mapper.map(JSON.parse(text), receivedAt, instrument.venueSymbol)
    if (outcome.kind !== 'event') continue
    const watermark = watermarkOf(outcome.event)
    if (watermark) pipeline.step(watermark)
    pipeline.step(outcome.event)
  }
  const { gaps, bars } = pipeline.counters()
  if (gaps > 0 || bars === 0) throw new Error(`feed bench: ${gaps} gaps and ${bars} bars, expected 0 and some`)
  return bars
}
