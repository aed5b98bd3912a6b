import type { Logger } from 'pino'
import { type Observable, tap } from 'rxjs'
import { InvariantError, messageOf } from '../../core/errors.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import type { TraderEvent } from '../../trading/trader-event.ts'
import { makeAlert } from '../alerts/make-alert.ts'
import { sessionAlert } from '../alerts/session-alert.ts'
import { signalAlert } from '../alerts/signal-alert.ts'
import { traderAlert } from '../alerts/trader-alert.ts'
import type { Secrets } from '../config/read-secrets.ts'
import type { WallConfig } from '../config/schema.ts'
import { externalEvents } from '../external/external-events.ts'
import { externalSources } from '../external/external-sources.ts'
import type { Io } from '../io.ts'
import type { SessionEvent } from '../session/decider.ts'
import { type Assembly, type AssemblyOptions, assemble } from './assemble.ts'
import { barView } from './bar-view.ts'
import { type Closers, closers } from './closers.ts'
import { inbox } from './inbox.ts'
import { modelIds, modelsText } from './models-text.ts'
import { openLog } from './open-log.ts'
import { type RunCounter, runCounter } from './run-counts.ts'
import type { Signal } from './signal-desk.ts'
import { type StopSwitch, stopSwitch } from './stop-switch.ts'
import { stopTrading } from './stop-trading.ts'
import { summaryLine, summaryOf } from './summary.ts'

export interface DaemonOptions extends AssemblyOptions {
  /** Stops by itself after so many bar ends; undefined: never. */
  readonly bars?: number | undefined
  readonly json: boolean
}

/** Runs until told to stop, until `bars` bars have closed, or until something breaks. Returns the exit code. */
export async function runDaemon(config: WallConfig, secrets: Secrets, options: DaemonOptions, io: Io): Promise<number> {
  const hidden = Object.values(secrets).map((one) => one.reveal())
  const log = openLog(config, hidden, io)
  const open = closers(log)
  // A stop is heard from the first moment, also while the venue is still being asked.
  const stop = stopSwitch()
  open.add('signals', io.onStop(stop.ask))
  try {
    const parts = await assemble(config, secrets, options, log, open)
    const externals = outside(parts, config, secrets, log)
    return await live(parts, externals, config, options, io, log, open, stop)
  } finally {
    await open.closeAll()
  }
}

async function live(
  parts: Assembly,
  externals: (fail: (error: unknown) => void) => Observable<MarketEvent>,
  config: WallConfig,
  options: DaemonOptions,
  io: Io,
  log: Logger,
  open: Closers,
  stop: StopSwitch,
): Promise<number> {
  const { session, feed, alerts, edges, models, desk } = parts
  const counter = runCounter()
  let failure: Error | undefined
  const fail = (error: unknown) => {
    failure ??= error instanceof Error ? error : new Error(messageOf(error))
    stop.ask(`fatal: ${messageOf(error)}`)
  }
  listen(parts, counter, io, log, fail, () => {
    if (options.bars !== undefined && counter.barEnds() >= options.bars) stop.ask(`${options.bars} bars`)
  })
  const startEquity = await opening(parts)
  const streams = [...config.symbols.map((symbol) => feed.events(symbol)), externals(fail)]
  const subscription = inbox(streams, session, config.feed.queueEventsMax, fail)
  open.add('inbox', () => subscription.unsubscribe())
  await feed.start()
  const inForce = models.inForce()
  const said = `${config.mode}: ${config.symbols.join(', ')}, ${modelsText(inForce, 'on')}`
  log.info({ mode: config.mode, symbols: config.symbols, model: modelIds(inForce) }, 'started')
  alerts.raise(makeAlert(edges.clock.now(), 'start', 'info', `start:${edges.clock.now()}`, `started ${said}`))
  io.out(`tickwright ${said}; wallet ${desk.walletQuote()} ${parts.currency}. Ctrl-C stops.`)
  io.ready()

  const why = await stop.asked
  const report = await stopTrading(parts, config, log)
  parts.keeper.keep(session)
  models.keep()
  const { bars, decisionHash } = counter.counts()
  parts.tape?.end(bars, decisionHash)
  const summary = summaryOf(parts, config, counter, report, startEquity, why, await models.counts())
  alerts.raise(
    makeAlert(
      edges.clock.now(),
      'stop',
      failure ? 'critical' : 'info',
      `stop:${edges.clock.now()}`,
      `stopped (${why})`,
    ),
  )
  log.info(summary, 'stopped')
  io.out(options.json ? JSON.stringify(summary) : summaryLine(summary))
  if (failure) throw failure
  return 0
}

