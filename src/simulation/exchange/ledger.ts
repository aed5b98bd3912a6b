import Big from 'big.js'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs, Lots } from '../../core/units.ts'
import type { BookOrder } from '../matching/book-side.ts'
import type { AccountId, AlgoOrder, VenueFill, VenueOrder, VenuePosition } from './exchange.ts'
import { FLAT, type Position } from './position.ts'

/** Terminal orders, fills and terminal algo orders kept per account; the oldest go first. */
const HISTORY_MAX = 100_000
const DEFAULT_LEVERAGE = 20

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** An order and, while it rests, its place in the book. */
export interface LiveOrder {
  readonly state: Mutable<VenueOrder>
  resting: BookOrder | undefined
}

export interface Holding {
  position: Position
  leverage: number
  marginType: 'cross' | 'isolated'
  updatedAt: EpochMs
}

/** One account: what it owns, what it wants, what it did. */
export interface Ledger {
  readonly account: AccountId
  wallet: Big
  readonly holdings: ReadonlyMap<InstrumentSymbol, Holding>
  /** Orders that rest, by id. */
  readonly open: Map<number, LiveOrder>
  readonly orders: Map<number, Mutable<VenueOrder>>
  readonly fills: VenueFill[]
  /** All that are remembered, and those that wait for their trigger; ascending by id. */
  readonly algos: Map<number, Mutable<AlgoOrder>>
  readonly waiting: Set<Mutable<AlgoOrder>>
  /** Latest order of a client id. */
  byClientId(symbol: InstrumentSymbol, clientId: string): VenueOrder | undefined
  remember(order: Mutable<VenueOrder>): void
  rememberFill(fill: VenueFill): void
}

export const isOpen = (order: VenueOrder): boolean => order.status === 'NEW' || order.status === 'PARTIALLY_FILLED'

export function ledger(
  account: AccountId,
  deposit: string,
  symbols: readonly InstrumentSymbol[],
  now: EpochMs,
): Ledger {
  const orders = new Map<number, Mutable<VenueOrder>>()
  const clientIds = new Map<string, number>()
  const fills: VenueFill[] = []
  const keyOf = (symbol: InstrumentSymbol, clientId: string): string => `${symbol} ${clientId}`

  function forgetOldest(): void {
    for (const [id, order] of orders) {
      if (isOpen(order)) continue
      orders.delete(id)
      const key = keyOf(order.symbol, order.clientId)
      if (clientIds.get(key) === id) clientIds.delete(key)
      return
    }
  }

  return {
    account,
    wallet: new Big(deposit),
    holdings: new Map(
      symbols.map((symbol) => [
        symbol,
        { position: FLAT, leverage: DEFAULT_LEVERAGE, marginType: 'cross', updatedAt: now } satisfies Holding,
      ]),
    ),
    open: new Map(),
    orders,
    fills,
    algos: new Map(),
    waiting: new Set(),
    byClientId(symbol, clientId) {
      const id = clientIds.get(keyOf(symbol, clientId))
      return id === undefined ? undefined : orders.get(id)
    },
    remember(order) {
      orders.set(order.orderId, order)
      clientIds.set(keyOf(order.symbol, order.clientId), order.orderId)
      if (orders.size > HISTORY_MAX) forgetOldest()
    },
    rememberFill(fill) {
      fills.push(fill)
      if (fills.length > HISTORY_MAX) fills.splice(0, HISTORY_MAX / 10) // In blocks: shifting one by one is slow.
    },
  }
}

/** The holding as the venue states it; `lotValue`: base in one lot. */
export function positionView(symbol: InstrumentSymbol, holding: Holding, lotValue: Big): VenuePosition {
  const { lots, cost } = holding.position
  return {
    symbol,
    lots: lots as Lots,
    entryPrice: lots === 0 ? 0 : Number(cost.div(lotValue.times(Math.abs(lots))).toFixed(12)),
    leverage: holding.leverage,
    marginType: holding.marginType,
    updatedAt: holding.updatedAt,
  }
}
