import { InputError } from '../../core/errors.ts'
import type { GapEvent, MarketEvent, TradeEvent } from '../../core/market-event.ts'
import { signOf } from '../../core/units.ts'
import { BOOK_LEVELS } from '../../market/bar.ts'
import { ASK_LOTS, ASK_TICKS, BID_LOTS, BID_TICKS, hasBothSides, type TopLevels, topLevels } from '../../market/book.ts'
import { addOrderFlow, type LevelPair, orderFlow } from '../../market/order-flow.ts'
import { sequencer } from '../../market/sequencer.ts'

export interface FlowBinSettings {
  /** Length of a bin, milliseconds. */
  readonly binMs: number
  /** Where best quotes come from: the venue's own, or the rebuilt book. */
  readonly source: 'bookTicker' | 'book'
  /** What an event's time is: arrival at the recorder, or the exchange's stamp. */
  readonly clock: 'receive' | 'exchange'
}

/** One interval `[startAt, startAt + binMs)`. Sizes in lots, moves in ticks. */
export interface FlowBin {
  /** Milliseconds since the epoch, by the chosen clock. */
  readonly startAt: number
  /** Σ e_n of the best quotes. */
  readonly flowLots: number
  /** Mid at the end less mid at the end of the bin before (of the first bin: less the first mid). */
  readonly moveTicks: number
  readonly midTicks: number
  /** Bought less sold, by aggressor. */
  readonly signedLots: number
  readonly tradedLots: number
  /** Quotes or trades were lost inside: its figures are not whole. */
  readonly broken: boolean
  /** Absent where the book was not whole all through the bin. */
  readonly levels?: LevelFlows
}

export interface LevelFlows {
  /** Σ e_n of each level, [BOOK_LEVELS], lots. */
  readonly flowLots: readonly number[]
  /** Mean over the bin's book updates of each level's size, [BOOK_LEVELS], lots; without an update: as in the bin before. */
  readonly bidLots: readonly number[]
  readonly askLots: readonly number[]
}

/** 55 hours of one-second bars; a longer tape needs longer bars. */
export const BINS_MAX = 200_000
const BEFORE_FIRST = -1
/** Gaps of the depth stream alone. */
const OF_BOOK: ReadonlySet<GapEvent['reason']> = new Set(['sequence', 'crossed'])

/**
 * Sorts one instrument's events into bins that begin at its first quote. An event belongs to the bin of its own time, whatever came
 * before it, except that a quote or book stamped earlier than the one before it counts at that one's time: e_n is between neighbours.
 */
export class FlowBins {
  readonly #settings: FlowBinSettings
  readonly #onGap: (gap: GapEvent) => void
  readonly #order = sequencer()
  readonly #bins = new Map<number, OpenBin>()
  readonly #quotes = new Outages()
  readonly #books = new Outages()
  #originAt = Number.NaN
  #firstMid = Number.NaN
  /** Of the book as it stood at the first quote. */
  #firstDepths: Depths | undefined
  #quoteAt = Number.NaN
  #quote: LevelPair | undefined
  #bookAt = Number.NEGATIVE_INFINITY
  #top = topLevels()
  #topBefore = topLevels()
  #isBookWhole = false

  /** `onGap` hears of every gap, those found here included. */
  constructor(settings: FlowBinSettings, onGap: (gap: GapEvent) => void = () => undefined) {
    this.#settings = settings
    this.#onGap = onGap
    this.#books.begin(0)
  }

  /** Raw events in the order of their coming. Throws `InputError` past `BINS_MAX`. */
  step(event: MarketEvent): void {
    const isLoss =
      event.kind === 'gap' ? !OF_BOOK.has(event.reason) : event.kind === 'connection' && event.state === 'down'
    if (isLoss) this.#loseQuotes(this.#timeOf(event))
    this.#order.step(event, this.#ordered)
  }

