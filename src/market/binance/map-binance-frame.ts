import type { Converter, InstrumentSymbol } from '../../core/instrument.ts'
import type { BookEvent, MarketEvent } from '../../core/market-event.ts'
import type { EpochMs, Lots, Ticks } from '../../core/units.ts'
import { type StepCounter, stepCounter } from './decimal.ts'

/** What a frame turned out to be. Only `event` goes into the stream; the caller counts or reports the others. */
export type FrameOutcome =
  | { readonly kind: 'event'; readonly event: MarketEvent }
  /** A trade that is no market trade (`X` of INSURANCE_FUND, ADL, NA): counted, never part of a bar. */
  | { readonly kind: 'excluded'; readonly symbol: InstrumentSymbol; readonly type: string }
  /** Data were lost: the caller makes a `gap` event of it. `symbol` is absent when the frame names none that we know. */
  | {
      readonly kind: 'malformed'
      readonly symbol?: InstrumentSymbol
      readonly field: string
      readonly value: string
      readonly rule: string
    }
  /** Acknowledgements, other instruments, kinds that we do not use (kline, ticker …). */
  | { readonly kind: 'ignored' }

/**
 * Maps one parsed frame. `restSymbol`: venue symbol of a REST depth reply, which on USD-M names none itself. Never throws.
 */
export type BinanceFrameMapper = (frame: unknown, receivedAt: EpochMs, restSymbol?: string) => FrameOutcome

type Json = Readonly<Record<string, unknown>>
/** Converter of one instrument with its two exact decimal readers. */
interface Reader {
  readonly symbol: InstrumentSymbol
  readonly ticks: StepCounter
  readonly lots: StepCounter
}

const IGNORED: FrameOutcome = { kind: 'ignored' }
const VALUE_TEXT_MAX = 80

/** Thrown and caught in this file only: a frame has many fields, and each may be wrong. */
class Malformed extends Error {
  readonly field: string
  readonly value: unknown
  readonly rule: string
  constructor(field: string, value: unknown, rule: string) {
    super(field)
    this.field = field
    this.value = value
    this.rule = rule
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Mapper of Binance USD-M (and COIN-M) market frames, combined (`{stream, data}`) or bare, and of the REST depth reply.
 * `converters` by venue symbol; it may grow later. Fields: https://developers.binance.com, derivatives, websocket market streams.
 */
export function binanceFrameMapper(converters: ReadonlyMap<string, Converter>): BinanceFrameMapper {
  const readers = new Map<string, Reader>()
  const readerOf = (venueSymbol: unknown): Reader | undefined => {
    if (typeof venueSymbol !== 'string') return undefined
    const known = readers.get(venueSymbol)
    if (known) return known
    const instrument = converters.get(venueSymbol)?.instrument
    if (!instrument) return undefined
    const { symbol, tickSize, lotSize } = instrument
    const reader = { symbol, ticks: stepCounter(tickSize), lots: stepCounter(lotSize) }
    readers.set(venueSymbol, reader)
    return reader
  }
  return (frame, receivedAt, restSymbol) => {
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
      if (!(thrown instanceof Malformed)) throw thrown
      const { field, value, rule } = thrown
      const symbol = reader ? { symbol: reader.symbol } : {}
      return { kind: 'malformed', ...symbol, field, value: textOf(value), rule }
    }
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
  bids: levels(data, 'b', reader),
  asks: levels(data, 'a', reader),
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
    bids: levels(data, 'bids', reader),
    asks: levels(data, 'asks', reader),
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

function levels(data: Json, field: string, reader: Reader): number[] {
  const rows = data[field]
  if (!Array.isArray(rows)) throw new Malformed(field, rows, 'a list of [price, size]')
  const flat: number[] = []
  for (const row of rows as readonly unknown[]) {
    if (!Array.isArray(row)) throw new Malformed(field, row, '[price, size]')
    const price = reader.ticks(row[0])
    // Not `price > 0 || throw`: NaN must fail too.
    if (!(price > 0)) throw new Malformed(`${field}.price`, row[0], 'a positive multiple of the tick size')
    const size = reader.lots(row[1])
    if (!(size >= 0)) throw new Malformed(`${field}.size`, row[1], 'a multiple of the lot size, at least 0')
    flat.push(price, size)
  }
  return flat
}

function ticks(data: Json, field: string, reader: Reader): Ticks {
  const count = reader.ticks(data[field])
  if (count > 0) return count as Ticks
  throw new Malformed(field, data[field], 'a positive multiple of the tick size')
}

function lots(data: Json, field: string, reader: Reader): Lots {
  const count = reader.lots(data[field])
  if (count >= 0) return count as Lots
  throw new Malformed(field, data[field], 'a multiple of the lot size, at least 0')
}

function someLots(data: Json, field: string, reader: Reader): Lots {
  const count = lots(data, field, reader)
  if (count > 0) return count
  throw new Malformed(field, data[field], 'a multiple of the lot size above 0')
}

function id(data: Json, field: string): number {
  const value = data[field]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new Malformed(field, value, 'a whole number, at least 0')
}

const time = (data: Json, field: string): EpochMs => id(data, field) as EpochMs

function decimal(data: Json, field: string, positive: boolean): number {
  const text = data[field]
  const value = typeof text === 'string' && /^-?\d{1,20}(\.\d{1,20})?$/.test(text) ? Number(text) : Number.NaN
  if (positive ? value > 0 : Number.isFinite(value)) return value
  throw new Malformed(field, text, positive ? 'a decimal above 0' : 'a decimal')
}

const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))).slice(0, VALUE_TEXT_MAX)
