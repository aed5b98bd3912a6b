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
import type { Fields } from './json-fields.ts'
import { createSnapshots } from './snapshots.ts'
import { createStreamSocket, type StreamSocket } from './stream-socket.ts'
import type { OpenVenue, VenueProfile } from './venue-profile.ts'
import { causeOf } from './venue-refusal.ts'
import type { VenueClientOptions } from './venue-transport.ts'

/** Gets what a tape needs, in the order of the stream. Must not throw. */
export interface FeedRecorder {
  /** A frame as it came, or a book by REST (its venue symbol added, no socket), before its events. */
  frame(text: string, receivedAt: EpochMs, socketUrl?: string): void
  /**
   * An event of the feed's own making (connection, gap, watermark), before it is handed out; the gap of a malformed frame too, right
   * after the frame: whoever maps the frames again has no gaps to make. With every gap the mapper forgot the instrument (`reset`).
   */
  event(event: MarketEvent): void
}

export interface CcxtFeedOptions extends Omit<VenueClientOptions, 'credentials'> {
  readonly profile: VenueProfile
  readonly scheduler: Scheduler
  readonly random: Random
  readonly symbols: readonly InstrumentSymbol[]
  /** The venue's own, e.g. `binanceFrameMapper`. The converters, by venue symbol, are filled in by the feed. */
  readonly mapperOf: FrameMapperOf
  /** Distance of the watermarks, milliseconds. */
  readonly barMs: number
  /**
   * How long after a bar's end its watermark comes, milliseconds, on top of the clocks' difference. Depth and trades are sent every
   * 100 ms: with less than that plus the way here, a bar may close before its last trades, and before the loss of its last frame shows.
   */
  readonly graceMs?: number
  /** Silence of one instrument on a living socket after which the socket is replaced, and the wait for a book, milliseconds. */
  readonly staleMs?: number
  /** How often the exchange's clock is asked for, milliseconds. */
  readonly timeRefreshMs?: number
  readonly feeRates?: FeeRates
  readonly record?: FeedRecorder
}

/** Counts since the start. */
interface FeedCounts {
  /** Frames with market data, snapshots by REST not counted. */
  readonly frames: number
  /** Books by REST. */
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
const EXCERPT_MAX = 120
const NOTHING = () => {}

/** Live market data of one venue through ccxt's transport: every frame seen, every loss told in band. */
export function createCcxtFeed(options: CcxtFeedOptions): CcxtFeed {
  return new Feed(options)
}

class Feed implements CcxtFeed {
  readonly #options: CcxtFeedOptions
  readonly #staleMs: number
  readonly #venue: OpenVenue
  readonly #time
  readonly #mapper: FrameMapper
  readonly #converters = new Map<string, Converter>()
  readonly #subjects: ReadonlyMap<InstrumentSymbol, Subject<MarketEvent>>
  readonly #ending = new AbortController()
  readonly #counters: Counters = { frames: 0, snapshots: 0, excluded: 0, malformed: 0, downs: 0 }
  readonly #requestBook: (symbol: string) => void
  /** Instruments whose book is not known to be whole. */
  readonly #voids: Set<InstrumentSymbol>
  /** Ends the wait for a book in the stream. */
  readonly #arrivals = new Map<InstrumentSymbol, AbortController>()
  #sockets: ReadonlyMap<FeedSocket, StreamSocket> = new Map()
  #loops: Promise<unknown>[] = []

