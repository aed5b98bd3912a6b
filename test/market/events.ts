import type {
  BookEvent,
  ConnectionEvent,
  GapEvent,
  MarkEvent,
  MarketEvent,
  TradeEvent,
  WatermarkEvent,
} from '../../src/core/market-event.ts'
import type { EpochMs, Lots, Side, Ticks } from '../../src/core/units.ts'

const symbol = 'BTC/USDT:USDT'
const stamp = (at: number): { symbol: string; exchangeTime: EpochMs; receivedAt: EpochMs } => ({
  symbol,
  exchangeTime: at as EpochMs,
  receivedAt: (at + 5) as EpochMs,
})

/** `[ticks, lots]` per level. */
type Rows = readonly (readonly [number, number])[]

export const snapshotOf = (at: number, lastId: number, bids: Rows, asks: Rows): BookEvent => ({
  ...stamp(at),
  kind: 'book',
  type: 'snapshot',
  firstId: lastId,
  lastId,
  prevId: lastId,
  bids: bids.flat(),
  asks: asks.flat(),
})

/** Ids as `[pu, U, u]`. */
export const deltaOf = (at: number, ids: readonly [number, number, number], bids: Rows, asks: Rows): BookEvent => ({
  ...stamp(at),
  kind: 'book',
  type: 'delta',
  prevId: ids[0],
  firstId: ids[1],
  lastId: ids[2],
  bids: bids.flat(),
  asks: asks.flat(),
})

export const tradeOf = (at: number, tradeId: number, price: number, size: number, side: Side = 'buy'): TradeEvent => ({
  ...stamp(at),
  kind: 'trade',
  tradeId,
  price: price as Ticks,
  size: size as Lots,
  side,
})

export const markOf = (at: number, markPrice: number): MarkEvent => ({
  ...stamp(at),
  kind: 'mark',
  markPrice,
  indexPrice: markPrice,
  fundingRate: 0.0001,
  nextFundingAt: 0 as EpochMs,
})

export const watermarkOf = (at: number): WatermarkEvent => ({ ...stamp(at), kind: 'watermark' })

export const gapOf = (at: number, reason: GapEvent['reason'] = 'malformed'): GapEvent => ({
  ...stamp(at),
  kind: 'gap',
  reason,
  detail: 'test',
})

export const connectionOf = (at: number, state: ConnectionEvent['state']): ConnectionEvent => ({
  ...stamp(at),
  kind: 'connection',
  state,
  detail: 'test',
})

export const kindsOf = (events: readonly MarketEvent[]): string[] =>
  events.map((event) => {
    if (event.kind === 'book') return event.type
    return event.kind === 'gap' ? `gap:${event.reason}` : event.kind
  })
