import Big from 'big.js'
import type { Lots, Ticks } from '../../core/units.ts'
import type { PositionSide, VenueFill } from './exchange.ts'
import { type Ledger, type LiveOrder, positionView, SIDES, sidesOf } from './ledger.ts'
import type { Market } from './market.ts'
import type { Venue } from './venue.ts'

interface Execution {
  readonly price: Ticks
  readonly size: Lots
  readonly maker: boolean
}

/**
 * Books one trade of a keyed order: order, position, fee, profit, wallet; then tells of the order and the account, as Binance does.
 * `execution` CALCULATED is what no book shows: a liquidated position is taken over, another one deleveraged.
 */
export function settle(
  venue: Venue,
  market: Market,
  live: LiveOrder,
  { price, size, maker }: Execution,
  execution: 'TRADE' | 'CALCULATED' = 'TRADE',
): void {
  const { state, liquidation } = live
  const { symbol } = market.instrument
  const ledger = venue.ledgerOf(state.account)
  const { positionSide = 'BOTH' } = state
  const { money } = ledger
  const settlement = liquidation
    ? money.liquidate(liquidation, price, size)
    : live.isDeleveraged
      ? money.deleverage(symbol, state.side, price, size, SIDES[positionSide])
      : money.fill(symbol, state.side, price, size, maker, SIDES[positionSide])
  ledger.positionsAt.set(symbol, venue.now)
  advance(venue, ledger, live, price, size)
  const fill: VenueFill = {
    account: state.account,
    symbol,
    tradeId: market.tradeId,
    orderId: state.orderId,
    clientId: state.clientId,
    side: state.side,
    positionSide,
    price,
    size,
    maker,
    ...settlement,
    at: venue.now,
  }
  ledger.rememberFill(fill)
  const { account } = state
  venue.emit({ kind: 'order', account, at: venue.now, execution, order: { ...state }, fill })
  if (liquidation) venue.fund.book(new Big(settlement.fee), symbol, venue.now)
  const change = new Big(settlement.realisedPnl).minus(settlement.fee)
  emitAccount(venue, ledger, 'ORDER', change.toFixed(), symbol, [positionSide])
}

function advance(venue: Venue, ledger: Ledger, live: LiveOrder, price: Ticks, size: Lots): void {
  const { state } = live
  state.filled = (state.filled + size) as Lots
  state.filledTickLots += BigInt(price) * BigInt(size)
  state.status = state.filled === state.size ? 'FILLED' : 'PARTIALLY_FILLED'
  state.updatedAt = venue.now
  if (state.status !== 'FILLED') return
  live.resting = undefined
  venue.live.delete(state.orderId)
  ledger.open.delete(state.orderId)
}

/** `change`: of the wallet, decimal string. */
export function emitAccount(
  venue: Venue,
  ledger: Ledger,
  reason: 'ORDER' | 'FUNDING_FEE' | 'MARGIN_TRANSFER',
  change: string,
  symbol: string,
  sides: readonly PositionSide[] = sidesOf(ledger),
): void {
  const { account, money } = ledger
  const [currency] = money.currencies()
  venue.emit({
    kind: 'account',
    account,
    at: venue.now,
    reason,
    wallet: money.wallet(currency!),
    crossWallet: money.crossWallet(currency!),
    walletChange: change,
    positions: sides.map((side) => positionView(ledger, symbol, side)),
  })
}