  constructor(options: CcxtFeedOptions) {
    this.#options = options
    this.#staleMs = options.staleMs ?? STALE_MS
    this.#venue = options.profile.open(options)
    this.#time = createExchangeTime(this.#venue.exchange, options.clock)
    this.#mapper = options.mapperOf(this.#converters)
    this.#subjects = new Map(options.symbols.map((symbol) => [symbol, new Subject<MarketEvent>()]))
    this.#voids = new Set(options.symbols)
    const { clock, scheduler, random, profile } = options
    const load = (symbol: string) => (profile.books === 'rest' ? this.#loadBook(symbol) : this.#renewBook(symbol))
    this.#requestBook = createSnapshots({ clock, scheduler, random, load, signal: this.#ending.signal })
  }

  instruments(symbols: readonly InstrumentSymbol[]) {
    return loadInstruments(this.#venue.exchange, this.#options.profile, symbols, this.#options.feeRates)
  }

  events(symbol: InstrumentSymbol) {
    return this.#subject(symbol).asObservable()
  }

  resync(symbol: InstrumentSymbol): void {
    this.#subject(symbol)
    const { books } = this.#options.profile
    // In the stream, so that a replay of it makes the mapper forget at the same place.
    if (books !== 'rest' && !this.#voids.has(symbol)) this.#gap(symbol, 'disconnect', 'a whole book is asked for')
    if (books !== 'every-frame') this.#requestBook(symbol)
  }

  clockOffsetMs() {
    return this.#time.offsetMs()
  }

  counts(): FeedCounts {
    return { ...this.#counters }
  }

  async start(): Promise<void> {
    const { symbols, scheduler, clock, random, barMs, graceMs, timeRefreshMs, profile } = this.#options
    const { signal } = this.#ending
    const instruments = await this.instruments(symbols)
    for (const instrument of instruments) this.#converters.set(instrument.venueSymbol, converter(instrument))
    await this.#time.refresh()
    if (signal.aborted) return
    const stableMs = Math.max(STABLE_MS_MIN, 3 * this.#staleMs)
    const planned = planSockets(profile, instruments, this.#venue.streamUrl)
    this.#sockets = new Map(
      planned.map((socket) => [
        socket,
        createStreamSocket({
          transport: this.#venue.transport,
          protocol: profile.protocol,
          ...{ clock, scheduler, random, stableMs, url: socket.url, topics: socket.topics },
          onUp: () => this.#up(socket),
          onDown: (detail) => this.#down(socket, detail),
          onFailed: (detail) => this.#tellLoss(socket, detail),
          onFrame: (frame, text, receivedAt) => this.#frame(socket, frame, text, receivedAt),
          onBroken: (text) => {
            const excerpt = JSON.stringify(text.slice(0, EXCERPT_MAX))
            this.#broken(socket, 'frame', excerpt, 'JSON', namedIn(text, this.#converters))
          },
        }),
      ]),
    )
    const now = () => this.#time.now()
    const emit = (boundary: EpochMs) => this.#watermark(boundary)
    this.#loops = [
      ...[...this.#sockets.values()].map((stream) => stream.run()),
      watchBoundaries({ barMs, graceMs: graceMs ?? GRACE_MS, now, scheduler, signal, emit }),
      keepTime(this.#time, scheduler, timeRefreshMs ?? TIME_REFRESH_MS, signal),
      this.#watchSilence(),
    ]
  }

  async close(): Promise<void> {
    this.#ending.abort()
    for (const stream of this.#sockets.values()) stream.close()
    for (const arrival of this.#arrivals.values()) arrival.abort()
    await Promise.all(this.#loops)
    await this.#venue.transport.shutDown()
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
    const isRest = this.#options.profile.books === 'rest'
    for (const symbol of socket.heardAt.keys()) {
      socket.heardAt.set(symbol, now)
      this.#connection(symbol, 'up', socket.group.name)
      // Once at the loss and once at its end: both bars are incomplete.
      if (socket.losses > 0) this.#gap(symbol, 'disconnect', `${socket.group.name}: back`)
      if (isRest && isLive(this.#socketsOf(symbol))) this.#requestBook(symbol)
    }
    if (!isRest) void this.#expectBooks(socket)
  }

  #down(socket: FeedSocket, detail: string): void {
    socket.isUp = false
    socket.losses += 1
    this.#counters.downs += 1
    this.#tellLoss(socket, detail)
  }

  #tellLoss(socket: FeedSocket, detail: string): void {
    for (const symbol of socket.heardAt.keys()) {
      this.#connection(symbol, 'down', `${socket.group.name}: ${detail}`)
      this.#gap(symbol, 'disconnect', `${socket.group.name}: ${detail}`)
    }
  }

  #frame(socket: FeedSocket, frame: unknown, text: string, receivedAt: EpochMs): void {
    this.#counters.frames += 1
    this.#options.record?.frame(text, receivedAt, socket.url)
    let outcome: FrameOutcome
    try {
      outcome = this.#mapper.map(frame, receivedAt)
    } catch (thrown) {
      // ccxt would swallow it and deliver nothing more.
      this.#broken(socket, 'frame', text.slice(0, EXCERPT_MAX), causeOf(thrown))
      return
    }
    if (outcome.kind === 'event') this.#pass(socket, outcome.event)
    else if (outcome.kind === 'events') {
      this.#counters.excluded += outcome.excluded
      for (const event of outcome.events) this.#pass(socket, event)
    } else if (outcome.kind === 'ignored') this.#unchanged(socket, frame)
    else this.#unusual(socket, outcome)
  }

  #unchanged(socket: FeedSocket, frame: unknown): void {
    const { bookIn } = socket.group
    if (!bookIn || typeof frame !== 'object' || frame === null) return
    const venueSymbol = bookIn(frame as Fields)
    const symbol = typeof venueSymbol === 'string' && this.#converters.get(venueSymbol)?.instrument.symbol
    if (symbol) socket.heardAt.set(symbol, this.#options.clock.monotonicMs())
  }

  #pass(socket: FeedSocket, event: MarketEvent): void {
    const { symbol } = event
    if (event.kind === socket.group.heardBy) socket.heardAt.set(symbol, this.#options.clock.monotonicMs())
    if (event.kind === 'book' && event.type === 'snapshot') {
      this.#voids.delete(symbol)
      this.#arrivals.get(symbol)?.abort()
    }
    this.#subjects.get(symbol)?.next(event)
  }

  #unusual(socket: FeedSocket, outcome: FrameOutcome): void {
    if (outcome.kind === 'excluded') this.#counters.excluded += 1
    if (outcome.kind === 'malformed') this.#broken(socket, outcome.field, outcome.value, outcome.rule, outcome.symbol)
  }

  /** A frame that names no instrument of ours, or cannot be read, may have been of any on its socket. */
  #broken(socket: FeedSocket, field: string, value: string, rule: string, symbol?: InstrumentSymbol): void {
    this.#counters.malformed += 1
    const touched = symbol === undefined ? socket.heardAt.keys() : [symbol]
    for (const each of touched) this.#gap(each, 'malformed', `${field} was ${value}; rule: ${rule}`)
  }

  #watermark(boundary: EpochMs): void {
    const receivedAt = this.#options.clock.now()
    for (const symbol of this.#subjects.keys()) {
      this.#own({ kind: 'watermark', symbol, exchangeTime: boundary, receivedAt })
    }
  }

  async #watchSilence(): Promise<void> {
    const { scheduler, clock } = this.#options
    const { signal } = this.#ending
    while (!signal.aborted) {
      await scheduler.sleep(this.#staleMs / 4, signal)
      for (const [socket, stream] of this.#sockets) {
        const { name, heardBy } = socket.group
        const limitMs = heardBy === 'mark' ? Math.max(this.#staleMs, MARK_SILENCE_MS_MIN) : this.#staleMs
        const now = clock.monotonicMs()
        const silent = [...socket.heardAt].filter(([, heardAt]) => socket.isUp && now - heardAt > limitMs)
        for (const [symbol] of silent) this.#gap(symbol, 'stale', `${name}: silent for ${limitMs} ms`)
        if (silent.length > 0) stream.hangUp(`silent for ${limitMs} ms`)
      }
    }
  }

  async #loadBook(symbol: string): Promise<() => void> {
    const sockets = this.#socketsOf(symbol)
    const [socket] = sockets
    const venueSymbol = socket?.instruments.get(symbol)?.venueSymbol
    // The next `up` asks again.
    if (!socket || venueSymbol === undefined || !isLive(sockets)) return NOTHING
    const losses = () => sockets.reduce((sum, each) => sum + each.losses, 0)
    const lossesBefore = losses()
    const reply = await this.#venue.loadBook?.(venueSymbol)
    const receivedAt = this.#options.clock.now()
    return () => {
      if (!isLive(sockets)) return
      // What was asked for before a loss may lack what was lost.
      if (losses() !== lossesBefore) return this.#requestBook(symbol)
      this.#options.record?.frame(JSON.stringify({ ...reply, symbol: venueSymbol }), receivedAt)
      const outcome = this.#mapper.map(reply, receivedAt, venueSymbol)
      this.#counters.snapshots += 1
      if (outcome.kind === 'event') this.#pass(socket, outcome.event)
      else this.#unusual(socket, outcome)
    }
  }

  /** The book comes in the stream, before or after this resolves. */
  async #renewBook(symbol: string): Promise<() => void> {
    for (const [socket, stream] of this.#sockets) {
      const instrument = socket.instruments.get(symbol)
      if (!instrument || !socket.isUp || !this.#voids.has(symbol)) continue
      await stream.renew(socket.group.topics(instrument).filter(({ renews }) => renews))
      const arrival = new AbortController()
      this.#arrivals.set(symbol, arrival)
      if (this.#voids.has(symbol)) await this.#options.scheduler.sleep(this.#staleMs, arrival.signal)
      this.#arrivals.delete(symbol)
      if (this.#voids.has(symbol) && socket.isUp) throw new Error(`no book in ${this.#staleMs} ms`)
    }
    return NOTHING
  }

  /** A subscription begins with whole books: whose does not come is asked for again. */
  async #expectBooks(socket: FeedSocket): Promise<void> {
    const { losses } = socket
    await this.#options.scheduler.sleep(this.#staleMs, this.#ending.signal)
    if (socket.losses !== losses) return
    for (const symbol of socket.heardAt.keys()) if (this.#voids.has(symbol)) this.resync(symbol)
  }

  #socketsOf(symbol: InstrumentSymbol): readonly FeedSocket[] {
    return [...this.#sockets.keys()].filter((socket) => socket.heardAt.has(symbol))
  }

  #connection(symbol: InstrumentSymbol, state: 'up' | 'down', detail: string): void {
    this.#own({ kind: 'connection', symbol, ...this.#stamps(), state, detail })
  }

  /** What came before is void: the mapper forgets it first. */
  #gap(symbol: InstrumentSymbol, reason: GapEvent['reason'], detail: string): void {
    this.#voids.add(symbol)
    this.#mapper.reset(symbol)
    this.#own({ kind: 'gap', symbol, ...this.#stamps(), reason, detail })
  }

  #own(event: MarketEvent): void {
    this.#options.record?.event(event)
    this.#subjects.get(event.symbol)?.next(event)
  }

  #stamps() {
    return { exchangeTime: this.#time.now(), receivedAt: this.#options.clock.now() }
  }
}

/** A valid book while trades are lost would make incomplete bars look whole, so snapshots wait for all sockets. */
const isLive = (sockets: readonly FeedSocket[]): boolean => sockets.every(({ isUp }) => isUp)

/** Of a frame that is no JSON: the instrument that it names, if it names one alone. */
function namedIn(text: string, converters: ReadonlyMap<string, Converter>): InstrumentSymbol | undefined {
  const named = [...converters].filter(([venueSymbol]) => text.includes(`"${venueSymbol}"`))
  return named.length === 1 ? named[0]?.[1].instrument.symbol : undefined
}
