import type { Converter } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import type { EpochMs, Lots, Side } from '../../core/units.ts'
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
} from '../frame-fields.ts'
import type { FrameMapperOf, FrameOutcome } from '../frame-mapper.ts'
import { type MarkFigures, type MergedMarks, mergedMarks } from './merged-marks.ts'
import { outcomeOf } from './outcome-of.ts'
import {
  amountOrUnknown,
  ascendingId,
  decimalOrUnknown,
  expectText,
  listIn,
  nearestTicks,
  rowOf,
  timeOrUnknown,
  timeText,
} from './text-fields.ts'

const IGNORED: FrameOutcome = { kind: 'ignored' }

/** The instrument that a row is of. */
interface Given {
  readonly venueSymbol: string
  readonly reader: Reader
  readonly convert: Converter
  readonly receivedAt: EpochMs
  readonly marks: MergedMarks
}

/** Each entry of a frame's `data` is one event, or none. */
type RowMapper = (row: Json, given: Given, frame: Json) => MarketEvent | undefined

/**
 * Mapper of OKX v5 public frames of perpetual swaps. https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel
 * (and trades, mark-price, index-tickers, funding-rate, open-interest and liquidation-orders channel).
 *
 * Sequence (`books`, `books-l2-tbt`, `books50-l2-tbt`): `prevSeqId` of an update equals `seqId` of the frame before it. Quiet for 60 s,
 * the venue repeats the id with empty sides: it changes nothing, but shows a loss just before the silence. After maintenance `seqId` may
 * be below `prevSeqId`; the chain holds. A `snapshot` replaces the book. `checksum` is no more: always 0 since June 2026, so not read.
 * `bbo-tbt` comes out as quotes. `books-rpi` is another book and ignored; trades against its orders (`source` 1) are market trades and stay.
 * Follow `trades` or `trades-all`, not both: one aggregates the other. Their ids ascend. Block trades have a channel of their own.
 *
 * Sizes count contracts: the instrument's `lotSize` is `lotSz` and its `contractSize` is `ctVal`, base currency (linear) or USD
 * (inverse) in a contract. Open interest is base currency (linear, `oiCcy`) or contracts (inverse, `oi`). The index has a name of its
 * own, `BTC-USDT` for `BTC-USDT-SWAP`. The side of a liquidation is the order's, as ours: `buy` closes a short.
 */
export const okxFrameMapper: FrameMapperOf = (converters) => {
  const readerOf = readers(converters)
  const marks = mergedMarks()
  const givenOf = (name: unknown, receivedAt: EpochMs): Given | undefined => {
    const reader = readerOf(name)
    const venueSymbol = name as string // A reader was found by it.
    const convert = reader && converters.get(venueSymbol)
    return convert && { venueSymbol, reader, convert, receivedAt, marks }
  }
  return {
    reset: marks.reset,
    map(frame, receivedAt) {
      // Acknowledgements and errors carry `event`.
      if (!isObject(frame) || !isObject(frame['arg']) || frame['event'] !== undefined) return IGNORED
      const { channel, instId } = frame['arg']
      if (typeof channel !== 'string') return IGNORED
      if (channel === 'liquidation-orders') return liquidations(frame, (name) => givenOf(name, receivedAt))
      const mapper = ROW_MAPPERS.get(channel)
      const name = channel === 'index-tickers' && typeof instId === 'string' ? `${instId}-SWAP` : instId
      const given = mapper && givenOf(name, receivedAt)
      if (!given) return IGNORED
      try {
        const events = listIn(frame, 'data').map((value) => mapper(rowOf(value, 'data'), given, frame))
        return outcomeOf(events.filter((event) => event !== undefined))
      } catch (thrown) {
        return malformed(thrown, given.reader.symbol)
      }
    },
  }
}

