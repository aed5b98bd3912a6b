import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { BookEvent, TradeEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'
import {
  decimal,
  id,
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
import { levelPairs } from './level-pairs.ts'
import { oldestFirst } from './oldest-first.ts'
import { outcomeOf } from './outcome-of.ts'
import { idText, objectIn, rowOf } from './text-fields.ts'
import { type WholeBooks, wholeBooks } from './whole-books.ts'

const IGNORED: FrameOutcome = { kind: 'ignored' }

/** Where an instrument's streams stand. */
interface Place {
  /** Id of the last increment of the book; −1 before the first. */
  lastId: number
  /** Exchange time of the last trade; there are no ids by which a repetition would be known. */
  tradeAt: number
  /** Trades until then have been seen; −∞ while nothing is repeated. */
  seenUntil: number
}

const start = (): Place => ({ lastId: -1, tradeAt: Number.NEGATIVE_INFINITY, seenUntil: Number.NEGATIVE_INFINITY })

/** One instrument's frame, its symbol known. */
interface Given {
  readonly frame: Json
  readonly dataType: string
  readonly channel: string
  readonly reader: Reader
  readonly receivedAt: EpochMs
  readonly books: WholeBooks
  readonly place: Place
}

/**
 * Mapper of BingX perpetual swap frames, USDT-M and USDC-M (`/swap-market`) and coin-M. https://bingx-api.github.io/docs-v3, Swap,
 * Websocket Market Data: Partial Order Book Depth, Incremental Depth Information, Subscribe to the Latest Trade Detail, latest mark
 * price changes. Venue symbols have a hyphen: `BTC-USDT`. The text `Ping` is for the connection to answer.
 *
 * Sequence: `@depthN` sends the best N levels whole, without an id, so the deltas are differences (`snapshotDiff`); its `ts` is the
 * exchange time. `@incrDepth` sends the book (`all`), then updates whose `lastUpdateId` is the one before plus 1: so says the page,
 * and a number left out is taken for a loss. Others counted one or two left out per stream and minute while the book still equalled
 * that by REST, but nothing on the wire tells the two apart: prefer `@depthN` where 100 levels are enough. Of two book streams of an
 * instrument the first that comes is followed.
 *
 * Trades: `m` tells that the buyer was the maker, so the aggressor sold. Lists run from the newest to the oldest. Linear ones have no
 * id (empty text); in the first list after a `reset`, those not newer than the last one seen are taken for repetitions.
 *
 * Only the mark price is streamed; index, funding and open interest are `NaN` or absent, and there are no public liquidations.
 *
 * Sizes are in base (linear). Coin-M levels are objects `{p, a, v}`: `v` and the `q` of its trades count contracts (100 USD of BTC),
 * `a` is the same in base and not used.
 */
export const bingxFrameMapper: FrameMapperOf = (converters) => {
  const readerOf = readers(converters)
  const books = wholeBooks()
  const places = new Map<InstrumentSymbol, Place>()
  const placeOf = (symbol: InstrumentSymbol): Place => {
    const place = places.get(symbol) ?? start()
    places.set(symbol, place)
    return place
  }
  return {
    reset(symbol) {
      books.reset(symbol)
      const { tradeAt } = placeOf(symbol)
      places.set(symbol, { lastId: -1, tradeAt, seenUntil: tradeAt })
    },
    map(frame, receivedAt) {
      if (!isObject(frame)) return IGNORED
      const dataType = frame['dataType']
      if (typeof dataType !== 'string') return IGNORED
      const [venueSymbol, channel = ''] = dataType.split('@', 2)
      const reader = readerOf(venueSymbol)
      if (!reader) return IGNORED
      try {
        return mapped({ frame, dataType, channel, reader, receivedAt, books, place: placeOf(reader.symbol) })
      } catch (thrown) {
        return malformed(thrown, reader.symbol)
      }
    },
  }
}

function mapped(given: Given): FrameOutcome {
  const { channel } = given
  if (/^depth\d+$/.test(channel)) return wholeBook(given)
  if (channel === 'incrDepth') return increment(given)
  if (channel === 'trade') return trades(given)
  return channel === 'markPrice' ? mark(given) : IGNORED
}

function wholeBook({ frame, dataType, reader, receivedAt, books }: Given): FrameOutcome {
  if (!books.follows(reader.symbol, dataType)) return IGNORED
  const data = objectIn(frame, 'data')
  return books.step({
    symbol: reader.symbol,
    exchangeTime: data['timestamp'] === undefined ? time(frame, 'ts') : time(data, 'timestamp'),
    receivedAt,
    bids: levels(levelPairs(data['bids'], 'p', 'v'), 'bids', reader),
    asks: levels(levelPairs(data['asks'], 'p', 'v'), 'asks', reader),
  })
}

function increment({ frame, dataType, reader, receivedAt, books, place }: Given): FrameOutcome {
  if (!books.follows(reader.symbol, dataType)) return IGNORED
  const data = objectIn(frame, 'data')
  const action = data['action']
  if (action !== 'all' && action !== 'update') throw new Malformed('action', action, 'all or update')
  const isWhole = action === 'all'
  const lastId = id(data, 'lastUpdateId')
  // Else the sequencer would take all that follows for repetitions.
  if (!isWhole && lastId < place.lastId)
    throw new Malformed('lastUpdateId', lastId, `at least ${place.lastId}, the one before`)
  const event: BookEvent = {
    kind: 'book',
    type: isWhole ? 'snapshot' : 'delta',
    ...(isWhole ? { inStream: true } : {}),
    symbol: reader.symbol,
    exchangeTime: time(data, 'time'),
    receivedAt,
    firstId: lastId,
    lastId,
    prevId: isWhole ? lastId : lastId - 1,
    bids: levels(data['bids'], 'bids', reader),
    asks: levels(data['asks'], 'asks', reader),
  }
  place.lastId = lastId
  return outcomeOf([event])
}

/** A list (linear) or a single trade (coin-M). */
function trades({ frame, reader, receivedAt, place }: Given): FrameOutcome {
  const data = frame['data']
  const rows = Array.isArray(data) ? (data as readonly unknown[]) : [data]
  const events = oldestFirst(Array.from(rows, (value) => trade(rowOf(value, 'data'), reader, receivedAt)))
  const fresh = events.filter(({ exchangeTime }) => exchangeTime > place.seenUntil)
  const { symbol } = reader
  const repeated = Array.from({ length: events.length - fresh.length }, () => ({ symbol, type: 'repeated' }))
  if (events.length > 0) place.seenUntil = Number.NEGATIVE_INFINITY
  place.tradeAt = Math.max(place.tradeAt, fresh[fresh.length - 1]?.exchangeTime ?? place.tradeAt)
  return outcomeOf(fresh, repeated)
}

function trade(row: Json, reader: Reader, receivedAt: EpochMs): TradeEvent {
  const buyerIsMaker = row['m']
  if (typeof buyerIsMaker !== 'boolean') throw new Malformed('m', buyerIsMaker, 'true or false')
  return {
    kind: 'trade',
    symbol: reader.symbol,
    exchangeTime: time(row, 'T'),
    receivedAt,
    tradeId: row['t'] === undefined ? '' : idText(row, 't'),
    price: ticks(row, 'p', reader),
    size: someLots(row, 'q', reader),
    side: buyerIsMaker ? 'sell' : 'buy',
  }
}

function mark({ frame, reader, receivedAt }: Given): FrameOutcome {
  const data = objectIn(frame, 'data')
  return outcomeOf([
    {
      kind: 'mark',
      symbol: reader.symbol,
      exchangeTime: time(data, 'E'),
      receivedAt,
      markPrice: decimal(data, 'p', true),
      indexPrice: Number.NaN,
      fundingRate: Number.NaN,
      nextFundingAt: Number.NaN as EpochMs,
    },
  ])
}
