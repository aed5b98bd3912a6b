import type { Instrument } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { FRESH_GUARD } from '../../risk/guard.ts'
import { SimulatedVenue } from '../../simulation/venue/simulated-venue.ts'
import type { Journal } from '../../trading/journal.port.ts'
import { trader as createTrader, type Trader } from '../../trading/trader.ts'
import type { BacktestConfig, ReplayConfig } from '../config/schema.ts'
import { routeOf, type ServedModel } from '../models/served-model.ts'
import { createSession, type Session } from '../session/session.ts'
import { traderDesk } from '../session/trader-desk.ts'
import { simulationSettings, venueAccount } from '../simulation/simulation-settings.ts'
import { withFees } from '../simulation/with-fees.ts'
import { busyGateway } from './busy-gateway.ts'
import type { ReplayTime } from './replay-tape.ts'
import { type TapeScheduler, tapeScheduler } from './tape-scheduler.ts'

/** What a replay and a backtest on tapes have in common. */
export interface SimulatedSessionParts {
  readonly config: ReplayConfig | BacktestConfig
  readonly instruments: readonly Instrument[]
  /** Wallet at the start, decimal string. */
  readonly deposit: string
  readonly schema: FeatureSchema
  /** Each instrument has one. */
  readonly served: readonly ServedModel[]
  readonly journal: Journal
  /** Names the ledger inside client order ids. */
  readonly ledgerTag: string
  readonly monotonicMs: () => number
}

/** The daemon's own session and trader in a tape's time; orders meet the simulated venue. */
export interface SimulatedSession {
  readonly session: Session
  readonly trader: Trader
  readonly time: ReplayTime
  readonly scheduler: TapeScheduler
  /** Of the margin. */
  readonly currency: string
  /** Whether the venue has told something since the last call, or owes an answer. */
  isBusy(): boolean
  /** Nothing follows on the tape: an order that was sent at the last close never gets its answer, and closing the venue says so. */
  end(): Promise<void>
}

export function simulatedSession(parts: SimulatedSessionParts): SimulatedSession {
  const { config, schema, served, journal, ledgerTag, monotonicMs } = parts
  const instruments = withFees(parts.instruments, config.simulation)
  const time: ReplayTime = { now: epochMs(0), firstAt: epochMs(0) }
  const scheduler = tapeScheduler()
  const venue = new SimulatedVenue({
    instruments,
    simulation: simulationSettings(config.simulation),
    account: venueAccount(config),
    marginMode: config.venue.marginMode,
    deposit: parts.deposit,
    leverage: config.venue.leverage,
  })
  const { gateway, isBusy } = busyGateway(venue)
  const trader = createTrader({
    gateway,
    journal,
    instruments,
    clock: { now: () => time.now, monotonicMs },
    scheduler,
    settings: { ...config.trading, reconcileMs: 0 },
  })
  const currency = instruments[0]?.settle ?? ''
  const session = createSession({
    instruments,
    schema,
    models: served.map(routeOf),
    desk: traderDesk(trader, currency),
    clock: { monotonicMs },
    settings: { policy: config.policy, limits: config.risk, collarBps: config.trading.collarBps, ledgerTag },
    staleMsMax: config.feed.staleMsMax,
    // The recorder's clock and the exchange's may differ by seconds: lateness cannot be told from it.
    lateMsMax: Number.POSITIVE_INFINITY,
    exchangeTimeOf: (local) => local,
    guard: FRESH_GUARD,
    resync: () => undefined, // The tape holds the snapshots that it holds.
    onOrdered: (event) => venue.onMarketEvent(event),
  })
  return {
    ...{ session, trader, time, scheduler, currency, isBusy },
    async end() {
      scheduler.finish()
      await venue.close()
      await trader.stop()
    },
  }
}
