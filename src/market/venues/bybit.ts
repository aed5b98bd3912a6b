import type { Converter } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import { type EpochMs, type Lots, opposite, type Side } from '../../core/units.ts'
import {
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
import { type MergedMarks, mergedMarks } from './merged-marks.ts'
import { type Excluded, outcomeOf } from './outcome-of.ts'
import {
  amountOrUnknown,
  decimalOrUnknown,
  expectText,
  idText,
  listIn,
  nearestTicks,
  objectIn,
  rowOf,
  timeOrUnknown,
} from './text-fields.ts'

const IGNORED: FrameOutcome = { kind: 'ignored' }
const MARK_FIELDS = ['markPrice', 'indexPrice', 'fundingRate', 'nextFundingTime', 'openInterest'] as const

/** One instrument's frame, its symbol known. */
interface Given {
  readonly frame: Json
  readonly venueSymbol: string
  readonly reader: Reader
  readonly convert: Converter
  readonly receivedAt: EpochMs
  readonly marks: MergedMarks
}

/**
 * Mapper of Bybit v5 public frames, `/v5/public/linear` and `/v5/public/inverse` (spot uses the same symbols: never mix it in).
 * https://bybit-exchange.github.io/docs/v5/websocket/public/orderbook (and trade, ticker, all-liquidation).
 *
 * Sequence: `u` of one depth grows by 1 with each frame. A `snapshot` replaces the book at any time; `u` = 1 is one too, sent when
 * the venue's service restarts. Ids of two depths differ: follow one depth of an instrument. Depth 1 sends whole quotes only, so it
 * comes out as quotes. `orderbook.rpi` and `orderbook.full` are other books and ignored; retail price improvement orders are in none
 * of the plain ones, yet their trades (`RPI`) are market trades and stay. Block trades (`BT`) are made off the book: excluded.
 *
 * Sizes are base currency (linear) or contracts of 1 USD (inverse). Ids of trades are texts without an order. The side of a
 * liquidation is that of the position there (`Buy`: a long was liquidated); ours is the order's, the opposite.
 */
export const bybitFrameMapper: FrameMapperOf = (converters) => {
  const readerOf = readers(converters)
  const marks = mergedMarks()
  return {
    reset: marks.reset,
    map(frame, receivedAt) {
      if (!isObject(frame)) return IGNORED
      const { topic } = frame
      if (typeof topic !== 'string') return IGNORED
      const symbolAt = topic.lastIndexOf('.') + 1
      const venueSymbol = topic.slice(symbolAt)
      const reader = readerOf(venueSymbol)
      const convert = converters.get(venueSymbol)
      if (!reader || !convert) return IGNORED
      try {
        return mapped(topic.slice(0, symbolAt), { frame, venueSymbol, reader, convert, receivedAt, marks })
      } catch (thrown) {
        return malformed(thrown, reader.symbol)
      }
    },
  }
}

const BOOK_TOPIC = /^orderbook\.\d+\.$/

/** `name`: the topic up to the symbol, e.g. `orderbook.200.`. */
function mapped(name: string, given: Given): FrameOutcome {
  switch (name) {
    case 'publicTrade.':
      return trades(given)
    case 'tickers.':
      return mark(given)
    case 'allLiquidation.':
      return outcomeOf(
        listIn(given.frame, 'data').map((value) => liquidation(rowOf(value, 'data'), ALL_LIQUIDATION, given)),
      )
    case 'liquidation.':
      return outcomeOf([liquidation(objectIn(given.frame, 'data'), LIQUIDATION, given)])
    default:
      return BOOK_TOPIC.test(name) ? book(name, given) : IGNORED
  }
}

function book(name: string, given: Given): FrameOutcome {
  const { frame, venueSymbol, reader, receivedAt } = given
  const type = frame['type']
  if (type !== 'snapshot' && type !== 'delta') throw new Malformed('type', type, 'snapshot or delta')
  const data = objectIn(frame, 'data')
  expectText(data, 's', venueSymbol)
  if (name === 'orderbook.1.') return quote(data, given)
  const lastId = id(data, 'u')
  const isWhole = type === 'snapshot' || lastId === 1
  return outcomeOf([
    {
      kind: 'book',
      type: isWhole ? 'snapshot' : 'delta',
      ...(isWhole ? { inStream: true } : {}),
      symbol: reader.symbol,
      exchangeTime: matchedAt(frame),
      receivedAt,
      firstId: lastId,
      lastId,
      prevId: isWhole ? lastId : lastId - 1,
      bids: levels(data['b'], 'b', reader),
      asks: levels(data['a'], 'a', reader),
    },
  ])
}

/** Time of the matching engine; captures from before 2024 have that of the market data service only. */
const matchedAt = (frame: Json): EpochMs => (frame['cts'] === undefined ? time(frame, 'ts') : time(frame, 'cts'))

function quote(data: Json, { frame, reader, receivedAt }: Given): FrameOutcome {
  const [bidTicks, bidLots] = levels(data['b'], 'b', reader)
  const [askTicks, askLots] = levels(data['a'], 'a', reader)
  // A side without orders is no quote, but nothing is lost either. Deltas of this depth exist in no document.
  if (frame['type'] !== 'snapshot' || !bidTicks || !bidLots || !askTicks || !askLots) return IGNORED
  return outcomeOf([
    {
      kind: 'quote',
      symbol: reader.symbol,
      exchangeTime: matchedAt(frame),
      receivedAt,
      updateId: id(data, 'u'),
      bidTicks,
      bidLots: bidLots as Lots,
      askTicks,
      askLots: askLots as Lots,
    },
  ])
}

function trades(given: Given): FrameOutcome {
  const events: MarketEvent[] = []
  const excluded: Excluded[] = []
  for (const value of listIn(given.frame, 'data')) {
    const row = rowOf(value, 'data')
    expectText(row, 's', given.venueSymbol)
    const isBlock = row['BT']
    if (isBlock !== undefined && typeof isBlock !== 'boolean') throw new Malformed('BT', isBlock, 'true or false')
    if (isBlock) excluded.push({ symbol: given.reader.symbol, type: 'block trade' })
    else events.push(trade(row, given))
  }
  return outcomeOf(events, excluded)
}

const trade = (row: Json, { reader, receivedAt }: Given): MarketEvent => ({
  kind: 'trade',
  symbol: reader.symbol,
  exchangeTime: time(row, 'T'),
  receivedAt,
  tradeId: idText(row, 'i'),
  price: ticks(row, 'p', reader),
  size: someLots(row, 'v', reader),
  side: sideOf(row, 'S'),
})

function sideOf(row: Json, field: string): Side {
  const side = row[field]
  if (side !== 'Buy' && side !== 'Sell') throw new Malformed(field, side, 'Buy or Sell')
  return side === 'Buy' ? 'buy' : 'sell'
}

/** A snapshot says all, a delta what changed; most deltas change none of what we keep. */
function mark({ frame, venueSymbol, reader, receivedAt, marks }: Given): FrameOutcome {
  const data = objectIn(frame, 'data')
  expectText(data, 'symbol', venueSymbol)
  const type = frame['type']
  if (type !== 'snapshot' && type !== 'delta') throw new Malformed('type', type, 'snapshot or delta')
  if (MARK_FIELDS.every((field) => data[field] === undefined)) return IGNORED
  const exchangeTime = time(frame, 'ts')
  const figures = {
    markPrice: decimalOrUnknown(data, 'markPrice', true),
    indexPrice: decimalOrUnknown(data, 'indexPrice', true),
    fundingRate: decimalOrUnknown(data, 'fundingRate', false),
    nextFundingAt: timeOrUnknown(data, 'nextFundingTime'),
    openInterest: amountOrUnknown(data, 'openInterest'),
  }
  if (type === 'snapshot') marks.reset(reader.symbol)
  return outcomeOf([marks.merge(reader.symbol, exchangeTime, receivedAt, figures)])
}

const ALL_LIQUIDATION = { at: 'T', symbol: 's', side: 'S', size: 'v', price: 'p' }
/** The topic before 2025. */
const LIQUIDATION = { at: 'updatedTime', symbol: 'symbol', side: 'side', size: 'size', price: 'price' }

function liquidation(row: Json, fields: typeof LIQUIDATION, given: Given): MarketEvent {
  const { venueSymbol, reader, convert, receivedAt } = given
  expectText(row, fields.symbol, venueSymbol)
  return {
    kind: 'liquidation',
    symbol: reader.symbol,
    exchangeTime: time(row, fields.at),
    receivedAt,
    side: opposite(sideOf(row, fields.side)),
    price: nearestTicks(row, fields.price, convert),
    size: someLots(row, fields.size, reader),
  }
}
