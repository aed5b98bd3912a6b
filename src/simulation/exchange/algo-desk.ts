import type { Lots } from '../../core/units.ts'
import { refused } from './admission.ts'
import type { AccountId, AlgoOrder, Outcome, PlaceRequest } from './exchange.ts'
import type { Ledger, Mutable } from './ledger.ts'
import type { Market } from './market.ts'
import { place } from './order-desk.ts'
import { closable, type Venue } from './venue.ts'

/** Algo orders remembered per account; the oldest ended ones go first. */
const ALGO_HISTORY_MAX = 10_000
/** Algo orders that one account may have waiting on one instrument. */
export const ALGO_ORDERS_MAX = 100

export type AlgoRequest = Omit<AlgoOrder, 'algoId' | 'status' | 'createdAt' | 'updatedAt' | 'orderId'>
type AlgoKey = { readonly algoId: number } | { readonly clientAlgoId: string }

/** A stop waits for the price to run against its side's patience (buy: up), a take-profit for the reverse. */
function reached(algo: AlgoRequest, ticks: number): boolean {
  const upward = (algo.side === 'buy') === algo.type.startsWith('STOP')
  return upward ? ticks >= algo.triggerPrice : ticks <= algo.triggerPrice
}

function watchedTicks(market: Market, algo: AlgoRequest): number {
  if (algo.workingType === 'CONTRACT_PRICE') return market.lastTicks
  const { markPrice } = market.mark.state
  return markPrice / Number(market.instrument.tickSize)
}

function change(venue: Venue, algo: Mutable<AlgoOrder>, status: AlgoOrder['status']): void {
  if (venue.ledgerOf(algo.account).waiting.delete(algo)) venue.markets.get(algo.symbol)!.waitingAlgos -= 1
  algo.status = status
  algo.updatedAt = venue.now
  venue.emit({ kind: 'algo', account: algo.account, at: venue.now, order: { ...algo } })
}

function badAlgo(venue: Venue, market: Market, ledger: Ledger, request: AlgoRequest) {
  const { instrument } = market
  const limited = request.type === 'STOP' || request.type === 'TAKE_PROFIT'
  for (const price of [request.triggerPrice, ...(limited ? [request.price] : [])]) {
    if (price === undefined || !Number.isSafeInteger(price) || price <= 0) {
      return refused('price-not-a-tick', `price ${price} is no positive multiple of ${instrument.tickSize}`)
    }
  }
  if (!Number.isSafeInteger(request.size))
    return refused('size-not-a-lot', `size is no multiple of ${instrument.lotSize}`)
  if (!request.closePosition && request.size < Math.max(1, instrument.lotsMin)) {
    return refused('size-too-small', `${request.size} lots; at least ${instrument.lotsMin}`)
  }
  const most = limited ? instrument.lotsMax : instrument.lotsMaxMarket
  if (request.size > most) return refused('size-too-large', `${request.size} lots; at most ${most}`)
  let waiting = 0
  for (const algo of ledger.waiting) {
    if (algo.clientAlgoId === request.clientAlgoId) return refused('duplicate-client-id', request.clientAlgoId)
    if (algo.symbol === request.symbol) waiting += 1
  }
  if (waiting >= ALGO_ORDERS_MAX) {
    return refused('too-many-algo-orders', `${waiting} algo orders wait; at most ${ALGO_ORDERS_MAX}`)
  }
  const closes = request.reduceOnly || request.closePosition
  if (closes && closable(venue, request.account, request.symbol, request.side) === 0) {
    return refused('reduce-only-rejected', 'no position on the other side')
  }
  return reached(request, watchedTicks(market, request))
    ? refused('would-trigger-immediately', `trigger ${request.triggerPrice} ticks is already reached`)
    : undefined
}

export function placeAlgo(venue: Venue, request: AlgoRequest): Outcome<AlgoOrder> {
  const market = venue.markets.get(request.symbol)
  if (!market) return refused('unknown-symbol', request.symbol)
  const ledger = venue.ledgerOf(request.account)
  const bad = badAlgo(venue, market, ledger, request)
  if (bad) return bad
  const { now } = venue
  const algo: Mutable<AlgoOrder> = {
    ...request,
    algoId: venue.nextAlgoId(),
    status: 'NEW',
    createdAt: now,
    updatedAt: now,
  }
  ledger.algos.set(algo.algoId, algo)
  ledger.waiting.add(algo)
  if (ledger.algos.size > ALGO_HISTORY_MAX) {
    const oldest = [...ledger.algos.values()].find(({ status }) => status !== 'NEW')
    if (oldest) ledger.algos.delete(oldest.algoId)
  }
  market.waitingAlgos += 1
  venue.emit({ kind: 'algo', account: algo.account, at: now, order: { ...algo } })
  return { ok: true, value: { ...algo } }
}

export function cancelAlgo(venue: Venue, account: AccountId, key: AlgoKey): Outcome<AlgoOrder> {
  for (const algo of venue.ledgerOf(account).waiting) {
    if ('algoId' in key ? algo.algoId !== key.algoId : algo.clientAlgoId !== key.clientAlgoId) continue
    change(venue, algo, 'CANCELED')
    return { ok: true, value: { ...algo } }
  }
  return refused('unknown-order', JSON.stringify(key))
}

function trigger(venue: Venue, algo: Mutable<AlgoOrder>): void {
  const { account, symbol, side, reduceOnly, closePosition, clientAlgoId: clientId } = algo
  const size = closePosition ? (closable(venue, account, symbol, side) as Lots) : algo.size
  change(venue, algo, 'TRIGGERED')
  if (size === 0) {
    change(venue, algo, 'EXPIRED')
    return
  }
  const common = { account, symbol, side, size, clientId, reduceOnly: reduceOnly || closePosition }
  const limited = algo.type === 'STOP' || algo.type === 'TAKE_PROFIT'
  const request: PlaceRequest = limited
    ? { ...common, type: 'LIMIT', price: algo.price!, timeInForce: algo.timeInForce }
    : { ...common, type: 'MARKET', timeInForce: 'IOC' }
  const outcome = place(venue, request, algo.algoId)
  if (outcome.ok) algo.orderId = outcome.value.orderId
  change(venue, algo, outcome.ok ? 'FINISHED' : 'REJECTED')
}

/** Fires what the market's prices have reached, in order of age. Returns whether anything fired: its trades may reach more. */
export function fireTriggers(venue: Venue, market: Market): boolean {
  if (market.waitingAlgos === 0) return false
  let fired = false
  for (const ledger of venue.ledgers.values()) {
    for (const algo of [...ledger.waiting]) {
      if (algo.symbol !== market.instrument.symbol) continue
      if (!reached(algo, watchedTicks(market, algo))) continue
      trigger(venue, algo)
      fired = true
    }
  }
  return fired
}
