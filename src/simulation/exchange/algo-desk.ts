import type { Lots } from '../../core/units.ts'
import { refused } from './admission.ts'
import { badAlgo, isLimited } from './algo-rules.ts'
import type { AccountId, AlgoKey, AlgoOrder, AlgoRequest, Outcome, PlaceRequest } from './exchange.ts'
import type { Ledger, Mutable } from './ledger.ts'
import type { Market } from './market.ts'
import { place, wholeSecond } from './order-desk.ts'
import { closable, reducesOnly, type Venue } from './venue.ts'
import { observe, type WaitingAlgo, waitingAlgo } from './waiting-algo.ts'

/** Algo orders remembered per account; the oldest ended ones go first. */
const ALGO_HISTORY_MAX = 10_000

function tell(venue: Venue, state: AlgoOrder): void {
  venue.emit({ kind: 'algo', account: state.account, at: venue.now, order: { ...state } })
}

function change(venue: Venue, state: Mutable<AlgoOrder>, status: AlgoOrder['status']): void {
  state.status = status
  state.updatedAt = venue.now
  tell(venue, state)
}

function remember({ algos }: Ledger, state: Mutable<AlgoOrder>): void {
  algos.set(state.algoId, state)
  if (algos.size <= ALGO_HISTORY_MAX) return
  for (const { algoId, status } of algos.values()) {
    if (status === 'NEW' || status === 'TRIGGERED') continue
    algos.delete(algoId)
    return
  }
}

export function placeAlgo(venue: Venue, wanted: AlgoRequest): Outcome<AlgoOrder> {
  const market = venue.markets.get(wanted.symbol)
  if (!market) return refused('unknown-symbol', wanted.symbol)
  const request = { ...wanted, reduceOnly: reducesOnly(venue.ledgerOf(wanted.account), wanted) }
  const bad = badAlgo(venue, market, request)
  if (bad) return bad
  const { now } = venue
  const { goodTillDate, ...terms } = request
  const state: Mutable<AlgoOrder> = {
    ...terms,
    ...(goodTillDate === undefined ? {} : { goodTillDate: wholeSecond(goodTillDate) }),
    algoId: venue.nextAlgoId(),
    status: 'NEW',
    createdAt: now,
    updatedAt: now,
  }
  remember(venue.ledgerOf(state.account), state)
  const waiting = waitingAlgo(market, state)
  market.waiting.add(waiting)
  if (state.timeInForce === 'GTD') {
    const end = () => leave(venue, market, waiting, 'EXPIRED')
    venue.agenda.add({ at: state.goodTillDate!, isLive: () => market.waiting.has(waiting), act: end })
  }
  tell(venue, state)
  return { ok: true, value: { ...state } }
}

function leave(venue: Venue, market: Market, waiting: WaitingAlgo, status: 'CANCELED' | 'EXPIRED'): void {
  market.waiting.delete(waiting)
  change(venue, waiting.state, status)
}

export function cancelAlgo(venue: Venue, account: AccountId, key: AlgoKey): Outcome<AlgoOrder> {
  for (const market of venue.markets.values()) {
    for (const waiting of market.waiting) {
      const { state } = waiting
      if (state.account !== account) continue
      if ('algoId' in key ? state.algoId !== key.algoId : state.clientAlgoId !== key.clientAlgoId) continue
      leave(venue, market, waiting, 'CANCELED')
      return { ok: true, value: { ...state } }
    }
  }
  return refused('unknown-order', JSON.stringify(key))
}

/** The order that a trigger makes; it bears the algo order's client id, as on Binance. */
function triggeredRequest(algo: AlgoOrder, size: Lots): PlaceRequest {
  const { account, symbol, side, positionSide, selfTrade, timeInForce, goodTillDate, price } = algo
  const common = {
    ...{ account, symbol, side, size, clientId: algo.clientAlgoId },
    ...(positionSide === undefined ? {} : { positionSide }),
    ...(selfTrade === undefined ? {} : { selfTrade }),
    reduceOnly: algo.reduceOnly || algo.closePosition,
  }
  if (!isLimited(algo.type)) return { ...common, type: 'MARKET', timeInForce: 'IOC' }
  const until = goodTillDate === undefined ? {} : { goodTillDate }
  return { ...common, ...until, type: 'LIMIT', price: price!, timeInForce }
}

function trigger(venue: Venue, market: Market, state: Mutable<AlgoOrder>): void {
  state.triggeredAt = venue.now
  const size = state.closePosition ? (closable(venue, state.account, state.symbol, state.side) as Lots) : state.size
  if (size === 0) {
    change(venue, state, 'EXPIRED')
    return
  }
  change(venue, state, 'TRIGGERING')
  const outcome = place(venue, triggeredRequest(state, size), state.algoId)
  if (outcome.ok) {
    state.orderId = outcome.value.orderId
    market.triggered.add(state)
  }
  change(venue, state, outcome.ok ? 'TRIGGERED' : 'REJECTED')
}

/** Triggered orders whose order has ended. */
function finish(venue: Venue, market: Market): void {
  for (const state of market.triggered) {
    if (venue.live.has(state.orderId!)) continue
    market.triggered.delete(state)
    change(venue, state, 'FINISHED')
  }
}

/** Fires what the market's prices reach, in order of age; every price that its trades make is shown to those that still wait. */
export function fireTriggers(venue: Venue, market: Market): void {
  const reached: WaitingAlgo[] = []
  const look = (): void => {
    for (const waiting of market.waiting) {
      if (!observe(market, waiting)) continue
      market.waiting.delete(waiting)
      reached.push(waiting)
    }
  }
  look()
  for (const { state } of reached) {
    trigger(venue, market, state)
    look()
  }
  finish(venue, market)
}
