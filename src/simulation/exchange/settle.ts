import type Big from 'big.js'
import { type Lots, signOf, type Ticks } from '../../core/units.ts'
import type { VenueFill } from './exchange.ts'
import { type Holding, type Ledger, type LiveOrder, positionView } from './ledger.ts'
import type { Market } from './market.ts'
import { money, trade } from './position.ts'
import type { Venue } from './venue.ts'

/** Books one trade of a keyed order: order, position, fee, profit, wallet; then tells of the order and the account, as Binance does. */
export function settle(venue: Venue, market: Market, live: LiveOrder, price: Ticks, size: Lots, maker: boolean): void {
  const { instrument } = market
  const fee = market.tickLot
    .times(price)
    .times(size)
    .times(maker ? instrument.makerFeeRate : instrument.takerFeeRate)
  record(venue, market, live, { value: market.tickLot.times(price).times(size), fee: money(fee), price, size, maker })
}

interface Execution {
  readonly value: Big
  readonly fee: Big
  readonly price: Ticks
  readonly size: Lots
  readonly maker: boolean
}

/** The same for any value and fee; `execution` CALCULATED is the exchange's own takeover of a liquidated position. */
export function record(
  venue: Venue,
  market: Market,
  live: LiveOrder,
  { value, fee, price, size, maker }: Execution,
  execution: 'TRADE' | 'CALCULATED' = 'TRADE',
): void {
  const { state } = live
  const { symbol } = market.instrument
  const ledger = venue.ledgerOf(state.account)
  const holding = ledger.holdings.get(symbol)!
  const { next, realised } = trade(holding.position, signOf(state.side) * size, value)
  holding.position = next
  holding.updatedAt = venue.now
  const change = realised.minus(fee)
  ledger.wallet = ledger.wallet.plus(change)
  state.filled = (state.filled + size) as Lots
  state.filledTickLots += BigInt(price) * BigInt(size)
  state.status = state.filled === state.size ? 'FILLED' : 'PARTIALLY_FILLED'
  state.updatedAt = venue.now
  if (state.status === 'FILLED') {
    live.resting = undefined
    venue.live.delete(state.orderId)
    ledger.open.delete(state.orderId)
  }
  const fill: VenueFill = {
    account: state.account,
    symbol,
    tradeId: market.tradeId,
    orderId: state.orderId,
    clientId: state.clientId,
    side: state.side,
    price,
    size,
    maker,
    fee: fee.toFixed(),
    realisedPnl: realised.toFixed(),
    at: venue.now,
  }
  ledger.rememberFill(fill)
  const { account } = state
  venue.emit({ kind: 'order', account, at: venue.now, execution, order: { ...state }, fill })
  emitAccount(venue, ledger, 'ORDER', change, symbol, holding, market)
}

export function emitAccount(
  venue: Venue,
  ledger: Ledger,
  reason: 'ORDER' | 'FUNDING_FEE',
  change: Big,
  symbol: string,
  holding: Holding,
  market: Market,
): void {
  venue.emit({
    kind: 'account',
    account: ledger.account,
    at: venue.now,
    reason,
    wallet: ledger.wallet.toFixed(),
    walletChange: change.toFixed(),
    positions: [positionView(symbol, holding, market.lotValue)],
  })
}
