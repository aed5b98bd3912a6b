import { check } from '../core/check.ts'
import { converter } from '../core/instrument.ts'
import type { MarketEvent } from '../core/market-event.ts'
import type { EpochMs } from '../core/units.ts'
import { epochMs } from '../core/units.ts'
import { closedTogether } from '../features/closed-together.ts'
import { featureEngine } from '../features/feature-engine.ts'
import type { FeatureWindow } from '../features/feature-row.ts'
import type { FeatureSchema } from '../features/feature-schema.ts'
import { barsOf, instrumentPipeline } from '../features/market-pipeline.ts'
import type { Bar } from '../market/bar.ts'
import { binanceFrameMapper } from '../market/venues/binance.ts'
import type { BinanceProtocol } from '../simulation/binance/binance-protocol.ts'
import { createBinanceProtocol } from '../simulation/binance/binance-protocol.ts'
import { createExchange } from '../simulation/exchange/create-exchange.ts'
import type { MarketSettings } from '../simulation/exchange/exchange-settings.ts'

/** Grid of the venue's depth frames. */
const FRAME_MS = 100
const FUNDING_INTERVAL_MS = 28_800_000
const DEPTH_LIMIT = '1000'

/** One run of the simulated exchange. */
export interface SimulatedBarsSettings {
  readonly seed: number
  /** A multiple of the bar's length. */
  readonly startAt: EpochMs
  /** With `alpha` of each. */
  readonly markets: readonly MarketSettings[]
  /** Bars to simulate. */
  readonly bars: number
  /** A change of regime: from this bar on, counted from 0, order flow drives prices the other way; absent: never. */
  readonly alphaFlipAtBar?: number | undefined
  /** What the bars are for: their length, and whether they carry a signature. */
  readonly schema: FeatureSchema
}

interface SimulatedFlowSettings extends SimulatedBarsSettings {
  /** Rows of a window. */
  readonly steps: number
}

/** One run as `simulatedBars`, seen through the live features: one list per market, one window per closed bar. Deterministic. */
export function simulatedWindows(settings: SimulatedFlowSettings): readonly (readonly FeatureWindow[])[] {
  const { markets, schema, steps } = settings
  const converters = markets.map(({ instrument }) => converter(instrument))
  const engine = featureEngine({ schema, converters, steps })
  const lanes = new Map(markets.map(({ instrument }) => [instrument.symbol, [] as FeatureWindow[]]))
  for (const bars of simulatedBars(settings)) {
    for (const window of engine.step(bars)) lanes.get(window.row.bar.symbol)!.push(window)
  }
  return [...lanes.values()]
}

/**
 * Bars that closed together on the simulated exchange, seen as a live daemon sees it: Binance frames as JSON text, mapped, sequenced and
 * built to bars by the same code. Made while they are taken. Deterministic.
 */
export function* simulatedBars(settings: SimulatedBarsSettings): Generator<readonly Bar[]> {
  const { seed, startAt, bars, schema } = settings
  const { barMs, eventBars } = schema.settings
  check(startAt % barMs === 0 && barMs % FRAME_MS === 0, `bars of whole ${FRAME_MS} ms, from a bar's start`, startAt)
  const markets = withFlip(settings)
  const exchange = createExchange({ seed, startAt, markets, deposit: '0', fundingIntervalMs: FUNDING_INTERVAL_MS })
  const protocol = createBinanceProtocol(exchange, { now: startAt, fundingIntervalMs: FUNDING_INTERVAL_MS })
  const names = markets.map(({ instrument }) => instrument.venueSymbol)
  const converters = new Map(markets.map(({ instrument }) => [instrument.venueSymbol, converter(instrument)]))
  const pipelines = new Map(
    [...converters.values()].map((one) => [
      one.instrument.symbol,
      instrumentPipeline({ converter: one, ...barsOf(schema) }),
    ]),
  )
  const symbols = [...pipelines.keys()]
  const mapper = binanceFrameMapper(converters)
  const together = eventBars === undefined ? closedTogether(symbols) : undefined
  const feed = (event: MarketEvent): readonly (readonly Bar[])[] => {
    const { resync, gaps, closed } = pipelines.get(event.symbol)!.step(event)
    check(!resync && gaps.length === 0, 'whole stream of the simulated exchange', event.kind)
    return closed.flatMap((bar) => (together ? together.add(bar).map((moment) => moment.bars) : [[bar]]))
  }
  const receive = (frame: unknown, now: EpochMs, venueSymbol?: string): readonly (readonly Bar[])[] => {
    const outcome = mapper.map(frame, now, venueSymbol)
    check(outcome.kind === 'event', 'frame of the simulated exchange', JSON.stringify(outcome))
    return outcome.kind === 'event' ? feed(outcome.event) : []
  }
  for (const name of names) yield* receive(snapshotOf(protocol, name, startAt), startAt, name)
  const streams = new Set(names.flatMap(streamsOf))
  for (let at = startAt + FRAME_MS; at <= startAt + bars * barMs; at += FRAME_MS) {
    const now = epochMs(at)
    const frames = protocol.frames(now, (stream) => streams.has(stream)).streams
    for (const { data } of frames) yield* receive(JSON.parse(data), now)
    if (at % barMs !== 0) continue
    for (const symbol of symbols) yield* feed({ kind: 'watermark', symbol, exchangeTime: now, receivedAt: now })
  }
}

function withFlip({ markets, alphaFlipAtBar, schema }: SimulatedBarsSettings): readonly MarketSettings[] {
  if (alphaFlipAtBar === undefined) return markets
  const alphaFlipSeconds = (alphaFlipAtBar * schema.settings.barMs) / 1_000
  return markets.map((market) => ({ ...market, alphaFlipSeconds }))
}

/** What the live feed subscribes to, bar quotes, which nothing here reads. */
function streamsOf(venueSymbol: string): readonly string[] {
  const name = venueSymbol.toLowerCase()
  return [`${name}@depth@100ms`, `${name}@aggTrade`, `${name}@markPrice@1s`]
}

/** The REST depth reply, as JSON gives it. */
function snapshotOf(protocol: BinanceProtocol, venueSymbol: string, now: EpochMs): unknown {
  const params = { symbol: venueSymbol, limit: DEPTH_LIMIT }
  const { status, body } = protocol.handle({ method: 'GET', path: '/fapi/v1/depth', params, now })
  check(status === 200, 'status of the simulated depth snapshot', status)
  return JSON.parse(JSON.stringify(body))
}
