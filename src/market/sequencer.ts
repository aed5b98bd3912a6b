import type { BookEvent, GapEvent, MarketEvent, TradeEvent } from '../core/market-event.ts'
import { Book } from './book.ts'

/** Deltas kept while a snapshot is awaited: about 100 s at 10 a second. */
export const BUFFER_MAX = 1_024
/** Trade ids without an order that are remembered: venues repeat the last hundred or so after a reconnect. */
export const TRADE_IDS_MAX = 4_096

export interface SequencerSettings {
  readonly bufferMax?: number
}

/**
 * Puts one instrument's events into an unbroken order and owns its book. Each delta must name the id that the book stands at
 * (`prevId`): its venue's mapper sees to that. Snapshots by REST follow Binance, "How to manage a local order book correctly"
 * (USD-M futures): buffer deltas until the snapshot, drop u < lastUpdateId, the first must hold lastUpdateId, then each `pu` must
 * equal the `u` before. Update ids have holes between frames, so the first delta may also begin after the snapshot as long as its
 * `pu` does not: nothing of this instrument happened in between. A snapshot in the stream itself replaces the book whatever its ids
 * (they begin anew when a venue restarts); while the book is whole it means that the venue began anew, so something may be missing.
 */
export interface Sequencer {
  /** Void unless `synced`. Changed by `step` only. */
  readonly book: Book
  readonly synced: boolean
  /** Deltas and trades dropped because they had been seen. */
  readonly duplicates: number
  /** Emits what is in order, after the book holds it. Returns true when a fresh snapshot must be asked for. */
  step(event: MarketEvent, emit: (event: MarketEvent) => void): boolean
}

type Phase =
  /** No valid book: deltas are buffered. */
  | 'void'
  /** The book is the snapshot; the first delta after it has not come. */
  | 'bridging'
  | 'synced'

export const sequencer = (settings: SequencerSettings = {}): Sequencer => new BookSequencer(settings)

class BookSequencer implements Sequencer {
  readonly book = new Book()
  duplicates = 0
  readonly #bufferMax: number
  #phase: Phase = 'void'
  #lastId = 0
  /** Exchange time of what the book stands at. */
  #bookAt = 0
  #buffer: BookEvent[] = []
  /** One gap per episode: the venue may leave us without a snapshot for long. */
  #overflowed = false
  #tradeId = -1
  #tradeAt = 0
  /** Nothing is known to be lost since the last trade: a hole in the ids is news. */
  #tradesWhole = false
  /** In the order of their coming. */
  readonly #tradeIds = new Set<string>()

  constructor({ bufferMax = BUFFER_MAX }: SequencerSettings) {
    this.#bufferMax = bufferMax
  }

  get synced(): boolean {
    return this.#phase !== 'void'
  }

  step(event: MarketEvent, emit: (event: MarketEvent) => void): boolean {
    switch (event.kind) {
      case 'book':
        return event.type === 'delta' ? this.#delta(event, emit) : this.#snapshot(event, emit)
      case 'trade':
        this.#trade(event, emit)
        return false
      case 'gap':
        if (event.reason === 'trades') {
          emit(event)
          return false
        }
        this.#void()
        this.#tradesWhole = false
        emit(event)
        return event.reason !== 'disconnect'
      case 'connection':
        emit(event)
        // The feed brings a snapshot of its own after a reconnect: asking here would make it reconnect again.
        if (event.state === 'down') {
          this.#tradesWhole = false
          this.#fail(event, 'disconnect', event.detail, emit)
        }
        return false
      default:
        emit(event)
        return false
    }
  }

  #trade(event: TradeEvent, emit: (event: MarketEvent) => void): void {
    const lastId = this.#tradeId
    if (!this.#isNew(event)) return
    const { prevTradeId, tradeId } = event
    // A lower id means that the venue began anew.
    if (this.#tradesWhole && prevTradeId !== undefined && prevTradeId > lastId) {
      emit(gapAt(event, 'trades', `trade ${tradeId} follows ${prevTradeId}; the last one seen was ${lastId}`))
    }
    this.#tradesWhole = true
    emit(event)
  }

  /** Ids start anew when a venue does; a lower id with a later time is therefore no repetition. */
  #isNew({ tradeId, exchangeTime }: TradeEvent): boolean {
    const isKnown =
      typeof tradeId === 'number'
        ? tradeId <= this.#tradeId && exchangeTime <= this.#tradeAt
        : this.#tradeIds.has(tradeId)
    if (isKnown) {
      this.duplicates += 1
      return false
    }
    if (typeof tradeId === 'number') {
      this.#tradeId = tradeId
      this.#tradeAt = exchangeTime
    } else if (tradeId !== '') {
      this.#tradeIds.add(tradeId)
      for (const oldest of this.#tradeIds) {
        if (this.#tradeIds.size <= TRADE_IDS_MAX) break
        this.#tradeIds.delete(oldest)
      }
    }
    return true
  }

