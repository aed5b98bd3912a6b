import type { MarketEvent } from '../../core/market-event.ts'
import type { EpochMs, Side } from '../../core/units.ts'
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
import { levelPairs } from './level-pairs.ts'
import { type MergedMarks, mergedMarks } from './merged-marks.ts'
import { outcomeOf } from './outcome-of.ts'
import { amountOrUnknown, decimalOrUnknown, listIn, objectIn, rowOf } from './text-fields.ts'
import { type WholeBooks, wholeBooks } from './whole-books.ts'

const IGNORED: FrameOutcome = { kind: 'ignored' }
const HOUR_MS = 3_600_000

interface Mapper {
  readonly readerOf: (coin: unknown) => Reader | undefined
  readonly books: WholeBooks
  readonly marks: MergedMarks
  /** Exchange time of the last book or trade of any coin; `NaN` before the first. */
  now: number
}

/** What an error says of the frame: the instrument, once it is known. */
interface Naming {
  reader?: Reader
}

/**
 * Mapper of Hyperliquid's public frames of perpetuals: `l2Book`, `trades`, `activeAssetCtx`.
 * https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/websocket/subscriptions.
 *
 * Venue symbols are the coins as the socket spells them (`BTC`, `kPEPE`, `xyz:SP500`), not the asset indices.
 *
 * Sequence: none. Every `l2Book` is whole, so the deltas are differences (`snapshotDiff`): 20 levels a side every 5 s, or 5 with `fast`
 * every 0.5 s (the page still promises that of both; see the venue's profile for the sources). Of the two streams of a coin the first
 * that comes is followed.
 *
 * `side` of a trade is the aggressor's: `B` bought, `A` sold. `tid` is a hash, unique together with the time (so says the page): the
 * id is `time-tid`, without an order. A subscription begins with the last trades again.
 *
 * `activeAssetCtx` carries no time: that of the last book or trade stands for it, the local clock before the first. Its funding is
 * the rate per hour, due at the next full hour; the oracle price is the index. No liquidations are streamed to the public.
 *
 * Sizes are in base (`lotSize` = 10^-szDecimals). A price has at most 5 significant figures and 6 − szDecimals decimals: `tickSize`
 * is the finest step, 10^-(6 − szDecimals).
 */
export const hyperliquidFrameMapper: FrameMapperOf = (converters) => {
  const mapper: Mapper = { readerOf: readers(converters), books: wholeBooks(), marks: mergedMarks(), now: Number.NaN }
  return {
    reset(symbol) {
      mapper.books.reset(symbol)
      mapper.marks.reset(symbol)
    },
    map(frame, receivedAt) {
      if (!isObject(frame)) return IGNORED
      const naming: Naming = {}
      try {
        return mapped(frame, receivedAt, mapper, naming)
      } catch (thrown) {
        return malformed(thrown, naming.reader?.symbol)
      }
    },
  }
}

function mapped(frame: Json, receivedAt: EpochMs, mapper: Mapper, naming: Naming): FrameOutcome {
  switch (frame['channel']) {
    case 'l2Book':
      return book(objectIn(frame, 'data'), receivedAt, mapper, naming)
    case 'trades':
      return trades(frame, receivedAt, mapper, naming)
    case 'activeAssetCtx':
      return mark(objectIn(frame, 'data'), receivedAt, mapper, naming)
    default:
      return IGNORED
  }
}

/** None for a coin that is not ours. */
function named(data: Json, mapper: Mapper, naming: Naming): Reader | undefined {
  const coin = data['coin']
  if (typeof coin !== 'string') throw new Malformed('coin', coin, 'a coin')
  const reader = mapper.readerOf(coin)
  if (reader) naming.reader = reader
  return reader
}

function book(data: Json, receivedAt: EpochMs, mapper: Mapper, naming: Naming): FrameOutcome {
  const reader = named(data, mapper, naming)
  if (!reader || !mapper.books.follows(reader.symbol, data['fast'] === true ? 'fast' : 'slow')) return IGNORED
  const sides = listIn(data, 'levels')
  if (sides.length !== 2) throw new Malformed('levels.length', sides.length, '2: bids and asks')
  const exchangeTime = time(data, 'time')
  const bids = levels(levelPairs(sides[0], 'px', 'sz'), 'bids', reader)
  const asks = levels(levelPairs(sides[1], 'px', 'sz'), 'asks', reader)
  mapper.now = exchangeTime
  return mapper.books.step({ symbol: reader.symbol, exchangeTime, receivedAt, bids, asks })
}

/** Oldest first, as they come. */
function trades(frame: Json, receivedAt: EpochMs, mapper: Mapper, naming: Naming): FrameOutcome {
  const events: MarketEvent[] = []
  for (const value of listIn(frame, 'data')) {
    const row = rowOf(value, 'data')
    const reader = named(row, mapper, naming)
    if (reader) events.push(trade(row, receivedAt, reader))
  }
  const last = events[events.length - 1]
  if (last) mapper.now = last.exchangeTime
  return outcomeOf(events)
}

function trade(row: Json, receivedAt: EpochMs, reader: Reader): MarketEvent {
  const exchangeTime = time(row, 'time')
  return {
    kind: 'trade',
    symbol: reader.symbol,
    exchangeTime,
    receivedAt,
    tradeId: `${exchangeTime}-${id(row, 'tid')}`,
    price: ticks(row, 'px', reader),
    size: someLots(row, 'sz', reader),
    side: sideOf(row),
  }
}

function sideOf(row: Json): Side {
  const side = row['side']
  if (side !== 'A' && side !== 'B') throw new Malformed('side', side, 'A or B')
  return side === 'B' ? 'buy' : 'sell'
}

function mark(data: Json, receivedAt: EpochMs, mapper: Mapper, naming: Naming): FrameOutcome {
  const reader = named(data, mapper, naming)
  if (!reader) return IGNORED
  const ctx = objectIn(data, 'ctx')
  // A coin without a book has `null` for some of them.
  const stated = Object.fromEntries(Object.entries(ctx).filter(([, value]) => value !== null))
  const exchangeTime = (Number.isNaN(mapper.now) ? receivedAt : mapper.now) as EpochMs
  const figures = {
    markPrice: decimalOrUnknown(stated, 'markPx', true),
    indexPrice: decimalOrUnknown(stated, 'oraclePx', true),
    fundingRate: decimalOrUnknown(stated, 'funding', false),
    nextFundingAt: (Math.floor(exchangeTime / HOUR_MS) + 1) * HOUR_MS,
    openInterest: amountOrUnknown(stated, 'openInterest'),
  }
  return outcomeOf([mapper.marks.merge(reader.symbol, exchangeTime, receivedAt, figures)])
}
