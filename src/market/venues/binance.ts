import type { Converter } from '../../core/instrument.ts'
import type { BookEvent, MarketEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'
import {
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

const IGNORED: FrameOutcome = { kind: 'ignored' }

/**
 * Mapper of Binance USD-M (and COIN-M) market frames, combined (`{stream, data}`) or bare, and of the REST depth reply.
 * `converters` by venue symbol; it may grow later. Fields: https://developers.binance.com, derivatives, websocket market streams.
 */
export function binanceFrameMapper(converters: ReadonlyMap<string, Converter>): FrameMapper {
  const readerOf = readers(converters)
  return {
    reset: () => undefined, // Ids alone tell the order: nothing is kept between frames.
    map(frame, receivedAt, restSymbol) {
      if (!isObject(frame)) return IGNORED
      const data = isObject(frame['data']) ? frame['data'] : frame
      const order = data['e'] === 'forceOrder' && isObject(data['o']) ? data['o'] : data
      const isRestDepth = data['e'] === undefined && data['lastUpdateId'] !== undefined
      const venueSymbol = isRestDepth ? (data['symbol'] ?? restSymbol) : order['s']
      const reader = readerOf(venueSymbol)
      try {
        if (!reader) return unnamed(data, venueSymbol)
        return isRestDepth ? snapshot(data, reader, receivedAt) : stream(data, order, reader, receivedAt)
      } catch (thrown) {
        return malformed(thrown, reader?.symbol)
      }
    },
  }
}

/** A frame of another instrument is none of ours; one of our kinds without any symbol is broken. */
function unnamed(data: Json, venueSymbol: unknown): FrameOutcome {
  const ours = data['e'] === 'depthUpdate' || data['e'] === 'trade' || data['e'] === 'aggTrade'
  if (ours && typeof venueSymbol !== 'string') throw new Malformed('s', venueSymbol, 'a venue symbol')
  return IGNORED
}

function stream(data: Json, order: Json, reader: Reader, receivedAt: EpochMs): FrameOutcome {
  switch (data['e']) {
    case 'depthUpdate':
      return { kind: 'event', event: delta(data, reader, receivedAt) }
    case 'aggTrade':
      return trade(data, 'a', reader, receivedAt)
    case 'trade':
      return trade(data, 't', reader, receivedAt)
    case 'bookTicker':
      return quote(data, reader, receivedAt)
    case 'markPriceUpdate':
      return mark(data, reader, receivedAt)
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

function trade(data: Json, idField: 'a' | 't', reader: Reader, receivedAt: EpochMs): FrameOutcome {
  const { symbol } = reader
  const type = data['X']
  if (type !== undefined && type !== 'MARKET') return { kind: 'excluded', symbol, type: textOf(type) }
  const buyerIsMaker = data['m']
  if (typeof buyerIsMaker !== 'boolean') throw new Malformed('m', buyerIsMaker, 'true or false')
  const event: MarketEvent = {
    kind: 'trade',
    symbol,
    exchangeTime: time(data, 'T'),
    receivedAt,
    tradeId: id(data, idField),
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
    bidTicks: ticks(data, 'b', reader),
    bidLots: lots(data, 'B', reader),
    askTicks: ticks(data, 'a', reader),
    askLots: lots(data, 'A', reader),
  }
  return { kind: 'event', event }
}

/** `T` of this frame is the next funding time, so the event time `E` stands for when it happened. */
function mark(data: Json, reader: Reader, receivedAt: EpochMs): FrameOutcome {
  const event: MarketEvent = {
    kind: 'mark',
    symbol: reader.symbol,
    exchangeTime: time(data, 'E'),
    receivedAt,
    markPrice: decimal(data, 'p', true),
    // COIN-M sends it in a stream of its own.
    indexPrice: data['i'] === undefined ? Number.NaN : decimal(data, 'i', true),
    fundingRate: data['r'] === '' ? Number.NaN : decimal(data, 'r', false),
    nextFundingAt: time(data, 'T'),
  }
  return { kind: 'event', event }
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
