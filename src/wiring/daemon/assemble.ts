import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type AlertDispatcher, alertDispatcher } from '../../adapters/alerts/dispatcher.ts'
import { type BarLog, createBarLog } from '../../adapters/bars/bar-log.ts'
import type { CcxtFeed } from '../../adapters/ccxt/market-feed.ts'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { systemScheduler } from '../../adapters/clock/system-scheduler.ts'
import { openState } from '../../adapters/sqlite/open-state.ts'
import { InputError } from '../../core/errors.ts'
import { type Converter, converter, type Instrument, type InstrumentSymbol } from '../../core/instrument.ts'
import { seededRandom } from '../../core/random.ts'
import type { EpochMs } from '../../core/units.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { Bar } from '../../market/bar.ts'
import type { Journal } from '../../trading/journal.port.ts'
import { trader as createTrader, type Trader } from '../../trading/trader.ts'
import type { Secrets } from '../config/read-secrets.ts'
import type { WallConfig } from '../config/schema.ts'
import type { Desk } from '../session/desk.ts'
import { createSession, type Session } from '../session/session.ts'
import { traderDesk } from '../session/trader-desk.ts'
import { programName } from '../tape/program-name.ts'
import { barLogOf } from '../trainer/bar-log-of.ts'
import { alertSinks } from './alert-sinks.ts'
import type { Closers } from './closers.ts'
import { type DaemonModels, openDaemonModels } from './daemon-models.ts'
import { type FeatureKeeper, featureKeeper } from './feature-keeper.ts'
import { type GuardStore, guardStore } from './guard-store.ts'
import { lateMsMax } from './late-ms-max.ts'
import { type RunTape, runTape } from './run-tape.ts'
import { type SignalDesk, signalDesk } from './signal-desk.ts'
import { type Edges, exchangeVenue, type OrderVenue, openFeed, paperVenue } from './venues.ts'

/** Beyond what a config file says. */
export interface AssemblyOptions {
  /** Origin of a simulator in place of the exchange. */
  readonly baseUrl?: string | undefined
  /** Which account of the venue the ledger belongs to. No secret. */
  readonly account: string
  /** Needed by every mode that sends orders to a venue. */
  readonly credentials?: { readonly apiKey: string; readonly secret: string } | undefined
}

/** Everything connected but the market data, which begin with `feed.start`. */
export interface Assembly {
  readonly edges: Edges
  readonly instruments: readonly Instrument[]
  readonly converters: ReadonlyMap<InstrumentSymbol, Converter>
  readonly currency: string
  readonly models: DaemonModels
  readonly journal: Journal
  readonly guards: GuardStore
  readonly keeper: FeatureKeeper
  /** Where the config asks for one. */
  readonly tape?: RunTape | undefined
  readonly feed: CcxtFeed
  readonly alerts: AlertDispatcher
  readonly desk: Desk
  readonly session: Session
  /** `signal` mode has neither. */
  readonly trader?: Trader | undefined
  readonly venue?: OrderVenue | undefined
  readonly signals?: SignalDesk | undefined
}

const ALERT_STOP_MS = 2_000
const TAG_META_KEY = 'ledger-tag'

/** Opens, loads and wires all parts, cheapest refusals first. What it opened is in `open`, also when it throws. */
export async function assemble(
  config: WallConfig,
  secrets: Secrets,
  options: AssemblyOptions,
  log: Logger,
  open: Closers,
): Promise<Assembly> {
  const clock = systemClock()
  const scheduler = systemScheduler()
  const edges = { clock, scheduler, random: seededRandom(Math.floor(clock.now())) }
  const owner = { mode: config.mode, venue: `${config.venue.id}/${options.account}` }
  const state = openState(join(config.state.dir, `${config.mode}.sqlite`), owner)
  open.add('state', () => state.close())
  const sinks = alertSinks(config, secrets, clock)
  const onFailure = (sink: string, cause: string) => log.warn({ sink, cause }, 'alert not delivered')
  const alerts = alertDispatcher({ outbox: state.outbox, sinks, clock, scheduler, onFailure })
  open.add('alerts', () => alerts.stop(ALERT_STOP_MS))

  const tape =
    config.tape &&
    runTape({ ...config, tape: config.tape }, clock, (error) => log.error({ error: error.message }, 'tape'))
  if (tape) open.add('tape', () => tape.close()) // After the feed: its last events end the tape.
  const models = await openDaemonModels(
    {
      ...{ config, edges, log, journal: state.journal },
      raise: (alert) => alerts.raise(alert),
      onSwap: (modelId, group) => tape?.model(modelId, group),
    },
    open,
  )
  const feed = openFeed(config, options.baseUrl ?? config.venue.baseUrl, edges, tape?.heard)
  open.add('feed', () => feed.close())
  const listed = await feed.instruments(config.symbols)
  const currency = settleCurrency(listed)
  const venue = openVenue(config, options, listed, state.journal, edges)
  if (venue && !venue.closesFirst) open.add('gateway', () => venue.gateway.close())
  await venue?.start?.()
  const instruments = await withFees(listed, venue)
  keepSteps(state.journal, instruments)
  const trader = venue && openTrader(config, venue, state.journal, instruments, edges)
  if (trader) open.add('trader', () => trader.stop())
  if (venue?.closesFirst) open.add('gateway', () => venue.gateway.close())
  const signals = trader ? undefined : signalDesk(state.journal, signalWalletQuote(config))
  const desk = trader ? traderDesk(trader, currency) : (signals as SignalDesk)
  const bars = await openBarLog(config, models.schema, instruments, clock, log)
  if (bars) open.add('bar log', () => bars.close())
  const guards = guardStore(state.journal)
  const keeper = featureKeeper(join(config.state.dir, `${config.mode}-features.json`), log)
  const guard = guards.load()
  const tag = ledgerTag(state.journal)
  const makeSession = (featureState: unknown) =>
    createSession({
      ...settingsOf(config, tag),
      ...{ schema: models.schema, models: models.routes },
      ...{ instruments, desk, clock, guard, featureState },
      exchangeTimeOf: (local: EpochMs) => local + feed.clockOffsetMs(),
      resync: (symbol) => feed.resync(symbol),
      onOrdered: venue?.onOrdered,
      onInputs: tape && ((symbol, inputs, now) => tape.inputs(symbol, inputs, now)),
      ...(bars && { onBars: (group: readonly Bar[]) => bars.add(group) }),
    })
  const { made: session, state: restored } = keeper.restored(makeSession)
  await tape?.begin(instruments, restored, models.inForce())
  const converters = new Map(instruments.map((instrument) => [instrument.symbol, converter(instrument)]))
  const { journal } = state
  return {
    ...{ edges, instruments, converters, currency, models, journal, guards, keeper, tape },
    ...{ feed, alerts, desk, session, trader, venue, signals },
  }
}

