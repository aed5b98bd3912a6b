import type { Converter } from '../../core/instrument.ts'
import type { BookEvent, MarketEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'
import {
  bookTicks,
  decimal,
  id,
  isObject,
  type Json,
  levels,
  lots,
  Malformed,
  malformed,
  type Reader,
  readers,
  someLots,
  textOf,
  ticks,
  time,
} from '../frame-fields.ts'
import type { FrameMapper, FrameOutcome } from '../frame-mapper.ts'
import { type MergedMarks, mergedMarks } from './merged-marks.ts'
import { type TradeChain, tradeChain } from './trade-chain.ts'

const IGNORED: FrameOutcome = { kind: 'ignored' }

/** Diffs of another book, with ids of their own: with retail price improvement orders, or cut off after a few levels. */
const OTHER_BOOK = /@(rpiDepth|depth\d)/

/**
 * Mapper of Binance USD-M and COIN-M market frames, combined (`{stream, data}`) or bare, and of the REST depth reply.
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams (and coin-margined-futures), today's
 * wire format: `st` (1 USD-M, 2 COIN-M) and `ps` (pair) say nothing that the symbol does not.
 *
 * Sequence: `pu` of a diff equals `u` of the one before (How to manage a local order book correctly); the first bridges a REST snapshot.
 * Retail price improvement orders are not in `@depth`; trades against them are market trades, in `q` as in the venue's candles (`nq` leaves
 * them out). `X` other than `MARKET` (insurance fund, ADL, `NA`) is no market trade: excluded. Never follow `trade` and `aggTrade` together.
 * COIN-M sends the index price of a pair in a stream of its own, which is merged into the marks of the pair's perpetual.
 * The side of a liquidation is the order's: `SELL` closes a long.
 */
export function binanceFrameMapper(converters: ReadonlyMap<string, Converter>): FrameMapper {
  const readerOf = readers(converters)
  const marks = mergedMarks()
  const chain = tradeChain()
  return {
    reset(symbol) {
      marks.reset(symbol)
      chain.reset(symbol)
    },
    map(frame, receivedAt, restSymbol) {
      if (!isObject(frame)) return IGNORED
      const data = isObject(frame['data']) ? frame['data'] : frame
      const order = data['e'] === 'forceOrder' && isObject(data['o']) ? data['o'] : data
      const isRestDepth = data['e'] === undefined && data['lastUpdateId'] !== undefined
      const venueSymbol = isRestDepth ? (data['symbol'] ?? restSymbol) : symbolOf(data, order)
      const reader = readerOf(venueSymbol)
      try {
        if (!reader) return unnamed(data, venueSymbol)
        if (isRestDepth) return snapshot(data, reader, receivedAt)
        const { stream: name } = frame
        if (data['e'] === 'depthUpdate' && typeof name === 'string' && OTHER_BOOK.test(name)) return IGNORED
        return stream(data, order, { reader, receivedAt, marks, chain })
      } catch (thrown) {
        return malformed(thrown, reader?.symbol)
      }
    },
  }
}

/** An index price names the pair. */
const symbolOf = (data: Json, order: Json): unknown =>
  data['e'] === 'indexPriceUpdate' && typeof data['i'] === 'string' ? `${data['i']}_PERP` : order['s']

/** A frame of another instrument is none of ours; one of our kinds without any symbol is broken. */
function unnamed(data: Json, venueSymbol: unknown): FrameOutcome {
  const ours = data['e'] === 'depthUpdate' || data['e'] === 'trade' || data['e'] === 'aggTrade'
  if (ours && typeof venueSymbol !== 'string') throw new Malformed('s', venueSymbol, 'a venue symbol')
  return IGNORED
}

interface Given {
  readonly reader: Reader
  readonly receivedAt: EpochMs
  readonly marks: MergedMarks
  readonly chain: TradeChain
}

function stream(data: Json, order: Json, given: Given): FrameOutcome {
  const { reader, receivedAt } = given
  switch (data['e']) {
    case 'depthUpdate':
      return { kind: 'event', event: delta(data, reader, receivedAt) }
    case 'aggTrade':
      return trade(data, 'a', given)
    case 'trade':
      return trade(data, 't', given)
    case 'bookTicker':
      return quote(data, reader, receivedAt)
    case 'markPriceUpdate':
      return mark(data, given)
    case 'indexPriceUpdate':
      return index(data, given)
    case 'forceOrder':
      return liquidation(order, reader, receivedAt)
    default:
      return IGNORED
  }
}

const delta = (data: Json, reader: Reader, receivedAt: EpochMs): BookEvent => ({
  kind: 'book',
  type: 'delta',
  symbol: reader.symbol,
  exchangeTime: time(data, 'T'),
  receivedAt,
  firstId: id(data, 'U'),
  lastId: id(data, 'u'),
  prevId: id(data, 'pu'),
  bids: levels(data['b'], 'b', reader),
  asks: levels(data['a'], 'a', reader),
})

function snapshot(data: Json, reader: Reader, receivedAt: EpochMs): FrameOutcome {
  const lastId = id(data, 'lastUpdateId')
  const event: BookEvent = {
    kind: 'book',
    type: 'snapshot',
    symbol: reader.symbol,
    exchangeTime: data['T'] === undefined ? receivedAt : time(data, 'T'),
    receivedAt,
    firstId: lastId,
    lastId,
    prevId: lastId,
    bids: levels(data['bids'], 'bids', reader),
    asks: levels(data['asks'], 'asks', reader),
  }
  return { kind: 'event', event }
}

/** Both kinds of ids have no holes, those of trades that are no market trades among them. */
function trade(data: Json, idField: 'a' | 't', { reader, receivedAt, chain }: Given): FrameOutcome {
  const { symbol } = reader
  const tradeId = id(data, idField)
  const type = data['X']
  if (type !== undefined && type !== 'MARKET') {
    chain.leaveOut(symbol, tradeId)
    return { kind: 'excluded', symbol, type: textOf(type) }
  }
  const buyerIsMaker = data['m']
  if (typeof buyerIsMaker !== 'boolean') throw new Malformed('m', buyerIsMaker, 'true or false')
  const event: MarketEvent = {
    kind: 'trade',
    symbol,
    exchangeTime: time(data, 'T'),
    receivedAt,
    tradeId,
    prevTradeId: chain.before(symbol, tradeId),
    price: ticks(data, 'p', reader),
    size: someLots(data, 'q', reader),
    side: buyerIsMaker ? 'sell' : 'buy',
  }
  return { kind: 'event', event }
}

/** A side without orders is told as price 0, size 0: no quote, but nothing is lost either. */
const isEmptySide = (data: Json, price: string, size: string, reader: Reader): boolean =>
  reader.ticks(data[price]) === 0 && reader.lots(data[size]) === 0

function quote(data: Json, reader: Reader, receivedAt: EpochMs): FrameOutcome {
  if (isEmptySide(data, 'b', 'B', reader) || isEmptySide(data, 'a', 'A', reader)) return IGNORED
  const event: MarketEvent = {
    kind: 'quote',
    symbol: reader.symbol,
    exchangeTime: time(data, 'T'),
    receivedAt,
    updateId: id(data, 'u'),
    bidTicks: bookTicks(data, 'b', reader),
    bidLots: lots(data, 'B', reader),
    askTicks: bookTicks(data, 'a', reader),
    askLots: lots(data, 'A', reader),
  }
  return { kind: 'event', event }
}

/** `T` of this frame is the next funding time (0: never), so the event time `E` stands for when it happened. */
function mark(data: Json, { reader, receivedAt, marks }: Given): FrameOutcome {
  const exchangeTime = time(data, 'E')
  const figures = {
    markPrice: decimal(data, 'p', true),
    // COIN-M may send it in a stream of its own only.
    indexPrice: data['i'] === undefined ? Number.NaN : decimal(data, 'i', true),
    fundingRate: data['r'] === '' ? Number.NaN : decimal(data, 'r', false),
    nextFundingAt: time(data, 'T') || Number.NaN,
  }
  return { kind: 'event', event: marks.merge(reader.symbol, exchangeTime, receivedAt, figures) }
}

function index(data: Json, { reader, receivedAt, marks }: Given): FrameOutcome {
  const exchangeTime = time(data, 'E')
  const figures = { indexPrice: decimal(data, 'p', true) }
  return { kind: 'event', event: marks.merge(reader.symbol, exchangeTime, receivedAt, figures) }
}

function liquidation(order: Json, reader: Reader, receivedAt: EpochMs): FrameOutcome {
  const side = order['S']
  if (side !== 'BUY' && side !== 'SELL') throw new Malformed('o.S', side, 'BUY or SELL')
  const event: MarketEvent = {
    kind: 'liquidation',
    symbol: reader.symbol,
    exchangeTime: time(order, 'T'),
    receivedAt,
    side: side === 'BUY' ? 'buy' : 'sell',
    price: ticks(order, 'p', reader),
    size: lots(order, 'q', reader),
  }
  return { kind: 'event', event }
}
