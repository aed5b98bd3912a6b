import { Subject } from 'rxjs'
import { check } from '../../core/check.ts'
import { type Converter, converter, type InstrumentSymbol } from '../../core/instrument.ts'
import type { GapEvent, MarketEvent } from '../../core/market-event.ts'
import type { Random } from '../../core/random.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { EpochMs } from '../../core/units.ts'
import type { FrameMapper, FrameMapperOf, FrameOutcome } from '../../market/frame-mapper.ts'
import type { MarketFeed } from '../../market/market-feed.port.ts'
import { watchBoundaries } from './bar-boundaries.ts'
import { createExchangeTime, keepTime } from './exchange-time.ts'
import { type FeedSocket, planSockets } from './feed-sockets.ts'
import { type FeeRates, loadInstruments } from './instruments.ts'
import { createSnapshots } from './snapshots.ts'
import { keepSubscribed } from './stream-socket.ts'
import { VenueClient, type VenueClientOptions } from './venue-client.ts'

export interface CcxtFeedOptions extends Omit<VenueClientOptions, 'credentials'> {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly symbols: readonly InstrumentSymbol[]
  /** `binanceFrameMapper`. The converters, by venue symbol, are filled in by the feed. */
  readonly mapperOf: FrameMapperOf
  /** Distance of the watermarks, milliseconds. */
  readonly barMs: number
  /**
   * How long after a bar's end its watermark comes, milliseconds, on top of the clocks' difference. Depth and trades are sent every
   * 100 ms: with less than that plus the way here, a bar may close before its last trades, and before the loss of its last frame shows.
   */
  readonly graceMs?: number
  /** Silence of one instrument on a living socket after which the socket is replaced, milliseconds. */
  readonly staleMs?: number
  /** How often the exchange's clock is asked for, milliseconds. */
  readonly timeRefreshMs?: number
  readonly feeRates?: FeeRates
  /** Gets every frame as it came, snapshots too (their venue symbol added), before it is mapped: for tapes. Must not throw. */
  readonly record?: (text: string, receivedAt: EpochMs) => void
}

/** Counts since the start. */
interface FeedCounts {
  /** Frames with market data, snapshots not counted. */
  readonly frames: number
  readonly snapshots: number
  /** Trades that are no market trades (insurance fund, liquidation by ADL). */
  readonly excluded: number
  readonly malformed: number
  /** Sockets lost. */
  readonly downs: number
}

export interface CcxtFeed extends MarketFeed {
  /** Dials. Subscribe to `events` first: they are hot. Throws what `instruments` throws. */
  start(): Promise<void>
  /** Exchange clock − local clock, milliseconds. */
  clockOffsetMs(): number
  counts(): FeedCounts
}

type Counters = { -readonly [K in keyof FeedCounts]: FeedCounts[K] }

const GRACE_MS = 250
const STALE_MS = 10_000
const TIME_REFRESH_MS = 60_000
const STABLE_MS_MIN = 10_000
/** The mark price comes once a second: less silence than this says nothing. */
const MARK_SILENCE_MS_MIN = 3_500
/** 1,000 levels a side: weight 20. */
const SNAPSHOT_LEVELS = 1_000
const EXCERPT_MAX = 120
const NOTHING = () => {}

/** Live market data of Binance USD-M through ccxt's transport: every frame seen, every loss told in band. */
export function createCcxtFeed(options: CcxtFeedOptions): CcxtFeed {
  return new Feed(options)
}

class Feed implements CcxtFeed {
  readonly #options: CcxtFeedOptions
  readonly #client: VenueClient
  readonly #time
  readonly #mapper: FrameMapper
  readonly #converters = new Map<string, Converter>()
  readonly #subjects: ReadonlyMap<InstrumentSymbol, Subject<MarketEvent>>
  readonly #ending = new AbortController()
  readonly #counters: Counters = { frames: 0, snapshots: 0, excluded: 0, malformed: 0, downs: 0 }
  readonly #requestSnapshot: (symbol: string) => void
  #sockets: readonly FeedSocket[] = []
  #loops: Promise<unknown>[] = []

