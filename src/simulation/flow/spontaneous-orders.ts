import { exponential, type Random } from '../../core/random.ts'
import { opposite, type Side, signOf } from '../../core/units.ts'
import { CROWD } from '../matching/book-side.ts'
import { bookOrder } from '../matching/matching-book.ts'
import type { Crowd, FlowVenue } from './crowd.ts'

/** How strongly, and over how many orders, the sign of past orders pulls the next one's. */
const SIGN_PULL = 0.8
const SIGN_MEMORY_ORDERS = 40
/** Orders of the flow that rest on one side in the mean; the withdrawals steer there. */
const POOL_TARGET = 40
/** A taker goes no deeper than this many ticks past the best price. */
const SWEEP_TICKS_MAX = 20
const TAKER_SIZE = 1.2

interface Quote {
  readonly bid: number
  readonly bidLots: number
  readonly ask: number
  readonly askLots: number
}

/** e_n of Cont, Kukanov, Stoikov 2014 §2, in lots: buying pressure of one change of the best quotes. */
function imbalance(before: Quote, after: Quote): number {
  let e = 0
  if (after.bid >= before.bid) e += after.bidLots
  if (after.bid <= before.bid) e -= before.bidLots
  if (after.ask <= before.ask) e -= after.askLots
  if (after.ask >= before.ask) e += before.askLots
  return e
}

/**
 * Orders that nobody's quoting rule asks for: their sign is random and pulled along by the signs before it. Each call sends one and
 * returns its e_n, the buying pressure that it put on the best quotes, in lots.
 */
interface SpontaneousOrders {
  /** `knownFair`: what the crowd believes, ticks; nobody bids above it or offers below. */
  limit(knownFair: number): number
  /** `fair`: the true value, ticks; takers may know it first. */
  market(fair: number): number
  withdraw(): number
}

export function spontaneousOrders(venue: FlowVenue, people: Crowd, random: Random): SpontaneousOrders {
  const { book } = venue
  let signMean = 0

  function quote(): Quote {
    const bid = book.bids.best()
    const ask = book.asks.best()
    return {
      bid: bid?.price ?? 0,
      bidLots: bid?.total ?? 0,
      ask: ask?.price ?? Number.MAX_SAFE_INTEGER,
      askLots: ask?.total ?? 0,
    }
  }

  /** The side that gains: of buys, of bids, of withdrawn offers. `tilt` in [−1, 1] leans it. */
  function drawSide(tilt: number): Side {
    const lean = Math.max(-0.95, Math.min(0.95, SIGN_PULL * signMean + tilt))
    const side = random() < (1 + lean) / 2 ? 'buy' : 'sell'
    signMean += (signOf(side) - signMean) / SIGN_MEMORY_ORDERS
    return side
  }

  function limit(knownFair: number): void {
    const side = drawSide(0)
    const sign = signOf(side)
    const { bid, ask } = quote()
    const draw = random()
    const isEmpty = side === 'buy' ? bid === 0 : ask === Number.MAX_SAFE_INTEGER
    // An account may have swept the side: its absent best price is no price to join.
    const own = isEmpty ? Math.round(knownFair) : side === 'buy' ? bid : ask
    const deeper = draw < 0.6 ? 0 : draw < 0.7 ? -1 : Math.ceil(exponential(random, 1) * 8)
    const inside = side === 'buy' ? Math.min(ask - 1, Math.round(knownFair)) : Math.max(bid + 1, Math.round(knownFair))
    const price = own - sign * deeper
    people.add(side, side === 'buy' ? Math.min(price, inside) : Math.max(price, inside), people.drawSize(1), true)
  }

  function market(fairTicks: number): void {
    const { bid, ask } = quote()
    const gap = fairTicks - (bid + ask) / 2
    const side = drawSide(Math.abs(gap) > 2 ? Math.sign(gap) * 0.4 : 0)
    const price = side === 'buy' ? ask + SWEEP_TICKS_MAX : Math.max(1, bid - SWEEP_TICKS_MAX)
    book.submit(bookOrder(venue.nextOrderId(), CROWD, side, price, people.drawSize(TAKER_SIZE)), 'IOC')
  }

  function withdraw(): void {
    const side = opposite(drawSide(0))
    for (let count = Math.floor(people.pooled(side) / POOL_TARGET + random()); count > 0; count -= 1) {
      people.withdraw(side)
    }
  }

  function measured(act: () => void): number {
    const before = quote()
    act()
    return imbalance(before, quote())
  }

  return {
    limit: (knownFair) => measured(() => limit(knownFair)),
    market: (fair) => measured(() => market(fair)),
    withdraw: () => measured(withdraw),
  }
}
