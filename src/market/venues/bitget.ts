import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { BookEvent, TradeEvent } from '../../core/market-event.ts'
import type { EpochMs, Side } from '../../core/units.ts'
import {
  isObject,
  type Json,
  levels,
  Malformed,
  malformed,
  type Reader,
  readers,
  someLots,
  ticks,
  time,
} from '../frame-fields.ts'
import type { FrameMapperOf, FrameOutcome } from '../frame-mapper.ts'
import { type MergedMarks, mergedMarks } from './merged-marks.ts'
import { oldestFirst } from './oldest-first.ts'
import { outcomeOf } from './outcome-of.ts'
import { amountOrUnknown, decimalOrUnknown, idText, listIn, rowOf, timeOrUnknown, timeText } from './text-fields.ts'
import { type WholeBooks, wholeBooks } from './whole-books.ts'

const IGNORED: FrameOutcome = { kind: 'ignored' }
const PRODUCT = /^(USDT|USDC|COIN)-FUTURES$/i
const BOOKS = /^books\d*$/
const TRADES = /^(trade|publicTrade)$/
const MARK_FIELDS = [
  'markPrice',
  'indexPrice',
  'fundingRate',
  'nextFundingTime',
  'holdingAmount',
  'openInterest',
] as const
const UINT64_MAX = 2 ** 64

/** The `seq` that an instrument's book stands at. */
interface Chain {
  seq: number
  /** It is a snapshot's. */
  isFirst: boolean
}

interface State {
  readonly chains: Map<InstrumentSymbol, Chain>
  readonly books: WholeBooks
  readonly marks: MergedMarks
}

/** One instrument's frame, its symbol known. */
interface Given extends State {
  readonly frame: Json
  readonly channel: string
  readonly reader: Reader
  readonly receivedAt: EpochMs
}

/**
 * Mapper of Bitget's public futures frames, classic v2 (`channel`, `instId`) and unified v3 (`topic`, `symbol`), of USDT-FUTURES,
 * USDC-FUTURES and COIN-FUTURES. https://www.bitget.com/docs/classic/websocket/contract/public/Order-Book-Channel and
 * https://www.bitget.com/docs/uta/websocket/public/Order-Book-Channel (and Tickers, Trades). Spot has the same symbols: ignored.
 *
 * Sequence: `books` sends a `snapshot`, then `update`s whose `pseq` is the `seq` before; the snapshot's `seq` may also lie within
 * [`pseq`, `seq`] of the first update. An update with `pseq` 0, or a `seq` that runs backwards, tells of a restart: reported, as a new
 * snapshot must be asked for. Older frames have no `pseq` but a checksum over texts, which neither page knows any more: their updates
 * are chained to the last `seq` seen, so a loss among them is not noticed. The ids of coin-margined books lie past 2^53 and come
 * rounded to multiples of 256: a true chain stays whole, and a loss is missed only when the lost ids round to their neighbours'.
 *
 * `booksN` sends the best N levels whole, so its deltas are differences (`snapshotDiff`). Of two book streams of an instrument the
 * first that comes is followed.
 *
 * `side` of a trade is the aggressor's; ids have no order; lists run from the newest to the oldest. `ticker` carries mark, index,
 * funding, next funding and open interest (`holdingAmount`, in base). No liquidations are streamed to the public.
 *
 * Sizes are in base, of coin-margined contracts too (`lotSize` = `sizeMultiplier`, `contractSize` 1).
 */
export const bitgetFrameMapper: FrameMapperOf = (converters) => {
  const readerOf = readers(converters)
  const state: State = { chains: new Map(), books: wholeBooks(), marks: mergedMarks() }
  return {
    reset(symbol) {
      state.chains.delete(symbol)
      state.books.reset(symbol)
      state.marks.reset(symbol)
    },
    map(frame, receivedAt) {
      if (!isObject(frame) || frame['event'] !== undefined) return IGNORED
      const arg = frame['arg']
      if (!isObject(arg)) return IGNORED
      const channel = arg['channel'] ?? arg['topic']
      const product = arg['instType']
      const isOurs = typeof channel === 'string' && typeof product === 'string' && PRODUCT.test(product)
      if (!isOurs) return IGNORED
      const venueSymbol = arg['instId'] ?? arg['symbol']
      const reader = readerOf(venueSymbol)
      try {
        if (!reader) return unnamed(channel, venueSymbol)
        return mapped({ ...state, frame, channel, reader, receivedAt })
      } catch (thrown) {
        return malformed(thrown, reader?.symbol)
      }
    },
  }
}

/** A frame of another instrument is none of ours; one of our kinds without any symbol is broken. */
function unnamed(channel: string, venueSymbol: unknown): FrameOutcome {
  if (typeof venueSymbol === 'string' || !(BOOKS.test(channel) || TRADES.test(channel))) return IGNORED
  throw new Malformed('arg.instId', venueSymbol, 'a venue symbol')
}