/** Values from outside the exchange: heard, recorded, and put among the market's events. Throws `InputError` for a bad configuration. */
function outside({ edges, feed, tape }: Assembly, config: WallConfig, secrets: Secrets, log: Logger) {
  const { clock } = edges
  const sources = externalSources(config.external ?? {}, config.features, secrets.externalToken?.reveal(), edges)
  return (onFatal: (error: unknown) => void): Observable<MarketEvent> =>
    externalEvents({
      ...{ sources, symbols: config.symbols, clock, onFatal },
      exchangeTimeOf: (local) => local + feed.clockOffsetMs(),
      onProblem: (problem) => log.warn({ problem }, 'external value refused'),
    }).pipe(tap((event) => tape?.external(event)))
}

/** Meets the venue. Equity at the start, settle currency. */
async function opening({ trader, desk, alerts, edges, models }: Assembly): Promise<number> {
  await trader?.start()
  const inForce = models.inForce()
  const at = edges.clock.now()
  alerts.raise(makeAlert(at, 'model', 'info', `model:${at}:${modelIds(inForce)}`, modelsText(inForce, 'loaded on')))
  return desk.walletQuote()
}

/** Views, counts, alerts and the guard follow what session and trader say. */
function listen(
  { session, trader, signals, alerts, edges, converters, guards, keeper, models }: Assembly,
  counter: RunCounter,
  io: Io,
  log: Logger,
  fail: (error: unknown) => void,
  onDecided: () => void,
): void {
  const show = barView(io, log, converters)
  // RxJS would report what a listener throws from a timer of its own: a crash in place of an orderly stop.
  const guarded =
    <T>(listener: (event: T) => void) =>
    (event: T): void => {
      try {
        listener(event)
      } catch (error) {
        fail(error)
      }
    }
  let startEquity: number | undefined
  const onSession = (event: SessionEvent): void => {
    counter.onSession(event)
    const alert = sessionAlert(event)
    if (alert) alerts.raise(alert)
    if (event.kind === 'gap') log.warn({ gap: event.gap }, 'market data lost')
    if (event.kind === 'latched') {
      guards.save(session.guard()) // Durable at once, not at the next bar.
      log.error({ latches: event.latches }, 'entries halted')
    }
    if (event.kind !== 'decided') return
    const equity = session.equityQuote()
    startEquity ??= equity
    show(event, equity - startEquity)
    guards.save(session.guard())
    keeper.onDecided(session, edges.clock.now())
    models.onDecided(edges.clock.now())
    onDecided()
  }
  const executed = new Set<string>()
  const onTrader = (event: TraderEvent): void => {
    counter.onTrader(event)
    const alert = traderAlert(event, edges.clock.now(), converters)
    if (alert) {
      alerts.raise(alert)
      log[alert.severity === 'info' ? 'info' : 'warn']({ kind: alert.kind, ...alert.data }, alert.text)
    }
    if (event.kind === 'order' && event.order.filledLots > 0 && !executed.has(event.order.clientId)) {
      if (executed.size >= EXECUTED_MAX) executed.clear()
      executed.add(event.order.clientId)
      session.stepGuard({ kind: 'execution', at: edges.clock.now() })
    }
    if (event.kind === 'halt') fail(new InvariantError(event.detail, { code: event.code }))
  }
  const onSignal = (signal: Signal): void => {
    const alert = signalAlert(signal, converters)
    alerts.raise(alert)
    if (io.isTTY) io.out(alert.text)
    else log.info(alert.data, alert.text)
  }
  session.events$.subscribe(guarded(onSession))
  trader?.events$.subscribe(guarded(onTrader))
  signals?.signals$.subscribe(guarded(onSignal))
}

/** Orders known to have executed, so that each counts once. */
const EXECUTED_MAX = 10_000
