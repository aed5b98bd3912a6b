import { nextTick } from 'node:process'
import { setImmediate as turn } from 'node:timers/promises'
import { releaseAll } from '../../core/each-or-none.ts'
import { InputError } from '../../core/errors.ts'
import { converter } from '../../core/instrument.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import { featureEngine } from '../../features/feature-engine.ts'
import { FRESH_GUARD } from '../../risk/guard.ts'
import { SimulatedVenue } from '../../simulation/venue/simulated-venue.ts'
import { memoryJournal } from '../../trading/memory-journal.ts'
import { trader as createTrader } from '../../trading/trader.ts'
import { tapeScheduler } from '../replay/tape-scheduler.ts'
import { createDecider } from '../session/decider.ts'
import { traderDesk } from '../session/trader-desk.ts'
import { simulationSettings, venueAccount } from '../simulation/simulation-settings.ts'
import type { BacktestOutcome, BacktestParts } from './backtest.ts'
import { candleInstruments } from './candle-instruments.ts'
import { CandleLane } from './candle-lane.ts'
import { FamilyForecasts } from './family-forecasts.ts'
import type { Answers } from './forecast-ahead.ts'
import { Recorder } from './recorder.ts'
import { type Moments, type MomentWindows, type WindowSource, windowsHere } from './window-source.ts'

/**
 * Runs the daemon's own features, model, policy, risk and trader over candles; orders meet the simulated venue. Deterministic: the same
 * candles, configuration and models give the same run hash. Throws `InputError` when series and configuration do not fit.
 */
export async function runBacktest(parts: BacktestParts): Promise<BacktestOutcome> {
  const run = await started(parts)
  try {
    await run.begin()
    await run.all()
  } finally {
    await run.close()
  }
  return run.outcome()
}

/** Moments between two looks at what the threads of features and models have said. */
const TURN_MOMENTS = 128

/** Ticks come behind every promise that is due. */
const settled = (): Promise<void> => new Promise((resolve) => nextTick(resolve))

async function started(parts: BacktestParts): Promise<CandleRun> {
  try {
    return new CandleRun(parts)
  } catch (error) {
    await releaseAll(parts.families.map(({ models }) => models))
    await parts.featureThread?.close()
    throw error
  }
}

interface Computed {
  /** Indices of the moments, the last not included. */
  readonly from: number
  readonly until: number
  readonly moments: Moments
  readonly answers: Answers
}

class CandleRun {
  readonly #parts: BacktestParts
  readonly #lanes: readonly CandleLane[]
  readonly #count: number
  /** Start of the first candle; they follow each other without a gap. */
  readonly #firstAt: EpochMs
  readonly #time = { now: epochMs(0) }
  readonly #scheduler = tapeScheduler()
  readonly #venue: SimulatedVenue
  readonly #trader
  readonly #decider
  readonly #recorder
  readonly #forecasts: FamilyForecasts
  readonly #windows: WindowSource
  readonly #modelIds: string[] = []
  #retrainings = 0
  /** Why the trader gave up. */
  #halted: string | undefined
  #startedMs = 0
  #modelMs = 0

