import type Big from 'big.js'
import { InputError } from '../../core/errors.ts'
import { converter, type Instrument } from '../../core/instrument.ts'
import { seededRandom } from '../../core/random.ts'
import type { EpochMs } from '../../core/units.ts'
import { contractOf } from '../account/contract.ts'
import { type MarginTier, SINGLE_TIER } from '../account/margin-tiers.ts'
import { type OrderFlow, orderFlow } from '../flow/order-flow.ts'
import { type MatchEvents, type MatchingBook, matchingBook } from '../matching/matching-book.ts'
import type { AlgoOrder } from './exchange.ts'
import type { MarketSettings } from './exchange-settings.ts'
import type { Mutable } from './ledger.ts'
import { type MarkPrice, markPrice } from './mark-price.ts'
import type { DepthSnapshot } from './simulated-exchange.ts'
import type { WaitingAlgo } from './waiting-algo.ts'

/** The flow runs this long, unseen, before the market opens: the queues and the flow's own scale are then as at any other time. */
const WARM_UP_SECONDS = 30

/** One instrument: its book, its crowd, its mark price and its counters. */
export interface Market {
  readonly instrument: Instrument
  readonly tiers: readonly MarginTier[]
  readonly book: MatchingBook
  readonly mark: MarkPrice
  /** Base in one lot, and quote value of one tick × one lot; exact. */
  readonly lotValue: Big
  readonly tickLot: Big
  /** Algo orders of all accounts that wait for their trigger, oldest first, and those whose order lives. */
  readonly waiting: Set<WaitingAlgo>
  readonly triggered: Set<Mutable<AlgoOrder>>
  /** Price of the last trade, ticks; the start price before the first. */
  lastTicks: number
  updateId: number
  tradeId: number
  /** When the crowd acts next. */
  nextAt(): EpochMs
  step(): void
  left: OrderFlow['left']
  /** Quote currency; NaN while a side is empty. */
  mid(): number
  depth(limit: number): DepthSnapshot
}

interface MarketContext {
  readonly seed: number
  readonly startAt: EpochMs
  readonly fundingIntervalMs: number
  nextOrderId(): number
  /** The book's events, once the market is open. */
  readonly events: (market: Market) => Omit<MatchEvents, 'left'>
}

function validate({
  instrument,
  startPriceTicks,
  volatilityBps,
  alpha,
  alphaFlipSeconds = 0,
  ...rest
}: MarketSettings): void {
  const rules: readonly (readonly [string, unknown, boolean, string])[] = [
    ['instrument.inverse', instrument.inverse, !instrument.inverse, 'only linear contracts are simulated'],
    ['startPriceTicks', startPriceTicks, Number.isSafeInteger(startPriceTicks) && startPriceTicks > 0, 'integer > 0'],
    ['volatilityBps', volatilityBps, volatilityBps >= 0 && volatilityBps <= 1000, 'from 0 to 1000 (bps per √s)'],
    ['alpha', alpha, alpha >= 0 && alpha < 1, 'at least 0 and below 1'],
    ['alphaFlipSeconds', alphaFlipSeconds, alphaFlipSeconds >= 0, 'at least 0 (seconds after the start)'],
    ['limitRate', rest.limitRate, rest.limitRate >= 0 && rest.limitRate <= 10_000, 'from 0 to 10000 (per second)'],
    ['marketRate', rest.marketRate, rest.marketRate >= 0 && rest.marketRate <= 10_000, 'from 0 to 10000 (per second)'],
    ['excitation', rest.excitation, rest.excitation >= 0 && rest.excitation < 1, 'at least 0 and below 1'],
    ['sizeMean', rest.sizeMean, rest.sizeMean > 0 && rest.sizeMean <= 1e9, 'above 0, at most 1e9 (lots)'],
  ]
  for (const [key, value, ok, rule] of rules) {
    if (ok) continue
    throw new InputError(`market ${instrument.symbol}: ${key} was ${String(value)}; it must be ${rule}`, { key })
  }
}

export function createMarket(settings: MarketSettings, context: MarketContext): Market {
  validate(settings)
  const { instrument, startPriceTicks } = settings
  const { startAt } = context
  const { tickSize } = converter(instrument)
  const { lotValue, tickSize: exactTick } = contractOf(instrument)
  const decimals = (instrument.tickSize.split('.')[1] ?? '').length
  let open = false
  const book = matchingBook({
    fill: (maker, taker, size) => open && events.fill(maker, taker, size),
    level: (side, price, total) => open && events.level(side, price, total),
    expired: (maker, cause) => events.expired(maker, cause),
    capacity: (order) => events.capacity(order),
    left: (order) => flow.left(order),
  })
  const secondsOf = (seconds: number): EpochMs => (startAt + seconds * 1000) as EpochMs
  const flow = orderFlow(
    settings,
    seededRandom(context.seed),
    { book, nextOrderId: context.nextOrderId },
    -WARM_UP_SECONDS,
  )
  const market: Market = {
    instrument,
    tiers: settings.tiers ?? SINGLE_TIER,
    book,
    mark: markPrice(startPriceTicks * tickSize, startAt, context.fundingIntervalMs, decimals),
    lotValue,
    tickLot: lotValue.times(exactTick),
    waiting: new Set(),
    triggered: new Set(),
    lastTicks: startPriceTicks,
    updateId: 0,
    tradeId: 0,
    nextAt: () => secondsOf(flow.nextAt()),
    step: () => flow.step(),
    left: (order) => flow.left(order),
    mid() {
      const bid = book.bids.best()
      const ask = book.asks.best()
      return bid && ask ? ((bid.price + ask.price) / 2) * tickSize : Number.NaN
    },
    depth: (limit) => ({ lastUpdateId: market.updateId, bids: best(book.bids, limit), asks: best(book.asks, limit) }),
  }
  const events = context.events(market)
  while (flow.nextAt() <= 0) flow.step()
  market.lastTicks = book.bids.best()?.price ?? startPriceTicks
  market.mark.update(market.mid(), startAt)
  open = true
  for (const level of book.bids.levels) events.level('buy', level.price, level.total)
  for (const level of book.asks.levels) events.level('sell', level.price, level.total)
  return market
}

const best = (side: MatchingBook['bids'], limit: number): DepthSnapshot['bids'] =>
  side.levels
    .slice(-limit)
    .map(({ price, total }) => [price, total] as const)
    .reverse()