  /** The bins that have ended by the last quote; the one under way is left out. */
  closed(): readonly FlowBin[] {
    if (Number.isNaN(this.#originAt)) return []
    const count = this.#indexOf(this.#quoteAt)
    let mid = this.#firstMid
    let depths = this.#firstDepths
    return Array.from({ length: count }, (_, index): FlowBin => {
      const bin = this.#bins.get(index) ?? openBin()
      const before = mid
      if (!Number.isNaN(bin.midTicks)) mid = bin.midTicks
      if (bin.book) depths = meanDepths(bin.book)
      const hasLevels = depths !== undefined && !this.#books.holds(index)
      return {
        startAt: this.#originAt + index * this.#settings.binMs,
        flowLots: bin.flowLots,
        moveTicks: mid - before,
        midTicks: mid,
        signedLots: bin.signedLots,
        tradedLots: bin.tradedLots,
        broken: this.#quotes.holds(index),
        ...(hasLevels && depths ? { levels: { flowLots: [...(bin.book ?? bookSums()).flowLots], ...depths } } : {}),
      }
    })
  }

  readonly #ordered = (event: MarketEvent): void => {
    const at = this.#timeOf(event)
    if (event.kind === 'book') this.#book(at)
    else if (event.kind === 'trade') this.#trade(at, event)
    else if (event.kind === 'gap') this.#gap(at, event)
    else if (event.kind === 'quote' && this.#settings.source === 'bookTicker') this.#onQuote(at, event)
  }

  #timeOf = ({ receivedAt, exchangeTime }: MarketEvent): number =>
    this.#settings.clock === 'receive' ? receivedAt : exchangeTime

  #indexOf = (at: number): number => Math.floor((at - this.#originAt) / this.#settings.binMs)

  /** None before the first quote. */
  #binAt(at: number): OpenBin | undefined {
    const index = this.#indexOf(at)
    if (!(index >= 0)) return undefined
    if (index >= BINS_MAX) {
      throw new InputError(
        `${index + 1} bars of ${this.#settings.binMs} ms; at most ${BINS_MAX}: take longer bars or fewer files`,
        { binMs: this.#settings.binMs },
      )
    }
    let bin = this.#bins.get(index)
    if (!bin) {
      bin = openBin()
      this.#bins.set(index, bin)
    }
    return bin
  }

  #onQuote(eventAt: number, quote: LevelPair): void {
    const mid = (quote.bidTicks + quote.askTicks) / 2
    if (Number.isNaN(this.#originAt)) {
      this.#originAt = eventAt
      this.#firstMid = mid
      this.#quoteAt = eventAt
      if (this.#isBookWhole) this.#firstDepths = meanDepths(addDepths(bookSums(), this.#top))
    }
    this.#quoteAt = Math.max(eventAt, this.#quoteAt)
    const bin = this.#binAt(this.#quoteAt)
    if (!bin) return
    if (this.#quote) bin.flowLots += orderFlow(this.#quote, quote)
    else this.#quotes.end(this.#indexOf(this.#quoteAt))
    bin.midTicks = mid
    const { bidTicks, bidLots, askTicks, askLots } = quote
    this.#quote = { bidTicks, bidLots, askTicks, askLots }
  }

  #book(eventAt: number): void {
    const now = this.#topBefore
    this.#order.book.readTop(now)
    if (!hasBothSides(now)) {
      this.#loseBook(eventAt)
      if (this.#settings.source === 'book') this.#loseQuotes(eventAt)
      return
    }
    const before = this.#top
    this.#top = now
    this.#topBefore = before
    if (this.#settings.source === 'book') this.#onQuote(eventAt, bestOf(now))
    this.#bookAt = Math.max(eventAt, this.#bookAt)
    const bin = this.#binAt(this.#bookAt)
    if (bin) bin.book ??= bookSums()
    if (this.#isBookWhole) {
      if (bin?.book) addOrderFlow(before, now, bin.book.flowLots)
    } else this.#books.end(Number.isNaN(this.#originAt) ? BEFORE_FIRST : this.#indexOf(this.#bookAt))
    this.#isBookWhole = true
    if (bin?.book) addDepths(bin.book, now)
  }

  #trade(at: number, { side, size }: TradeEvent): void {
    const bin = this.#binAt(at)
    if (!bin) return
    bin.signedLots += signOf(side) * size
    bin.tradedLots += size
  }

  /** What breaks the book alone says nothing of the venue's own quotes. */
  #gap(at: number, gap: GapEvent): void {
    this.#onGap(gap)
    this.#loseBook(at)
    if (this.#settings.source === 'book') this.#loseQuotes(at)
  }

  #loseBook(at: number): void {
    this.#isBookWhole = false
    this.#books.begin(Math.max(0, Number.isNaN(this.#originAt) ? 0 : this.#indexOf(at)))
  }

  #loseQuotes(at: number): void {
    this.#quote = undefined
    if (!Number.isNaN(this.#originAt)) this.#quotes.begin(Math.max(0, this.#indexOf(at)))
  }
}

interface OpenBin {
  flowLots: number
  midTicks: number
  signedLots: number
  tradedLots: number
  /** None before the bin's first book update. */
  book: BookSums | undefined
}

/** Over the book updates of a bin, [BOOK_LEVELS], lots. */
interface BookSums {
  readonly flowLots: Float64Array
  readonly bidLots: Float64Array
  readonly askLots: Float64Array
  count: number
}

type Depths = Pick<LevelFlows, 'bidLots' | 'askLots'>

const openBin = (): OpenBin => ({
  flowLots: 0,
  midTicks: Number.NaN,
  signedLots: 0,
  tradedLots: 0,
  book: undefined,
})

const bookSums = (): BookSums => ({
  flowLots: new Float64Array(BOOK_LEVELS),
  bidLots: new Float64Array(BOOK_LEVELS),
  askLots: new Float64Array(BOOK_LEVELS),
  count: 0,
})

const bestOf = (top: TopLevels): LevelPair => ({
  bidTicks: top[BID_TICKS]!,
  bidLots: top[BID_LOTS]!,
  askTicks: top[ASK_TICKS]!,
  askLots: top[ASK_LOTS]!,
})

function addDepths(sums: BookSums, top: TopLevels): BookSums {
  for (let level = 0; level < BOOK_LEVELS; level += 1) {
    sums.bidLots[level]! += top[BID_LOTS + level]!
    sums.askLots[level]! += top[ASK_LOTS + level]!
  }
  sums.count += 1
  return sums
}

const meanDepths = ({ bidLots, askLots, count }: BookSums): Depths => ({
  bidLots: Array.from(bidLots, (sum) => sum / count),
  askLots: Array.from(askLots, (sum) => sum / count),
})

/** Runs of bins that something is missing from, both ends included. */
class Outages {
  readonly #bins = new Set<number>()
  #from: number | undefined

  begin(index: number): void {
    this.#from ??= index
  }

  end(index: number): void {
    if (this.#from === undefined) return
    for (let at = this.#from; at <= index; at += 1) this.#bins.add(at)
    this.#from = undefined
  }

  holds(index: number): boolean {
    return this.#bins.has(index) || (this.#from !== undefined && index >= this.#from)
  }
}
