import { setImmediate as turn } from 'node:timers/promises'
import { openState } from '../../../../src/adapters/sqlite/open-state.ts'
import type { Instrument } from '../../../../src/core/instrument.ts'
import type { MarketEvent } from '../../../../src/core/market-event.ts'
import { type EpochMs, epochMs } from '../../../../src/core/units.ts'
import { featureSchema } from '../../../../src/features/feature-schema.ts'
import type { Forecast, NoForecast } from '../../../../src/inference/forecast.ts'
import { FRESH_GUARD } from '../../../../src/risk/guard.ts'
import type { RiskLimits } from '../../../../src/risk/limits.ts'
import { SimulatedVenue } from '../../../../src/simulation/venue/simulated-venue.ts'
import { bookSimulation } from '../../../../src/simulation/venue/simulation-settings.ts'
import { trader as createTrader } from '../../../../src/trading/trader.ts'
import { oneModel } from '../../../../src/wiring/daemon/load-model.ts'
import { tapeScheduler } from '../../../../src/wiring/replay/tape-scheduler.ts'
import type { SessionEvent } from '../../../../src/wiring/session/decider.ts'
import { createSession, type SessionParts } from '../../../../src/wiring/session/session.ts'
import { traderDesk } from '../../../../src/wiring/session/trader-desk.ts'
import { deltaOf, snapshotOf, tradeOf, watermarkOf } from '../../../market/events.ts'
import { BTCUSDT } from '../../../market/instruments.ts'

export const BAR_MS = 1_000
const STEPS = 2
export const START_AT = 1_700_000_000_000

export const LIMITS: RiskLimits = {
  orderNotionalMaxQuote: 100_000,
  positionNotionalMaxQuote: 100_000,
  grossExposureMaxQuote: 100_000,
  leverageMax: 10,
  collarBpsMax: 50,
  referenceAgeMsMax: 5_000,
  messagesPerSecondMax: 10,
  messagesPerMinuteMax: 100,
  messageReserveFraction: 0.2,
  dailyLossMaxQuote: 5_000,
  drawdownMaxFraction: 0.5,
  executionsMax: 1_000,
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

export type Answer = (bar: number) => number | 'fail'

/** A whole session over a simulated venue, an in-memory ledger and a model that answers what the test says (bps). */
export async function scriptedSession(
  answer: Answer,
  changes: Partial<SessionParts> & { limits?: RiskLimits; modelExpiresAt?: EpochMs } = {},
) {
  const instruments: readonly Instrument[] = [BTCUSDT]
  const state = openState(':memory:', { mode: 'replay', venue: 'test' })
  const venue = new SimulatedVenue({ instruments, simulation: bookSimulation(0), deposit: '10000', leverage: 10 })
  const scheduler = tapeScheduler()
  const clock = { now: () => venue.now, monotonicMs: () => performance.now() }
  const trader = createTrader({
    gateway: venue,
    journal: state.journal,
    instruments,
    clock,
    scheduler,
    settings: { reconcileMs: 0 },
  })
  let asked = 0
  const forecastOf = (bps: number | 'fail'): Forecast | NoForecast =>
    bps === 'fail'
      ? { modelId: 'test/1', failure: 'NaN' }
      : {
          modelId: 'test/1',
          provider: 'cpu',
          horizonBars: 1,
          levels: [0.5],
          quantilesBps: [bps],
          meanBps: bps,
          classes: [0.3, 0.4, 0.3],
          volatilityBps: 10,
          latencyMs: 0.1,
        }
  const schema = featureSchema({
    barMs: BAR_MS,
    flowPeriods: [],
    returnPeriods: [1],
    volatilityPeriods: [2],
    volumePeriod: 2,
  })
  const session = createSession({
    instruments,
    schema,
    models: [
      {
        source: oneModel(
          {
            modelId: 'test/1',
            provider: 'cpu',
            steps: STEPS,
            features: schema.names.length,
            horizonBars: 1,
            thresholdBps: 1,
            forecast: async (windows) => windows.map(() => forecastOf(answer(asked++))),
            release: async () => undefined,
          },
          changes.modelExpiresAt,
        ),
      },
    ],
    desk: traderDesk(trader, 'USDT'),
    clock,
    settings: { policy: POLICY, limits: changes.limits ?? LIMITS, collarBps: 5, ledgerTag: 'test' },
    staleMsMax: 5_000,
    lateMsMax: 400,
    exchangeTimeOf: (local) => local,
    guard: FRESH_GUARD,
    resync: () => undefined,
    onOrdered: (event) => venue.onMarketEvent(event),
    ...changes,
  })
  const events: SessionEvent[] = []
  session.events$.subscribe((event) => events.push(event))
  await trader.start()
  const decisions = () => events.flatMap((event) => (event.kind === 'decided' ? [event] : []))
  const send = async (event: MarketEvent) => {
    scheduler.advance(event.receivedAt)
    await session.handle(event)
    await turn()
  }
  let bookId = 100
  return {
    session,
    trader,
    venue,
    journal: state.journal,
    events,
    decisions,
    send,
    /** A book of 100 lots a side at 59,999.9 / 60,000.0, then `count` bars with one trade and one book change each. */
    async open() {
      const near = [[599_999, 100_000]] as const
      await send(snapshotOf(START_AT, bookId, near, [[600_000, 100_000]]))
    },
    async bars(from: number, to: number) {
      for (let bar = from; bar < to; bar += 1) {
        const at = START_AT + bar * BAR_MS
        await send(deltaOf(at + 400, [bookId, bookId + 1, bookId + 1], [[599_990 - (bar % 3), 10 + bar]], []))
        bookId += 1
        await send(tradeOf(at + 500, bar + 1, 600_000 - (bar % 2), 3, bar % 2 === 0 ? 'buy' : 'sell'))
        await send(watermarkOf(at + BAR_MS))
      }
    },
    equity: () => session.equityQuote(),
    at: (bar: number) => epochMs(START_AT + bar * BAR_MS),
  }
}
