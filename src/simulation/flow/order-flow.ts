import { exponential, type Random } from '../../core/random.ts'
import type { BookOrder } from '../matching/book-side.ts'
import { crowd, type FlowVenue } from './crowd.ts'
import { fairPrice } from './fair-price.ts'
import { flowPressure } from './flow-pressure.ts'
import { hawkesProcess } from './hawkes.ts'
import { spontaneousOrders } from './spontaneous-orders.ts'

/** Decay of the self-excitation, per second. */
const EXCITATION_DECAY = 4
/** Quotes follow news after this many milliseconds, uniform. */
const REACTION_MS = [50, 150] as const
/** Mean time between looks at the touch, milliseconds. */
const MEND_MS = 100
interface OrderFlowSettings {
  readonly startPriceTicks: number
  readonly volatilityBps: number
  readonly alpha: number
  /** As of `fairPrice`. */
  readonly alphaFlipSeconds?: number | undefined
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

type Source = 'limit' | 'market' | 'withdraw' | 'news' | 'react' | 'mend'

export function orderFlow(
  settings: OrderFlowSettings,
  random: Random,
  venue: FlowVenue,
  startSeconds: number,
): OrderFlow {
  const people = crowd(venue, random, settings.sizeMean)
  const fair = fairPrice(settings, random, startSeconds)
  const pressure = flowPressure(startSeconds)
  const orders = spontaneousOrders(venue, people, random)
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

  function react(): void {
    knownFair = fair.ticks()
    people.requote(knownFair)
  }

  const act: Record<Source, (at: number) => number> = {
    limit: (at) => {
      pressure.add(orders.limit(knownFair), at)
      return limits.next()
    },
    market: (at) => {
      pressure.add(orders.market(fair.ticks()), at)
      return markets.next()
    },
    withdraw: (at) => {
      pressure.add(orders.withdraw(), at)
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
