import { converter } from '../../core/instrument.ts'
import type { ApprovedOrder } from '../../core/order.ts'
import { opposite, type Side, signOf } from '../../core/units.ts'
import type { RefusalReason } from '../exchange/exchange.ts'
import type { MarginAccount } from './margin-account.ts'
import type { VenueMarket } from './venue-market.ts'
import { remainingOf, type VenueOrder } from './venue-order.ts'

export interface Rejection {
  readonly code: RefusalReason | 'too-many-orders' | 'closed'
  readonly reason: string
}

/** Open orders of the whole account, as Binance USD-M allows per instrument. */
const OPEN_ORDERS_MAX = 200

interface Account {
  readonly account: MarginAccount
  readonly markets: ReadonlyMap<string, VenueMarket>
  /** Every live order of the account. */
  readonly live: readonly VenueOrder[]
  readonly leverage: number
}

/** What the venue sees wrong with an order at once, before it is on its way to the book. */
export function rejectionOf(
  order: ApprovedOrder,
  market: VenueMarket | undefined,
  state: Account,
): Rejection | undefined {
  if (!market) return { code: 'unknown-symbol', reason: `${order.symbol} is not traded here` }
  const { lotsMin, lotsMax, lotsMaxMarket, notionalMin } = market.instrument
  if (!(Number.isSafeInteger(order.price) && order.price > 0)) {
    return { code: 'price-not-a-tick', reason: `price ${order.price} ticks` }
  }
  if (!Number.isSafeInteger(order.lots)) return { code: 'size-not-a-lot', reason: `${order.lots} lots` }
  if (!(order.lots >= lotsMin && order.lots > 0)) {
    return { code: 'size-too-small', reason: `${order.lots} lots, at least ${lotsMin}` }
  }
  const most = order.type === 'market' ? Math.min(lotsMax, lotsMaxMarket) : lotsMax
  if (order.lots > most) return { code: 'size-too-large', reason: `${order.lots} lots, at most ${most}` }
  if (state.live.length >= OPEN_ORDERS_MAX) {
    return { code: 'too-many-orders', reason: `${OPEN_ORDERS_MAX} open orders already` }
  }
  if (order.reduceOnly) {
    if (signOf(order.side) * state.account.lots(order.symbol) < 0) return undefined
    return { code: 'reduce-only-rejected', reason: `nothing to reduce with a ${order.side}` }
  }
  const value = converter(market.instrument).notional(order.price, order.lots)
  if (value < notionalMin) return { code: 'min-notional', reason: `worth ${value}, at least ${notionalMin}` }
  return marginRejection(order, market, state)
}

/** Initial margin of every instrument with the same collateral, at the worst side of its open orders, against the margin balance. */
function marginRejection(order: ApprovedOrder, market: VenueMarket, state: Account): Rejection | undefined {
  const { account } = state
  const own = openLots(state.live, order.symbol)
  const held = signOf(order.side) * account.lots(order.symbol)
  const sideLots = held + own[order.side] + order.lots
  if (sideLots <= Math.max(0, held, -held + own[opposite(order.side)])) return undefined
  const { settle } = market.instrument
  let balance = Number(account.wallet(settle))
  let margin = account.value(order.symbol, orderPrice(order, market), sideLots) / state.leverage
  for (const [symbol, other] of state.markets) {
    if (other.instrument.settle !== settle) continue
    const price = other.markPrice ?? Number(account.entryPrice(symbol))
    if (price > 0) balance += account.unrealised(symbol, price)
    if (symbol === order.symbol || !(price > 0)) continue
    const open = openLots(state.live, symbol)
    const lots = account.lots(symbol)
    margin += account.value(symbol, price, Math.max(0, lots + open.buy, -lots + open.sell)) / state.leverage
  }
  if (margin <= balance) return undefined
  return { code: 'insufficient-margin', reason: `needs ${margin} ${settle} of margin, ${balance} there` }
}

const orderPrice = (order: ApprovedOrder, { instrument, markPrice = 0 }: VenueMarket): number => {
  const price = converter(instrument).price(order.price)
  return instrument.inverse ? price : Math.max(price, markPrice)
}

function openLots(live: readonly VenueOrder[], symbol: string): Record<Side, number> {
  const open = { buy: 0, sell: 0 }
  for (const order of live) {
    if (order.request.symbol === symbol && !order.request.reduceOnly) open[order.request.side] += remainingOf(order)
  }
  return open
}
