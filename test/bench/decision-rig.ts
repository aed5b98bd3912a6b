import { setImmediate as turn } from 'node:timers/promises'
import type { Instrument } from '../../src/core/instrument.ts'
import type { MarketEvent } from '../../src/core/market-event.ts'
import { epochMs } from '../../src/core/units.ts'
import { isForecast } from '../../src/inference/forecast.ts'
import type { Forecaster } from '../../src/inference/forecaster.ts'
import { FRESH_GUARD } from '../../src/risk/guard.ts'
import type { Journal } from '../../src/trading/journal.port.ts'
import { trader as createTrader } from '../../src/trading/trader.ts'
import { type LoadedModel, oneModel } from '../../src/wiring/daemon/load-model.ts'
import { tapeScheduler } from '../../src/wiring/replay/tape-scheduler.ts'
import { createSession } from '../../src/wiring/session/session.ts'
import { traderDesk } from '../../src/wiring/session/trader-desk.ts'
import { BTCUSDT } from '../market/instruments.ts'
import { instantGateway } from './instant-gateway.ts'
import { marketClip } from './market-clip.ts'

/** One moment at which all instruments close a bar. Milliseconds. */
export interface BarTiming {
  /** One per order. */
  readonly closeToSendMs: readonly number[]
  readonly inferenceMs: number
  readonly commitMs: number
  readonly bookedMs: number
}

export interface DecisionRig {
  /** Bars that traded, after those that fill the model's window. Throws when one of them did not send its orders. */
  bars(count: number, beforeEach?: () => Promise<void>): Promise<readonly BarTiming[]>
}

const DEPOSIT = '10000000'
const MEAN_BPS = 50
/** Wide open: what is measured is the way, not the refusals. The values are all checked all the same. */
const LIMITS = {
  orderNotionalMaxQuote: 1e6,
  positionNotionalMaxQuote: 1e6,
  grossExposureMaxQuote: 1e8,
  leverageMax: 100,
  collarBpsMax: 50,
  referenceAgeMsMax: 5_000,
  messagesPerSecondMax: 10_000,
  messagesPerMinuteMax: 600_000,
  messageReserveFraction: 0.2,
  dailyLossMaxQuote: 1e7,
  drawdownMaxFraction: 0.9,
  executionsMax: 10_000,
  executionWindowMs: 60_000,
}
const POLICY = {
  expectation: 'mean',
  enterEdgeBps: 0,
  exitForecastBps: 0,
  slippageBps: 0,
  riskPerTradeBps: 50,
  kellyFraction: 1,
  notionalMaxQuote: 5_000,
  bandFraction: 0,
  blindBarsMax: 3,
} as const

/** The real run, then a mean that changes sign with every bar: each bar reverses its position. */
function alternating(forecaster: Forecaster, ranMs: (ms: number) => void): Forecaster {
  let runs = 0
  return {
    ...forecaster,
    release: async () => undefined, // The owner of the model releases it.
    forecast: async (windows) => {
      const from = performance.now()
      const outcomes = await forecaster.forecast(windows)
      ranMs(performance.now() - from)
      runs += 1
      const meanBps = runs % 2 === 0 ? -MEAN_BPS : MEAN_BPS
      return outcomes.map((outcome) => (isForecast(outcome) ? { ...outcome, meanBps } : outcome))
    },
  }
}

export async function decisionRig(count: number, model: LoadedModel, journal: Journal): Promise<DecisionRig> {
  const instruments = Array.from({ length: count }, (_, nth): Instrument => {
    return { ...BTCUSDT, symbol: `C${nth}/USDT:USDT`, venueSymbol: `C${nth}USDT`, base: `C${nth}` }
  })
  const clips = instruments.map((instrument, nth) => marketClip(instrument, nth + 1))
  const clock = { now: () => now, monotonicMs: () => performance.now() }
  let now = epochMs(1_700_000_000_000)
  const gateway = instantGateway(instruments, clock.now, DEPOSIT)
  const scheduler = tapeScheduler()
  const settings = { reconcileMs: 0 }
  const trader = createTrader({ gateway, journal, instruments, clock, scheduler, settings })
  let inferenceMs = Number.NaN
  let commitMs = Number.NaN
  const session = createSession({
    instruments,
    schema: model.schema,
    models: [
      {
        source: oneModel(
          alternating(model.forecaster, (ms) => {
            inferenceMs = ms
          }),
        ),
      },
    ],
    desk: traderDesk(trader, 'USDT'),
    clock,
    settings: { policy: POLICY, limits: LIMITS, collarBps: 5, ledgerTag: 'bench' },
    staleMsMax: 5_000,
    lateMsMax: 1_000,
    exchangeTimeOf: (local) => local,
    guard: FRESH_GUARD,
    resync: () => undefined,
  })
  session.events$.subscribe((event) => {
    if (event.kind === 'decided' && event.placement.kind === 'sent') commitMs = event.placement.commitMs
  })
  const handle = (event: MarketEvent): Promise<void> | undefined => {
    now = event.receivedAt
    return session.handle(event)
  }
  await trader.start()
  for (const clip of clips) await handle(clip.snapshot())

  async function bar(nth: number): Promise<BarTiming> {
    for (const clip of clips) for (const event of clip.bar(nth)) await handle(event)
    const watermarks = clips.map((clip) => clip.watermark(nth))
    const closedAtMs = performance.now()
    for (const watermark of watermarks) await handle(watermark)
    const sentAtMs = gateway.sentAtMs.splice(0)
    const closeToSendMs = sentAtMs.map((ms) => ms - closedAtMs)
    await turn() // The answers of the venue are booked.
    gateway.reportFills()
    const bookedMs = performance.now() - (sentAtMs.at(-1) ?? Number.NaN)
    scheduler.advance(now)
    await turn()
    if (trader.openOrders().length > 0) throw new Error(`decision bench: bar ${nth} left orders open`)
    return { closeToSendMs, inferenceMs, commitMs, bookedMs }
  }
  return {
    async bars(wanted, beforeEach) {
      const timings: BarTiming[] = []
      for (let nth = 0; timings.length < wanted; nth += 1) {
        await beforeEach?.()
        const timing = await bar(nth)
        if (timing.closeToSendMs.length === 0 && timings.length === 0 && nth < 2 * model.forecaster.steps + 100)
          continue
        if (timing.closeToSendMs.length !== count) {
          throw new Error(`decision bench: bar ${nth} sent ${timing.closeToSendMs.length} orders, expected ${count}`)
        }
        timings.push(timing)
      }
      scheduler.finish()
      await trader.stop()
      return timings
    },
  }
}
