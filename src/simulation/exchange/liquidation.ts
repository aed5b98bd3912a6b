import { check } from '../../core/check.ts'
import type { Lots, Ticks } from '../../core/units.ts'
import type { Liquidation } from '../account/liquidation.ts'
import { takeOver } from './deleverage.ts'
import type { PlaceRequest } from './exchange.ts'
import type { Ledger } from './ledger.ts'
import { execute, openOrder, openOrders, withdraw } from './order-desk.ts'
import type { Venue } from './venue.ts'

/** Positions that one mark may close for an account, margin tier by margin tier. */
const STEPS_MAX = 1_000

/** Orders that stand in the way: those of an isolated position's instrument, all where margin is shared. */
function withdrawOrders(venue: Venue, { account, money }: Ledger, { symbol }: Liquidation): void {
  const own = money.marginType(symbol) === 'isolated' ? symbol : undefined
  for (const live of openOrders(venue, account, own)) withdraw(venue, live, 'EXPIRED')
}

/** An IOC order at the bankruptcy price; what the book will not take the insurance fund or the other side must, at that price. */
function closeOut(venue: Venue, ledger: Ledger, liquidation: Liquidation): void {
  const { symbol, side, positionSide } = liquidation
  const market = venue.markets.get(symbol)!
  const size = liquidation.lots as Lots
  const price = liquidation.bankruptcyTicks as Ticks
  const request: PlaceRequest = {
    ...{ account: ledger.account, symbol, side, type: 'LIMIT', price, size, timeInForce: 'IOC' },
    ...(positionSide && { positionSide: positionSide === 'long' ? 'LONG' : 'SHORT' }),
    reduceOnly: true,
    clientId: `autoclose-${Math.floor(venue.now)}`,
  }
  const live = openOrder(venue, request, { liquidation })
  venue.emit({ kind: 'liquidation', symbol, at: venue.now, side, price, size })
  if (!execute(venue, market, live)) takeOver(venue, market, live, liquidation)
}

/** Tells the account of the marks and closes what is below its maintenance margin: orders go first, then positions. */
export function liquidateIfDue(venue: Venue, ledger: Ledger): boolean {
  const { money } = ledger
  for (const [symbol, market] of venue.markets) money.mark(symbol, market.mark.state.markPrice)
  for (let step = 0; ; step += 1) {
    const due = money.liquidations()
    if (due.length === 0) return step > 0
    check(step < STEPS_MAX, 'steps of a liquidation', step)
    for (const liquidation of due) {
      withdrawOrders(venue, ledger, liquidation)
      closeOut(venue, ledger, liquidation)
    }
  }
}