const book: RowMapper = (row, { reader, receivedAt }, frame) => {
  const action = frame['action']
  if (action !== 'snapshot' && action !== 'update') throw new Malformed('action', action, 'snapshot or update')
  const isWhole = action === 'snapshot'
  const lastId = id(row, 'seqId')
  return {
    kind: 'book',
    type: isWhole ? 'snapshot' : 'delta',
    ...(isWhole ? { inStream: true } : {}),
    symbol: reader.symbol,
    exchangeTime: timeText(row, 'ts'),
    receivedAt,
    firstId: lastId,
    lastId,
    prevId: isWhole ? lastId : id(row, 'prevSeqId'),
    bids: levels(row['bids'], 'bids', reader),
    asks: levels(row['asks'], 'asks', reader),
  }
}

const quote: RowMapper = (row, { reader, receivedAt }) => {
  const [bidTicks, bidLots] = levels(row['bids'], 'bids', reader)
  const [askTicks, askLots] = levels(row['asks'], 'asks', reader)
  // A side without orders is no quote, but nothing is lost either.
  if (!bidTicks || !bidLots || !askTicks || !askLots) return undefined
  return {
    kind: 'quote',
    symbol: reader.symbol,
    exchangeTime: timeText(row, 'ts'),
    receivedAt,
    updateId: id(row, 'seqId'),
    bidTicks,
    bidLots: bidLots as Lots,
    askTicks,
    askLots: askLots as Lots,
  }
}

const trade: RowMapper = (row, { venueSymbol, reader, receivedAt }) => {
  expectText(row, 'instId', venueSymbol)
  return {
    kind: 'trade',
    symbol: reader.symbol,
    exchangeTime: timeText(row, 'ts'),
    receivedAt,
    tradeId: ascendingId(row, 'tradeId'),
    price: ticks(row, 'px', reader),
    size: someLots(row, 'sz', reader),
    side: sideOf(row),
  }
}

function sideOf(row: Json): Side {
  const side = row['side']
  if (side !== 'buy' && side !== 'sell') throw new Malformed('side', side, 'buy or sell')
  return side
}

const markRow =
  (figures: (row: Json, given: Given) => MarkFigures): RowMapper =>
  (row, given) => {
    const exchangeTime = timeText(row, 'ts')
    return given.marks.merge(given.reader.symbol, exchangeTime, given.receivedAt, figures(row, given))
  }

const ROW_MAPPERS: ReadonlyMap<string, RowMapper> = new Map([
  ['books', book],
  ['books-l2-tbt', book],
  ['books50-l2-tbt', book],
  ['bbo-tbt', quote],
  ['trades', trade],
  ['trades-all', trade],
  ['mark-price', markRow((row) => ({ markPrice: decimal(row, 'markPx', true) }))],
  ['index-tickers', markRow((row) => ({ indexPrice: decimal(row, 'idxPx', true) }))],
  [
    'funding-rate',
    // `fundingTime` is when `fundingRate` will be paid; `nextFundingTime` is the one after.
    markRow((row) => ({
      fundingRate: decimalOrUnknown(row, 'fundingRate', false),
      nextFundingAt: timeOrUnknown(row, 'fundingTime'),
    })),
  ],
  [
    'open-interest',
    markRow((row, { convert }) => ({
      openInterest: amountOrUnknown(row, convert.instrument.inverse ? 'oi' : 'oiCcy'),
    })),
  ],
])

/** One frame names several instruments, each with a list of orders. */
function liquidations(frame: Json, givenOf: (name: unknown) => Given | undefined): FrameOutcome {
  let given: Given | undefined
  try {
    const events: MarketEvent[] = []
    for (const value of listIn(frame, 'data')) {
      given = undefined
      const row = rowOf(value, 'data')
      given = givenOf(row['instId'])
      if (!given) continue
      for (const detail of listIn(row, 'details')) events.push(liquidation(rowOf(detail, 'details'), given))
    }
    return outcomeOf(events)
  } catch (thrown) {
    return malformed(thrown, given?.reader.symbol)
  }
}

const liquidation = (detail: Json, { reader, convert, receivedAt }: Given): MarketEvent => ({
  kind: 'liquidation',
  symbol: reader.symbol,
  exchangeTime: timeText(detail, 'ts'),
  receivedAt,
  side: sideOf(detail),
  price: nearestTicks(detail, 'bkPx', convert),
  size: someLots(detail, 'sz', reader),
})