  constructor(options: CcxtFeedOptions) {
    this.#options = options
    this.#client = new VenueClient(options)
    this.#time = createExchangeTime(this.#client, options.clock)
    this.#mapper = options.mapperOf(this.#converters)
    this.#subjects = new Map(options.symbols.map((symbol) => [symbol, new Subject<MarketEvent>()]))
    const { clock, scheduler, random } = options
    const load = (symbol: string) => this.#loadSnapshot(symbol)
    this.#requestSnapshot = createSnapshots({ clock, scheduler, random, load, signal: this.#ending.signal })
  }

  instruments(symbols: readonly InstrumentSymbol[]) {
    return loadInstruments(this.#client, symbols, this.#options.feeRates)
  }

  events(symbol: InstrumentSymbol) {
    return this.#subject(symbol).asObservable()
  }

  resync(symbol: InstrumentSymbol): void {
    this.#subject(symbol)
    this.#requestSnapshot(symbol)
  }

  clockOffsetMs() {
    return this.#time.offsetMs()
  }

  counts(): FeedCounts {
    return { ...this.#counters }
  }

  async start(): Promise<void> {
    const { symbols, scheduler, clock, random, barMs, graceMs, staleMs = STALE_MS, timeRefreshMs } = this.#options
    const { signal } = this.#ending
    const instruments = await this.instruments(symbols)
    for (const instrument of instruments) this.#converters.set(instrument.venueSymbol, converter(instrument))
    await this.#time.refresh()
    if (signal.aborted) return
    this.#sockets = planSockets(instruments, (category, index) => this.#client.streamUrl(category, index))
    const stableMs = Math.max(STABLE_MS_MIN, 3 * staleMs)
    const dials = this.#sockets.map((socket) =>
      keepSubscribed({
        ...{
          client: this.#client,
          clock,
          scheduler,
          random,
          signal,
          stableMs,
          url: socket.url,
          streams: socket.streams,
        },
        onUp: () => this.#up(socket),
        onDown: (detail) => this.#down(socket, detail),
        onFrame: (frame, text, receivedAt) => this.#frame(socket, frame, text, receivedAt),
        onBroken: (text) => this.#broken(socket, text),
      }),
    )
    const now = () => this.#time.now()
    const emit = (boundary: EpochMs) => this.#watermark(boundary)
    this.#loops = [
      ...dials,
      watchBoundaries({ barMs, graceMs: graceMs ?? GRACE_MS, now, scheduler, signal, emit }),
      keepTime(this.#time, scheduler, timeRefreshMs ?? TIME_REFRESH_MS, signal),
      this.#watchSilence(staleMs),
    ]
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.#loops)
    await this.#client.shutDown()
    for (const subject of this.#subjects.values()) subject.complete()
  }

  #subject(symbol: InstrumentSymbol): Subject<MarketEvent> {
    const subject = this.#subjects.get(symbol)
    check(subject !== undefined, 'symbol of the feed', symbol)
    return subject!
  }

  #up(socket: FeedSocket): void {
    socket.isUp = true
    const now = this.#options.clock.monotonicMs()
    for (const symbol of socket.heardAt.keys()) {
      socket.heardAt.set(symbol, now)
      this.#connection(symbol, 'up', socket.category)
      // Once at the loss and once at its end: both bars are incomplete.
      if (socket.losses > 0) this.#gap(symbol, 'disconnect', `${socket.category}: back`)
      if (isLive(this.#socketsOf(symbol))) this.#requestSnapshot(symbol)
    }
  }

  #down(socket: FeedSocket, detail: string): void {
    socket.isUp = false
    socket.losses += 1
    this.#counters.downs += 1
    for (const symbol of socket.heardAt.keys()) {
      this.#connection(symbol, 'down', `${socket.category}: ${detail}`)
      this.#gap(symbol, 'disconnect', `${socket.category}: ${detail}`)
    }
  }

  #frame(socket: FeedSocket, frame: unknown, text: string, receivedAt: EpochMs): void {
    this.#counters.frames += 1
    this.#options.record?.(text, receivedAt)
    const outcome = this.#mapper.map(frame, receivedAt)
    if (outcome.kind === 'event') this.#pass(socket, outcome.event)
    else if (outcome.kind === 'events') for (const event of outcome.events) this.#pass(socket, event)
    else this.#unusual(socket, outcome)
  }