  #delta(event: BookEvent, emit: (event: MarketEvent) => void): boolean {
    if (this.#phase === 'void') return this.#keep(event, emit)
    const isOld = this.#phase === 'bridging' ? event.lastId < this.#lastId : event.lastId <= this.#lastId
    // First: a venue may set its ids back, and says so by naming the one before.
    const follows = event.prevId === this.#lastId || (this.#phase === 'bridging' && this.#bridges(event))
    // A lower id with a later time is no repetition: the frame that set the ids back is lost.
    const isRepeated = isOld && (this.#phase === 'bridging' || event.exchangeTime <= this.#bookAt)
    if (isRepeated && !follows) {
      this.duplicates += 1
      return false
    }
    if (!follows) {
      const detail = `update ${event.firstId}..${event.lastId} names ${event.prevId} before it; the book stands at ${this.#lastId}`
      this.#fail(event, 'sequence', detail, emit)
      // The break lies before this delta: it may still follow the snapshot to come.
      this.#buffer.push(event)
      return true
    }
    return this.#apply(event, emit)
  }

  #bridges = (event: BookEvent): boolean =>
    event.lastId >= this.#lastId && (event.firstId <= this.#lastId || event.prevId <= this.#lastId)

  #keep(event: BookEvent, emit: (event: MarketEvent) => void): boolean {
    if (this.#buffer.length < this.#bufferMax) {
      this.#buffer.push(event)
      return false
    }
    this.#buffer = [event]
    if (!this.#overflowed) {
      this.#overflowed = true
      emit(gapAt(event, 'overflow', `${this.#bufferMax} book updates came without a snapshot`))
    }
    return true
  }

  /** Nothing that was buffered follows it: the stream itself put the snapshot in its place. */
  #inStream(event: BookEvent, emit: (event: MarketEvent) => void): boolean {
    if (this.#phase !== 'void') {
      if (event.lastId === this.#lastId && this.#isOurs(event)) {
        this.duplicates += 1
        return false
      }
      this.#fail(
        event,
        'sequence',
        `the venue sent a whole book at ${event.lastId}; ours stood at ${this.#lastId}`,
        emit,
      )
    }
    this.#buffer = []
    return this.#take(event, 'synced', emit)
  }

  /** The book as it stands. A venue that begins anew twice gives two books one id. */
  #isOurs({ bids, asks }: BookEvent): boolean {
    const told = new Book()
    told.apply(bids, asks)
    return (['bids', 'asks'] as const).every((side) => String(told.levels(side)) === String(this.book.levels(side)))
  }

  #take(event: BookEvent, phase: Phase, emit: (event: MarketEvent) => void): boolean {
    this.#lastId = event.lastId
    this.#bookAt = event.exchangeTime
    this.#overflowed = false
    this.#phase = phase
    this.book.clear()
    this.book.apply(event.bids, event.asks)
    if (this.#isCrossed(event, emit)) return true
    emit(event)
    return false
  }

  #snapshot(event: BookEvent, emit: (event: MarketEvent) => void): boolean {
    if (event.inStream) return this.#inStream(event, emit)
    if (this.#phase !== 'void' && event.lastId <= this.#lastId) {
      this.duplicates += 1
      return false
    }
    const buffered = this.#buffer.filter(({ lastId }) => lastId >= event.lastId)
    this.#lastId = event.lastId
    if (buffered[0] && !this.#bridges(buffered[0])) {
      // Older than what we have buffered: nothing is lost yet, the next snapshot will be newer.
      this.#phase = 'void'
      this.#buffer = buffered
      return true
    }
    this.#buffer = []
    if (this.#take(event, 'bridging', emit)) return true
    for (const [at, delta] of buffered.entries()) {
      if (!this.#delta(delta, emit)) continue
      // `#delta` kept the one that broke the chain; what came after it follows it, maybe.
      this.#buffer.push(...buffered.slice(at + 1))
      return true
    }
    return false
  }

  #apply(event: BookEvent, emit: (event: MarketEvent) => void): boolean {
    this.book.apply(event.bids, event.asks)
    this.#lastId = event.lastId
    this.#bookAt = event.exchangeTime
    this.#phase = 'synced'
    if (this.#isCrossed(event, emit)) return true
    emit(event)
    return false
  }

  #isCrossed(event: BookEvent, emit: (event: MarketEvent) => void): boolean {
    const { book } = this
    if (!book.crossed) return false
    this.#fail(event, 'crossed', `bid ${book.bidTicks} is not below ask ${book.askTicks} (ticks)`, emit)
    return true
  }

  #fail(event: MarketEvent, reason: GapEvent['reason'], detail: string, emit: (event: MarketEvent) => void): void {
    this.#void()
    emit(gapAt(event, reason, detail))
  }

  #void(): void {
    this.#phase = 'void'
    this.#buffer = []
    this.#overflowed = false
    this.book.clear()
  }
}

const gapAt = (event: MarketEvent, reason: GapEvent['reason'], detail: string): GapEvent => ({
  kind: 'gap',
  symbol: event.symbol,
  exchangeTime: event.exchangeTime,
  receivedAt: event.receivedAt,
  reason,
  detail,
})