function mapped(given: Given): FrameOutcome {
  const { channel } = given
  if (BOOKS.test(channel)) return book(given)
  if (TRADES.test(channel)) return outcomeOf(oldestFirst(rowsOf(given).map((row) => trade(row, given))))
  return channel === 'ticker' ? mark(given) : IGNORED
}

const rowsOf = ({ frame }: Given): readonly Json[] => Array.from(listIn(frame, 'data'), (value) => rowOf(value, 'data'))

function book(given: Given): FrameOutcome {
  const { channel, reader, receivedAt, books } = given
  if (!books.follows(reader.symbol, channel)) return IGNORED
  const rows = rowsOf(given)
  const [row] = rows
  if (!row || rows.length > 1) throw new Malformed('data.length', rows.length, '1: one book')
  const exchangeTime = timeText(row, 'ts')
  const { symbol } = reader
  const bids = levels(row['bids'] ?? row['b'], 'bids', reader)
  const asks = levels(row['asks'] ?? row['a'], 'asks', reader)
  if (channel !== 'books') return books.step({ symbol, exchangeTime, receivedAt, bids, asks })
  const ids = nextIds(row, given)
  return outcomeOf([{ kind: 'book', symbol, exchangeTime, receivedAt, ...ids, bids, asks }])
}

type Ids = Pick<BookEvent, 'type' | 'inStream' | 'firstId' | 'lastId' | 'prevId'>

function nextIds(row: Json, { frame, reader, chains }: Given): Ids {
  const action = frame['action']
  const seq = sequence(row, 'seq')
  if (action === 'snapshot') {
    chains.set(reader.symbol, { seq, isFirst: true })
    return { type: 'snapshot', inStream: true, firstId: seq, lastId: seq, prevId: seq }
  }
  if (action !== 'update') throw new Malformed('action', action, 'snapshot or update')
  const chain = chains.get(reader.symbol)
  // Else the sequencer would take all that follows for repetitions.
  if (chain && seq < chain.seq) throw new Malformed('seq', row['seq'], `at least ${chain.seq}, the one before`)
  const prevId = before(row, seq, chain)
  chains.set(reader.symbol, { seq, isFirst: false })
  return { type: 'delta', firstId: seq, lastId: seq, prevId }
}

/** The id that the update follows. Without a snapshot or `pseq`: its own, which follows nothing. */
function before(row: Json, seq: number, chain: Chain | undefined): number {
  if (row['pseq'] === undefined) return chain?.seq ?? seq
  const pseq = sequence(row, 'pseq')
  if (pseq === 0) throw new Malformed('pseq', row['pseq'], 'the seq of the update before, which 0 is not')
  return chain?.isFirst && pseq <= chain.seq && chain.seq <= seq ? chain.seq : pseq
}

/** A whole number below 2^64, as a number or as digits; past 2^53 the nearest that a double can hold. */
function sequence(row: Json, field: string): number {
  const value = row[field]
  const count = typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) : value
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0 && count < UINT64_MAX) return count
  throw new Malformed(field, value, 'a whole number, at least 0')
}

function trade(row: Json, { channel, reader, receivedAt }: Given): TradeEvent {
  const isClassic = channel === 'trade'
  return {
    kind: 'trade',
    symbol: reader.symbol,
    exchangeTime: timeText(row, isClassic ? 'ts' : 'T'),
    receivedAt,
    tradeId: idText(row, isClassic ? 'tradeId' : 'i'),
    price: ticks(row, isClassic ? 'price' : 'p', reader),
    size: someLots(row, isClassic ? 'size' : 'v', reader),
    side: sideOf(row, isClassic ? 'side' : 'S'),
  }
}

function sideOf(row: Json, field: string): Side {
  const side = row[field]
  if (side !== 'buy' && side !== 'sell') throw new Malformed(field, side, 'buy or sell')
  return side
}

/** A ticker without mark, index, funding and open interest is none that we use. */
function mark(given: Given): FrameOutcome {
  const { frame, reader, receivedAt, marks } = given
  const said = rowsOf(given).filter((row) => MARK_FIELDS.some((field) => row[field] !== undefined))
  return outcomeOf(
    said.map((row) => {
      const holding = row['openInterest'] === undefined ? 'holdingAmount' : 'openInterest'
      return marks.merge(reader.symbol, row['ts'] === undefined ? time(frame, 'ts') : timeText(row, 'ts'), receivedAt, {
        markPrice: decimalOrUnknown(row, 'markPrice', true),
        indexPrice: decimalOrUnknown(row, 'indexPrice', true),
        fundingRate: decimalOrUnknown(row, 'fundingRate', false),
        nextFundingAt: timeOrUnknown(row, 'nextFundingTime'),
        openInterest: amountOrUnknown(row, holding),
      })
    }),
  )
}
