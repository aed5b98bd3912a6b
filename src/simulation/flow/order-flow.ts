import { exponential, type Random } from '../../core/random.ts'
import { opposite, type Side, signOf } from '../../core/units.ts'
import { type BookOrder, CROWD } from '../matching/book-side.ts'
import { bookOrder } from '../matching/matching-book.ts'
import { crowd, type FlowVenue } from './crowd.ts'
import { fairPrice } from './fair-price.ts'
import { flowPressure } from './flow-pressure.ts'
import { hawkesProcess } from './hawkes.ts'

/** Decay of the self-excitation, per second. */
const EXCITATION_DECAY = 4
/** How strongly, and over how many orders, the sign of past orders pulls the next one's. */
const SIGN_PULL = 0.8
const SIGN_MEMORY_ORDERS = 40
/** Quotes follow news after this many milliseconds, uniform. */
const REACTION_MS = [50, 150] as const
/** Mean time between looks at the touch, milliseconds. */
const MEND_MS = 100
/** Orders of the flow that rest on one side in the mean; the withdrawals steer there. */
const POOL_TARGET = 40
/** A taker goes no deeper than this many ticks past the best price. */
const SWEEP_TICKS_MAX = 20
const TAKER_SIZE = 1.2

export interface OrderFlowSettings {
  readonly startPriceTicks: number
  readonly volatilityBps: number
  readonly alpha: number
  readonly limitRate: number
  readonly marketRate: number
  readonly excitation: number
  readonly sizeMean: number
}

/** The crowd's order flow in one instrument, in virtual seconds since the start. Deterministic in its random source. */
export interface OrderFlow {
  /** Time of the next step. */
  nextAt(): number
  step(): void
  /** The book lost an order of the crowd. */
  left(order: BookOrder): void
}

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

type Source = 'limit' | 'market' | 'withdraw' | 'news' | 'react' | 'mend'

export function orderFlow(
  settings: OrderFlowSettings,
  random: Random,
  venue: FlowVenue,
  startSeconds: number,
): OrderFlow {
  const { book } = venue
  const people = crowd(venue, random, settings.sizeMean)
  const fair = fairPrice(settings, random, startSeconds)
  const pressure = flowPressure(startSeconds)
  const hawkes = (rate: number) => hawkesProcess(random, rate, settings.excitation, EXCITATION_DECAY, startSeconds)
  const limits = hawkes(settings.limitRate)
  const markets = hawkes(settings.marketRate)
  const withdrawals = hawkes(settings.limitRate)
  const due: Record<Source, number> = {
    limit: limits.next(),
    market: markets.next(),
    withdraw: withdrawals.next(),
    news: fair.nextAt(),
    react: Number.POSITIVE_INFINITY,
    mend: startSeconds + exponential(random, 1000 / MEND_MS),
  }
  const sources = Object.keys(due) as Source[]
  let knownFair = fair.ticks()
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

  function limit(): void {
    const side = drawSide(0)
    const sign = signOf(side)
    const { bid, ask } = quote()
    const draw = random()
    const own = side === 'buy' ? bid : ask
    const deeper = draw < 0.6 ? 0 : draw < 0.7 ? -1 : Math.ceil(exponential(random, 1) * 8)
    const inside = side === 'buy' ? Math.min(ask - 1, Math.round(knownFair)) : Math.max(bid + 1, Math.round(knownFair))
    const price = own - sign * deeper
    people.add(side, side === 'buy' ? Math.min(price, inside) : Math.max(price, inside), people.drawSize(1), true)
  }

  function market(): void {
    const { bid, ask } = quote()
    const gap = fair.ticks() - (bid + ask) / 2
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

  function spontaneous(act: () => void, atSeconds: number): void {
    const before = quote()
    act()
    pressure.add(imbalance(before, quote()), atSeconds)
  }

  function react(): void {
    knownFair = fair.ticks()
    people.requote(knownFair)
  }

  const act: Record<Source, (at: number) => number> = {
    limit: (at) => {
      spontaneous(limit, at)
      return limits.next()
    },
    market: (at) => {
      spontaneous(market, at)
      return markets.next()
    },
    withdraw: (at) => {
      spontaneous(withdraw, at)
      return withdrawals.next()
    },
    news: (at) => {
      fair.news(pressure.takeIntegral(at))
      const [least, most] = REACTION_MS
      due.react = Math.min(due.react, at + (least + random() * (most - least)) / 1000)
      return fair.nextAt()
    },
    react: () => {
      react()
      return Number.POSITIVE_INFINITY
    },
    mend: (at) => {
      people.mend(knownFair)
      return at + exponential(random, 1000 / MEND_MS)
    },
  }

  function first(): Source {
    let earliest: Source = 'limit'
    for (const source of sources) if (due[source] < due[earliest]) earliest = source
    return earliest
  }

  react()
  return {
    nextAt: () => due[first()],
    step() {
      const source = first()
      due[source] = act[source](due[source])
    },
    left: (order) => people.left(order),
  }
}
