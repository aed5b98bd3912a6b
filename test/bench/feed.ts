import { converter } from '../../src/core/instrument.ts'
import type { MarketEvent } from '../../src/core/market-event.ts'
import { featureEngine } from '../../src/features/feature-engine.ts'
import { defaultFeatureSettings, featureSchema } from '../../src/features/feature-schema.ts'
import { instrumentPipeline } from '../../src/features/market-pipeline.ts'
import { binanceFrameMapper } from '../../src/market/venues/binance.ts'
import { LATENESS_MS, watermarker } from '../../src/market/watermarks.ts'
import type { BenchOptions } from './bench-options.ts'
import { captureFrames, type FeedFrames, interleaved } from './feed-frames.ts'

const BAR_MS = 1_000
const ROUNDS = 5
const INSTRUMENTS = 100
const FRAMES_PER_INSTRUMENT = 3_000

export interface FeedBench {
  readonly name: 'feed'
  /** `JSON.parse` alone; and parse, map, sequence, book, flow, bars and features. */
  readonly nsPerFrameParseOnly: number
  readonly nsPerFramePipeline: number
  /** The second over the first. Budget: 3. */
  readonly ratio: number
  readonly ratioMax: 3
  /** With the path signature of every bar on top. */
  readonly ratioWithSignature: number
  readonly frames: number
  readonly bars: number
  /** The beginning of the same frames under 100 symbols, interleaved one by one. */
  readonly nsPerFrameParseOnly100: number
  readonly nsPerFramePipeline100: number
  readonly ratio100: number
  readonly frames100: number
  readonly bars100: number
  readonly source: string
}

interface Timed {
  readonly parseNs: number
  readonly pipelineNs: number
  readonly bars: number
}

/** Best of five rounds each, after one that only warms up. */
export async function run({ progress }: BenchOptions): Promise<FeedBench> {
  const one = captureFrames()
  progress?.(`${one.frames.length} frames of one instrument`)
  const plain = timed(one, false)
  progress?.('with signatures')
  const signed = timed(one, true)
  const many = interleaved(one.frames, INSTRUMENTS, FRAMES_PER_INSTRUMENT)
  progress?.(`${many.frames.length} frames of ${INSTRUMENTS} instruments`)
  const hundred = timed(many, false)
  const ratio = ({ parseNs, pipelineNs }: Timed): number => Number((pipelineNs / parseNs).toFixed(3))
  return {
    name: 'feed',
    nsPerFrameParseOnly: Math.round(plain.parseNs / one.frames.length),
    nsPerFramePipeline: Math.round(plain.pipelineNs / one.frames.length),
    ratio: ratio(plain),
    ratioMax: 3,
    ratioWithSignature: ratio(signed),
    frames: one.frames.length,
    bars: plain.bars,
    nsPerFrameParseOnly100: Math.round(hundred.parseNs / many.frames.length),
    nsPerFramePipeline100: Math.round(hundred.pipelineNs / many.frames.length),
    ratio100: ratio(hundred),
    frames100: many.frames.length,
    bars100: hundred.bars,
    source: one.source,
  }
}

function timed(input: FeedFrames, signature: boolean): Timed {
  let best: Timed = { parseNs: Number.POSITIVE_INFINITY, pipelineNs: Number.POSITIVE_INFINITY, bars: 0 }
  for (let round = 0; round <= ROUNDS; round += 1) {
    let bars = 0
    const parseNs = timeNs(() => parseOnly(input))
    const pipelineNs = timeNs(() => {
      bars = whole(input, signature)
    })
    // Both loops are compiled before either is timed.
    if (round === 0) continue
    best = { parseNs: Math.min(best.parseNs, parseNs), pipelineNs: Math.min(best.pipelineNs, pipelineNs), bars }
  }
  return best
}

function timeNs(work: () => void): number {
  const from = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - from)
}

function parseOnly({ frames }: FeedFrames): number {
  let kept = 0
  for (const { text } of frames) if (JSON.parse(text) !== null) kept += 1
  return kept
}

/** Number of bars, each of which has given its row of features. */
function whole({ frames, instruments }: FeedFrames, signature: boolean): number {
  const converters = instruments.map(converter)
  const mapper = binanceFrameMapper(new Map(converters.map((units) => [units.instrument.venueSymbol, units])))
  const engine = featureEngine({ schema: featureSchema(defaultFeatureSettings(BAR_MS)), converters, steps: 8 })
  const bar = { kind: 'time', ms: BAR_MS } as const
  const lanes = new Map(
    converters.map((units) => [
      units.instrument.symbol,
      {
        pipeline: instrumentPipeline({ converter: units, bar, signature }),
        watermarkOf: watermarker({ barMs: BAR_MS, latenessMs: LATENESS_MS }),
      },
    ]),
  )
  let windows = 0
  const feed = (event: MarketEvent): void => {
    const { pipeline, watermarkOf } = lanes.get(event.symbol)!
    const watermark = watermarkOf(event)
    if (watermark) for (const each of pipeline.step(watermark).closed) windows += engine.step([each]).length
    for (const each of pipeline.step(event).closed) windows += engine.step([each]).length
  }
  for (const { receivedAt, text, venueSymbol } of frames) {
    const outcome = mapper.map(JSON.parse(text), receivedAt, venueSymbol)
    if (outcome.kind === 'event') feed(outcome.event)
  }
  let gaps = 0
  for (const { pipeline } of lanes.values()) gaps += pipeline.counters().gaps
  if (gaps > 0 || windows < instruments.length) {
    throw new Error(`feed bench: ${gaps} gaps and ${windows} bars, expected 0 and some of each instrument`)
  }
  return windows
}