  constructor(parts: BacktestParts) {
    this.#parts = parts
    const { config, series, schema, families } = parts
    this.#count = checkedCount(parts)
    this.#firstAt = series[0]!.candles.at(0)!.startAt
    const instruments = candleInstruments(config)
    const converters = instruments.map((one) => converter(one))
    const { halfSpreadBps } = config.simulation.candles
    this.#lanes = converters.map((one, at) => {
      const { candles, ...rest } = series[at]!
      return new CandleLane(one, { ...rest, candle: (index) => candles.at(index)! }, halfSpreadBps)
    })
    const views = new Map(this.#lanes.map((lane) => [lane.converter.instrument.symbol, lane]))
    this.#venue = new SimulatedVenue({
      instruments,
      simulation: simulationSettings(config.simulation),
      deposit: config.backtest.startingBalance,
      leverage: config.venue.leverage,
      marginMode: config.venue.marginMode,
      account: venueAccount(config),
    })
    const clock = { now: () => this.#time.now, monotonicMs: () => this.#time.now }
    this.#trader = createTrader({
      gateway: this.#venue,
      journal: memoryJournal(),
      instruments,
      clock,
      scheduler: this.#scheduler,
      settings: { ...config.trading, reconcileMs: 0 },
    })
    const currency = instruments[0]?.settle ?? ''
    const desk = traderDesk(this.#trader, currency)
    this.#forecasts = new FamilyForecasts(families, config.symbols, config.backtest.batch)
    const { steps } = this.#forecasts
    this.#windows = parts.featureThread
      ? parts.featureThread.windows({ schema, steps, halfSpreadBps, series, lanes: this.#lanes })
      : windowsHere(featureEngine({ schema, converters, steps }), this.#lanes)
    this.#decider = createDecider({
      views,
      desk,
      clock,
      settings: {
        policy: config.policy,
        limits: config.risk,
        collarBps: config.trading.collarBps,
        ledgerTag: 'test',
        // For a listener alone: it takes as long as a third of the features, and the run hash has the rows of all windows.
        hashesWindows: parts.onDecision !== undefined,
      },
      staleMsMax: config.feed.staleMsMax,
      lateMsMax: Number.POSITIVE_INFINITY,
      exchangeTimeOf: (local) => local,
      guard: FRESH_GUARD,
    })
    this.#recorder = new Recorder({
      converters,
      currency,
      startingBalance: Number(config.backtest.startingBalance),
      barMs: config.barMs,
      forecasts: this.#forecasts,
      hashesWindows: false,
      onDecision: parts.onDecision,
    })
  }

  async begin(): Promise<void> {
    const { monotonicMs } = this.#parts
    this.#decider.events$.subscribe((event) => this.#recorder.onSession(event))
    this.#trader.events$.subscribe((event) => {
      if (event.kind === 'halt') this.#halted ??= event.detail
      this.#recorder.onTrader(event)
    })
    this.#time.now = this.#startOf(0)
    await this.#trader.start()
    this.#forecasts.begin(this.#time.now)
    this.#startedMs = monotonicMs()
  }

  async all(): Promise<void> {
    let next = await this.#afterChange(0)
    while (next && !this.#parts.isStopped?.()) {
      const { until } = next
      const isSameModel = until < this.#count && !this.#forecasts.isDue(this.#startOf(until))
      // Its model runs in a thread of its own meanwhile.
      const following = isSameModel ? this.#compute(until) : undefined
      // It is waited for below; until then a failure of it must not end the process.
      following?.catch(() => undefined)
      await this.#decideAll(next)
      this.#parts.onProgress?.(until / this.#count)
      next = await (following ?? this.#afterChange(until))
    }
    this.#scheduler.finish()
    // An order that was sent at the last close never gets its answer: closing the venue says so.
    await this.#venue.close()
    await this.#trader.stop()
    this.#requireNoHalt()
  }

  /** What has been set going in this thread is over. */
  async #settled(): Promise<void> {
    await settled()
    this.#requireNoHalt()
  }

  #requireNoHalt(): void {
    if (this.#halted !== undefined) throw new InputError(`backtest: the trader halted: ${this.#halted}`)
  }

  async close(): Promise<void> {
    await this.#forecasts.release()
    await this.#windows.close()
  }

  outcome(): BacktestOutcome {
    const seconds = (this.#parts.monotonicMs() - this.#startedMs - this.#modelMs) / 1_000
    const { record, runHash } = this.#recorder.finish(this.#windows.digest())
    const { decisions, orders, fills, bars } = this.#recorder.counts
    return {
      record,
      bars,
      decisions,
      orders,
      fills,
      runHash,
      modelIds: this.#modelIds,
      retrainings: this.#retrainings,
      latches: this.#decider.guard().latches,
      barsPerSecond: bars / seconds,
      seconds,
    }
  }

  #startOf(index: number): EpochMs {
    return epochMs(this.#firstAt + index * this.#parts.config.barMs)
  }

  /** Another model, if one is due, and what it says next. Nothing behind the last moment. */
  async #afterChange(from: number): Promise<Computed | undefined> {
    if (from >= this.#count) return undefined
    const { config, monotonicMs } = this.#parts
    const at = this.#startOf(from)
    if (this.#forecasts.isDue(at)) {
      const startedMs = monotonicMs()
      const modelIds = await this.#forecasts.renew(at)
      this.#modelIds.push(...modelIds)
      if (config.backtest.retrain) this.#retrainings += modelIds.length
      this.#modelMs += monotonicMs() - startedMs
    }
    return this.#compute(from)
  }

  /** Features of the moments that the same models decide in one run, and their forecasts. */
  async #compute(from: number): Promise<Computed> {
    const { config } = this.#parts
    const most = Math.min(this.#count, from + Math.max(1, Math.floor(config.backtest.batch / this.#lanes.length)))
    let until = from + 1
    while (until < most && !this.#forecasts.isDue(this.#startOf(until))) until += 1
    const moments = await this.#windows.next(until - from)
    this.#forecasts.remember(moments)
    return { from, until, moments, answers: await this.#forecasts.ask(moments) }
  }

  async #decideAll({ from, moments, answers }: Computed): Promise<void> {
    const { counts } = this.#recorder
    for (let nth = 0; nth < moments.length; nth += 1) {
      if (nth % TURN_MOMENTS === 0) await turn()
      const windows = moments.at(nth)!
      const heard = counts.fills
      const { endAt } = windows[0]!.row.bar
      // What the venue told sets things going in the trader: they end before the decision.
      if (this.#play(from + nth, windows, endAt) || counts.fills > heard) await this.#settled()
      const ordered = counts.orders
      const batch = windows.map((window, lane) => ({ window, featureMs: 0, forecast: answers(nth, lane) }))
      this.#decider.decideKnown(batch, endAt)
      if (counts.orders > ordered) await this.#settled()
    }
  }

  /** The moment's candles and payments at the venue. True: something was due. */
  #play(index: number, windows: MomentWindows, endAt: EpochMs): boolean {
    const before = this.#time.now
    this.#time.now = endAt
    const played = this.#lanes.map((lane) => ({
      symbol: lane.converter.instrument.symbol,
      candle: lane.candle(index),
      markPrice: lane.markClose(index),
    }))
    this.#venue.onCandles(played, this.#parts.config.barMs)
    this.#lanes.forEach((lane, at) => void lane.close(windows[at]!.row.bar))
    // After the candles of all: a payment at the end takes its mark from them.
    for (const lane of this.#lanes) {
      const { symbol } = lane.converter.instrument
      for (const payment of lane.fundingBetween(before, endAt)) {
        this.#venue.onFunding(symbol, payment.rate, lane.markClose(index), payment.at)
      }
    }
    return this.#scheduler.advance(endAt)
  }
}

/** How many moments there are. */
function checkedCount({ config, series, schema }: BacktestParts): number {
  if (schema.settings.barsFrom !== 'candles') {
    throw new InputError('features.barsFrom was left out; a backtest on candles needs: candles', {
      key: 'features.barsFrom',
    })
  }
  const [first] = series
  const count = first?.candles.length ?? 0
  for (const [at, { symbol, candles, barMs }] of series.entries()) {
    if (symbol !== config.symbols[at] || barMs !== config.barMs) {
      throw new InputError(
        `${symbol}: candles of ${barMs} ms; the configuration asks for ${config.symbols[at]}, ${config.barMs} ms`,
      )
    }
    if (candles.length === count && candles.at(0)?.startAt === first?.candles.at(0)?.startAt) continue
    throw new InputError(
      `${symbol}: its candles do not cover the same moments as those of ${first?.symbol}: ${candles.length} and ${count}; set backtest.data.from and to`,
      { symbol },
    )
  }
  if (count === 0) throw new InputError('backtest: there are no candles')
  return count
}