/** Where the config asks for one. */
const openBarLog = async (
  config: WallConfig,
  schema: FeatureSchema,
  instruments: readonly Instrument[],
  clock: Edges['clock'],
  log: Logger,
): Promise<BarLog | undefined> =>
  config.bars &&
  createBarLog({
    ...barLogOf(config.bars.dir, config, schema),
    barMs: config.barMs,
    ...{ instruments, venueId: config.venue.id, program: programName(), clock },
    ...{ queueBytesMax: config.bars.queueBytesMax, retentionDays: config.bars.retentionDays },
    onError: (error) => log.error({ error: error.message }, 'bar log'),
  })

/** What the configuration says of a session. */
const settingsOf = (config: WallConfig, tag: string) => ({
  settings: { policy: config.policy, limits: config.risk, collarBps: config.trading.collarBps, ledgerTag: tag },
  staleMsMax: config.feed.staleMsMax,
  lateMsMax: lateMsMax(config),
})

function openVenue(
  config: WallConfig,
  options: AssemblyOptions,
  instruments: readonly Instrument[],
  journal: Journal,
  edges: Edges,
): OrderVenue | undefined {
  switch (config.mode) {
    case 'signal':
      return undefined
    case 'paper':
      return paperVenue(config, instruments, journal, edges.clock)
    case 'demo':
    case 'live': {
      if (!options.credentials) throw new InputError(`mode ${config.mode} needs API credentials`)
      return exchangeVenue(config, options.baseUrl ?? config.venue.baseUrl, options.credentials, instruments, edges)
    }
  }
}

const openTrader = (
  config: WallConfig,
  { gateway }: OrderVenue,
  journal: Journal,
  instruments: readonly Instrument[],
  { clock, scheduler }: Edges,
): Trader =>
  createTrader({
    gateway,
    journal,
    instruments,
    clock,
    scheduler,
    settings: {
      absentGuardMs: config.trading.absentGuardMs,
      probeDelayMs: config.trading.probeDelayMs,
      reconcileMs: config.trading.reconcileMs,
    },
  })

async function withFees(listed: readonly Instrument[], venue: OrderVenue | undefined): Promise<readonly Instrument[]> {
  const rates = await venue?.feeRates?.()
  return listed.map((instrument) => {
    const rate = rates?.get(instrument.symbol)
    return rate ? { ...instrument, makerFeeRate: rate.maker, takerFeeRate: rate.taker } : instrument
  })
}

/**
 * The ledger counts in ticks and lots: it is worth nothing when the venue has changed what one of them is. Throws `InputError` then,
 * else writes the instruments down, also for `status` and `why`.
 */
function keepSteps(journal: Journal, instruments: readonly Instrument[]): void {
  const known = new Map(
    (JSON.parse(journal.meta('instruments') ?? '[]') as Instrument[]).map((one) => [one.symbol, one]),
  )
  for (const now of instruments) {
    const before = known.get(now.symbol)
    for (const step of ['tickSize', 'lotSize', 'contractSize'] as const) {
      if (before === undefined || Number(before[step]) === Number(now[step])) continue
      throw new InputError(
        `${now.symbol}: the venue's ${step} is now ${now[step]}, the ledger was kept in steps of ${before[step]}; close the position by hand and begin a new state folder`,
        { symbol: now.symbol },
      )
    }
    known.set(now.symbol, now)
  }
  journal.setMeta('instruments', JSON.stringify([...known.values()]))
}

/** One margin currency per daemon: equity is one number. */
function settleCurrency(instruments: readonly Instrument[]): string {
  const currencies = [...new Set(instruments.map(({ settle }) => settle))]
  if (currencies.length === 1 && currencies[0] !== undefined) return currencies[0]
  throw new InputError(
    `symbols settle in ${currencies.join(', ')}; one daemon trades instruments of one settle currency`,
  )
}

/** Nobody's money is at stake: sizes are reckoned with the smallest account that may hold what risk allows. */
const signalWalletQuote = ({ risk }: WallConfig): number => risk.grossExposureMaxQuote / risk.leverageMax

/** Drawn once per ledger: two ledgers on one account never give the same client order id. */
function ledgerTag(journal: Journal): string {
  const known = journal.meta(TAG_META_KEY)
  if (known !== undefined) return known
  const tag = randomBytes(3).toString('hex')
  journal.setMeta(TAG_META_KEY, tag)
  return tag
}
