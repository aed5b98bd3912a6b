import Big from 'big.js'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Lots, Side, Ticks } from '../../core/units.ts'
import type { PlaceRequest } from './exchange.ts'
import type { Ledger } from './ledger.ts'
import { type Markets, maintenanceMargin, marginBalance } from './margin.ts'
import type { Market } from './market.ts'
import { execute, openOrder, openOrders, withdraw } from './order-desk.ts'
import { record } from './settle.ts'
import type { Venue } from './venue.ts'

/** Price in ticks at which closing `lots` now would leave the account with nothing; at least 1. */
function bankruptcyTicks(market: Market, ledger: Ledger, markets: Markets, lots: number): number {
  const { markPrice } = market.mark.state
  const perUnit = marginBalance(ledger, markets).div(market.lotValue.times(lots))
  const ticks = new Big(markPrice).minus(perUnit).div(market.instrument.tickSize)
  const rounded = Number(ticks.round(0, lots > 0 ? Big.roundUp : Big.roundDown).toFixed())
  return Math.max(1, rounded)
}

/** Closes one position: an IOC order at the bankruptcy price; what the book will not take the exchange takes over at that price. */
function closeOut(venue: Venue, market: Market, ledger: Ledger, symbol: InstrumentSymbol): void {
  const { lots } = ledger.holdings.get(symbol)!.position
  const side: Side = lots > 0 ? 'sell' : 'buy'
  const size = Math.abs(lots) as Lots
  const price = bankruptcyTicks(market, ledger, venue.markets, lots) as Ticks
  const request: PlaceRequest = {
    ...{ account: ledger.account, symbol, side, type: 'LIMIT', price, size, timeInForce: 'IOC' },
    reduceOnly: true,
    clientId: `autoclose-${Math.floor(venue.now)}`,
  }
  const live = openOrder(venue, request)
  venue.emit({ kind: 'liquidation', symbol, at: venue.now, side, price, size })
  if (execute(venue, market, live)) return
  const left = (live.state.size - live.state.filled) as Lots
  market.tradeId += 1 // Its own id, though no public trade shows it.
  const value = market.tickLot.times(price).times(left)
  record(venue, market, live, { value, fee: new Big(0), price, size: left, maker: false }, 'CALCULATED')
}

/** Liquidates an account whose margin balance is below maintenance: its orders go first, then every position. */
export function liquidateIfDue(venue: Venue, ledger: Ledger): boolean {
  const needed = maintenanceMargin(ledger, venue.markets)
  if (needed.eq(0) || marginBalance(ledger, venue.markets).gte(needed)) return false
  for (const live of openOrders(venue, ledger.account)) withdraw(venue, live, 'EXPIRED')
  for (const [symbol, market] of venue.markets) {
    if (ledger.holdings.get(symbol)!.position.lots !== 0) closeOut(venue, market, ledger, symbol)
  }
  return true
}
