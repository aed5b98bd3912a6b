import { check } from '../core/check.ts'
import type { InstrumentSymbol } from '../core/instrument.ts'
import { converter } from '../core/instrument.ts'
import type { MarketEvent } from '../core/market-event.ts'
import type { EpochMs } from '../core/units.ts'
import { epochMs } from '../core/units.ts'
import { closedTogether } from '../features/closed-together.ts'
import { featureEngine } from '../features/feature-engine.ts'
import type { FeatureWindow } from '../features/feature-row.ts'
import type { FeatureSchema } from '../features/feature-schema.ts'
import { barsOf, instrumentPipeline } from '../features/market-pipeline.ts'
import { binanceFrameMapper } from '../market/venues/binance.ts'
import type { BinanceProtocol } from '../simulation/binance/binance-protocol.ts'
import { createBinanceProtocol } from '../simulation/binance/binance-protocol.ts'
import { createExchange } from '../simulation/exchange/create-exchange.ts'
import type { MarketSettings } from '../simulation/exchange/exchange.ts'

/** Grid of the venue's depth frames. */
const FRAME_MS = 100
const FUNDING_INTERVAL_MS = 28_800_000
const DEPTH_LIMIT = '1000'

interface SimulatedFlowSettings {
  readonly seed: number
  /** A multiple of the bar's length. */
  readonly startAt: EpochMs
  readonly markets: readonly MarketSettings[]
  /** Bars to simulate. */
  readonly bars: number
  readonly schema: FeatureSchema
  /** Rows of a window. */
  readonly steps: number
}

/**
 * One run of the simulated exchange, seen as a live daemon sees it: Binance frames as JSON text, mapped, sequenced, built to bars and
 * windows by the same code. One list per market, one window per closed bar. Deterministic.
 */
export function simulatedWindows(settings: SimulatedFlowSettings): readonly (readonly FeatureWindow[])[] {
  const { seed, startAt, markets, bars, schema, steps } = settings
  const { barMs } = schema.settings
  check(startAt % barMs === 0 && barMs % FRAME_MS === 0, `bars of whole ${FRAME_MS} ms, from a bar's start`, startAt)
  const exchange = createExchange({ seed, startAt, markets, deposit: '0', fundingIntervalMs: FUNDING_INTERVAL_MS })
  const protocol = createBinanceProtocol(exchange, { now: startAt, fundingIntervalMs: FUNDING_INTERVAL_MS })
  const lanes = markets.map(({ instrument }) => lane(instrument.symbol, instrument.venueSymbol))
  const converters = lanes.map(({ venueSymbol }, i) => [venueSymbol, converter(markets[i]!.instrument)] as const)
  const pipelines = new Map(
    converters.map(([, convert]) => [
      convert.instrument.symbol,
      instrumentPipeline({ converter: convert, ...barsOf(schema) }),
    ]),
  )
  const mapper = binanceFrameMapper(new Map(converters))
  const engine = featureEngine({ schema, converters: converters.map(([, convert]) => convert), steps })
  const isTimed = schema.settings.eventBars === undefined
  const together = closedTogether(lanes.map(({ symbol }) => symbol))
  const feed = (event: MarketEvent): void => {
    const step = pipelines.get(event.symbol)!.step(event)
    check(!step.resync && step.gaps.length === 0, 'whole stream of the simulated exchange', event.kind)
    const moments = isTimed
      ? step.closed.flatMap((bar) => together.add(bar))
      : step.closed.map((bar) => ({ bars: [bar] }))
    for (const { bars: ended } of moments) {
      for (const window of engine.step(ended)) {
        lanes.find(({ symbol }) => symbol === window.row.bar.symbol)!.windows.push(window)
      }
    }
  }
  const receive = (frame: unknown, now: EpochMs, venueSymbol?: string): void => {
    const outcome = mapper.map(frame, now, venueSymbol)
    check(outcome.kind === 'event', 'frame of the simulated exchange', JSON.stringify(outcome))
    if (outcome.kind === 'event') feed(outcome.event)
  }
  for (const { venueSymbol } of lanes) receive(snapshotOf(protocol, venueSymbol, startAt), startAt, venueSymbol)
  const streams = new Set(lanes.flatMap((one) => one.streams))
  for (let at = startAt + FRAME_MS; at <= startAt + bars * barMs; at += FRAME_MS) {
    const now = epochMs(at)
    for (const { data } of protocol.frames(now, (stream) => streams.has(stream)).streams) receive(JSON.parse(data), now)
    if (at % barMs !== 0) continue
    for (const { symbol } of lanes) feed({ kind: 'watermark', symbol, exchangeTime: now, receivedAt: now })
  }
  return lanes.map(({ windows }) => windows)
}

/** One instrument: the streams that the live feed subscribes to, bar quotes, which nothing here reads. */
const lane = (symbol: InstrumentSymbol, venueSymbol: string) => {
  const name = venueSymbol.toLowerCase()
  const windows: FeatureWindow[] = []
  return { symbol, venueSymbol, streams: [`${name}@depth@100ms`, `${name}@aggTrade`, `${name}@markPrice@1s`], windows }
}

/** The REST depth reply, as JSON gives it. */
function snapshotOf(protocol: BinanceProtocol, venueSymbol: string, now: EpochMs): unknown {
  const params = { symbol: venueSymbol, limit: DEPTH_LIMIT }
  const { status, body } = protocol.handle({ method: 'GET', path: '/fapi/v1/depth', params, now })
  check(status === 200, 'status of the simulated depth snapshot', status)
  return JSON.parse(JSON.stringify(body))
}