  #pass(socket: FeedSocket, event: MarketEvent): void {
    // Trades and liquidations may rightly be silent for long, and quotes may go on while the book's own stream is dead.
    if (event.kind === 'book' || event.kind === 'mark') {
      socket.heardAt.set(event.symbol, this.#options.clock.monotonicMs())
    }
    this.#subjects.get(event.symbol)?.next(event)
  }

  #unusual(socket: FeedSocket, outcome: FrameOutcome): void {
    if (outcome.kind === 'excluded') this.#counters.excluded += 1
    if (outcome.kind !== 'malformed') return
    this.#counters.malformed += 1
    const detail = `${outcome.field} was ${outcome.value}; rule: ${outcome.rule}`
    const touched = outcome.symbol === undefined ? [...socket.heardAt.keys()] : [outcome.symbol]
    for (const symbol of touched) this.#gap(symbol, 'malformed', detail)
  }

  #broken(socket: FeedSocket, text: string): void {
    this.#counters.malformed += 1
    const detail = `frame was ${JSON.stringify(text.slice(0, EXCERPT_MAX))}; rule: JSON`
    for (const symbol of socket.heardAt.keys()) this.#gap(symbol, 'malformed', detail)
  }

  #watermark(boundary: EpochMs): void {
    const receivedAt = this.#options.clock.now()
    for (const [symbol, subject] of this.#subjects) {
      subject.next({ kind: 'watermark', symbol, exchangeTime: boundary, receivedAt })
    }
  }

  async #watchSilence(staleMs: number): Promise<void> {
    const { scheduler, clock } = this.#options
    const { signal } = this.#ending
    while (!signal.aborted) {
      await scheduler.sleep(staleMs / 4, signal)
      for (const socket of this.#sockets) {
        const limitMs = socket.category === 'market' ? Math.max(staleMs, MARK_SILENCE_MS_MIN) : staleMs
        const now = clock.monotonicMs()
        const silent = [...socket.heardAt].filter(([, heardAt]) => socket.isUp && now - heardAt > limitMs)
        for (const [symbol] of silent) this.#gap(symbol, 'stale', `${socket.category}: silent for ${limitMs} ms`)
        if (silent.length > 0) this.#client.hangUp(socket.url, `silent for ${limitMs} ms`)
      }
    }
  }

  async #loadSnapshot(symbol: string): Promise<() => void> {
    const sockets = this.#socketsOf(symbol)
    const [socket] = sockets
    const venueSymbol = socket?.venueSymbols.get(symbol)
    // The next `up` asks again.
    if (!socket || venueSymbol === undefined || !isLive(sockets)) return NOTHING
    const losses = () => sockets.reduce((sum, each) => sum + each.losses, 0)
    const lossesBefore = losses()
    const reply = await this.#client.fapiPublicGetDepth({ symbol: venueSymbol, limit: SNAPSHOT_LEVELS })
    const receivedAt = this.#options.clock.now()
    return () => {
      if (!isLive(sockets)) return
      // What was asked for before a loss may lack what was lost.
      if (losses() !== lossesBefore) return this.#requestSnapshot(symbol)
      this.#options.record?.(JSON.stringify({ ...reply, symbol: venueSymbol }), receivedAt)
      const outcome = this.#mapper.map(reply, receivedAt, venueSymbol)
      this.#counters.snapshots += 1
      if (outcome.kind === 'event') this.#subject(symbol).next(outcome.event)
      else this.#unusual(socket, outcome)
    }
  }

  #socketsOf(symbol: InstrumentSymbol): readonly FeedSocket[] {
    return this.#sockets.filter((socket) => socket.heardAt.has(symbol))
  }

  #connection(symbol: InstrumentSymbol, state: 'up' | 'down', detail: string): void {
    this.#subject(symbol).next({ kind: 'connection', symbol, ...this.#stamps(), state, detail })
  }

  #gap(symbol: InstrumentSymbol, reason: GapEvent['reason'], detail: string): void {
    this.#subjects.get(symbol)?.next({ kind: 'gap', symbol, ...this.#stamps(), reason, detail })
  }

  #stamps() {
    return { exchangeTime: this.#time.now(), receivedAt: this.#options.clock.now() }
  }
}

/** A valid book while trades are lost would make incomplete bars look whole, so snapshots wait for all sockets. */
const isLive = (sockets: readonly FeedSocket[]): boolean => sockets.every(({ isUp }) => isUp)
