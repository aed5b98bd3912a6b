import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { Liquidation } from '../account/liquidation.ts'
import type { MarginAccount } from '../account/margin-account.ts'
import type { BookOrder } from '../matching/book-side.ts'
import type { AccountId, AlgoOrder, PositionSide, VenueFill, VenueOrder, VenuePosition } from './exchange.ts'

/** Terminal orders, fills and terminal algo orders kept per account; the oldest go first. */
const HISTORY_MAX = 100_000

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** An order and, while it rests, its place in the book. */
export interface LiveOrder {
  readonly state: Mutable<VenueOrder>
  resting: BookOrder | undefined
  /** The exchange's own order, which closes what is liquidated. */
  readonly liquidation?: Liquidation
  /** The exchange's own order, which closes what another account's loss was owed to. */
  readonly isDeleveraged?: true
}

/** One account: what it owns, what it wants, what it did. */
export interface Ledger {
  readonly account: AccountId
  /** Replaced by a change of the position mode. */
  money: MarginAccount
  hedged: boolean
  /** When each position last changed; absent: at `openedAt`. */
  readonly positionsAt: Map<InstrumentSymbol, EpochMs>
  readonly openedAt: EpochMs
  /** Orders that rest, by id. */
  readonly open: Map<number, LiveOrder>
  readonly orders: Map<number, Mutable<VenueOrder>>
  readonly fills: VenueFill[]
  /** Ascending by id. */
  readonly algos: Map<number, Mutable<AlgoOrder>>
  /** Latest order of a client id. */
  byClientId(symbol: InstrumentSymbol, clientId: string): VenueOrder | undefined
  remember(order: Mutable<VenueOrder>): void
  rememberFill(fill: VenueFill): void
}

export const isOpen = (order: VenueOrder): boolean => order.status === 'NEW' || order.status === 'PARTIALLY_FILLED'

export function ledger(account: AccountId, money: MarginAccount, openedAt: EpochMs): Ledger {
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
    money,
    hedged: false,
    positionsAt: new Map(),
    openedAt,
    open: new Map(),
    orders,
    fills,
    algos: new Map(),
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

export const SIDES = { BOTH: undefined, LONG: 'long', SHORT: 'short' } as const satisfies Record<PositionSide, unknown>

/** The position sides that the account may name. */
export const sidesOf = ({ hedged }: Pick<Ledger, 'hedged'>): readonly PositionSide[] =>
  hedged ? ['LONG', 'SHORT'] : ['BOTH']

/** The position as the venue states it. */
export function positionView(ledger: Ledger, symbol: InstrumentSymbol, positionSide: PositionSide): VenuePosition {
  const { money, positionsAt, openedAt } = ledger
  const side = SIDES[positionSide]
  return {
    symbol,
    positionSide,
    lots: money.lots(symbol, side),
    entryPrice: Number(money.entryPrice(symbol, side)),
    leverage: money.leverage(symbol),
    marginType: money.marginType(symbol),
    isolatedWallet: money.isolatedWallet(symbol, side),
    liquidationPrice: Number(money.liquidationPrice(symbol, side) ?? 0),
    updatedAt: positionsAt.get(symbol) ?? openedAt,
  }
}
