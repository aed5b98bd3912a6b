import { expect, test } from 'vitest'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { TimeInForce } from '../../../src/core/order.ts'
import { epochMs, lots, type Side, ticks } from '../../../src/core/units.ts'
import { createExchange } from '../../../src/simulation/exchange/create-exchange.ts'
import type { ExchangeOutput } from '../../../src/simulation/exchange/exchange-output.ts'
import { SimulatedVenue } from '../../../src/simulation/venue/simulated-venue.ts'
import { bookSimulation } from '../../../src/simulation/venue/simulation-settings.ts'
import { approved } from '../../trading/support/approved.ts'
import { INSTRUMENT, MARKET, START_AT } from './support/recorded-session.ts'

const { symbol } = INSTRUMENT
const ACCOUNT = 'tester'
const STEP_MS = 7
const STEPS = 6_000

interface Planned {
  readonly clientId: string
  readonly step: number
  readonly side: Side
  readonly lots: number
  readonly type: 'limit' | 'market'
  readonly timeInForce: Extract<TimeInForce, 'GTC' | 'IOC' | 'FOK' | 'GTX'>
  /** Ticks beyond the other side's best; negative: short of it. */
  readonly collarTicks: number
}

type Kind = Pick<Planned, 'type' | 'timeInForce' | 'collarTicks'>
const TAKING: readonly Kind[] = [
  { type: 'limit', timeInForce: 'IOC', collarTicks: 20 },
  { type: 'market', timeInForce: 'GTC', collarTicks: 0 },
  { type: 'limit', timeInForce: 'FOK', collarTicks: 5 },
]
const RESTING: readonly Kind[] = [
  { type: 'limit', timeInForce: 'GTC', collarTicks: -40 },
  { type: 'limit', timeInForce: 'GTX', collarTicks: -15 },
]
const LOTS_RESTING = 25

/** Apart from each other: a taker that met our own resting order would end it (self-trade prevention). */
const planned = (kinds: readonly Kind[], sizeOf: (nth: number) => number): readonly Planned[] =>
  Array.from({ length: 120 }, (_, nth) => ({
    ...{ clientId: `order-${nth}`, step: 40 + nth * 40, lots: sizeOf(nth) },
    side: (nth >> 2) % 2 === 0 ? 'buy' : 'sell',
    ...kinds[nth % kinds.length]!,
  }))

/** The exchange's own output, every change by itself: the tape that knows everything. */
function eventOf(output: ExchangeOutput): MarketEvent | undefined {
  if (output.kind !== 'level' && output.kind !== 'trade') return undefined
  const stamp = { symbol, exchangeTime: output.at, receivedAt: output.at }
  if (output.kind === 'trade') {
    const { tradeId, price, size, side } = output
    return { kind: 'trade', ...stamp, tradeId, price, size, side }
  }
  const level = [output.price, output.size]
  const ids = { firstId: output.updateId, lastId: output.updateId, prevId: output.updateId - 1 }
  const [bids, asks] = output.side === 'buy' ? [level, []] : [[], level]
  return { kind: 'book', type: 'delta', ...stamp, ...ids, bids, asks }
}

type Filled = Map<string, { readonly price: number; readonly lots: number; readonly maker: boolean }[]>

const add = (filled: Filled, clientId: string, price: number, size: number, maker: boolean): void => {
  const fills = filled.get(clientId) ?? []
  filled.set(clientId, fills)
  const last = fills.at(-1)
  // The exchange prints one fill per stranger's order, the venue one per level.
  if (last?.price === price && last.maker === maker) fills[fills.length - 1] = { ...last, lots: last.lots + size }
  else fills.push({ price, lots: size, maker })
}

/** The same orders at the exchange and at the venue that follows its output, both without latency. */
async function both(
  seed: number,
  orders: readonly Planned[],
): Promise<{ readonly real: Filled; readonly simulated: Filled }> {
  const real: Filled = new Map()
  const simulated: Filled = new Map()
  const startAt = epochMs(START_AT)
  const exchange = createExchange({
    ...{ seed, startAt, markets: [MARKET] },
    ...{ deposit: '10000000', fundingIntervalMs: 28_800_000 },
  })
  const venue = new SimulatedVenue({
    instruments: [INSTRUMENT],
    simulation: bookSimulation(0),
    ...{ deposit: '10000000', leverage: 20 },
  })
  venue.events$.subscribe((event) => {
    if (event.kind === 'fill') add(simulated, event.fill.clientId, event.fill.price, event.fill.lots, event.fill.maker)
  })
  exchange.drain()
  const { lastUpdateId, bids, asks } = exchange.depth(symbol, 1_000)
  venue.onMarketEvent({
    ...{ kind: 'book', type: 'snapshot', symbol, exchangeTime: startAt, receivedAt: startAt },
    ...{ firstId: lastUpdateId, lastId: lastUpdateId, prevId: 0, bids: bids.flat(), asks: asks.flat() },
  })
  const tell = (): void => {
    for (const output of exchange.drain()) {
      const event = eventOf(output)
      if (event) venue.onMarketEvent(event)
    }
  }
  for (let step = 1; step <= STEPS; step += 1) {
    const now = epochMs(START_AT + step * STEP_MS)
    exchange.advance(now)
    tell()
    for (const { clientId, side, lots: size, type, timeInForce, collarTicks } of orders.filter(
      (one) => one.step === step,
    )) {
      const best = exchange.depth(symbol, 1)
      const price = ticks(side === 'buy' ? best.asks[0]![0] + collarTicks : best.bids[0]![0] - collarTicks)
      const order = { clientId, symbol, side, timeInForce, reduceOnly: false }
      await venue.submit(approved({ ...order, type, price, lots: lots(size), createdAt: now }))
      const limit = type === 'limit' ? ({ type: 'LIMIT', price } as const) : ({ type: 'MARKET' } as const)
      expect(exchange.place({ ...order, ...limit, account: ACCOUNT, size: lots(size) }, now).ok).toBe(true)
      tell()
    }
  }
  for (const { clientId, price, size, maker } of exchange.fills(ACCOUNT)) add(real, clientId, price, size, maker)
  return { real, simulated }
}

const total = (filled: Filled, clientId: string): number =>
  (filled.get(clientId) ?? []).reduce((sum, { lots: size }) => sum + size, 0)

test.each([1, 2, 3])(
  'seed %i: orders that take fill at the prices and sizes of the exchange, all of them',
  async (seed) => {
    const orders = planned(TAKING, (nth) => 5 + ((nth * 197) % 900))
    const { real, simulated } = await both(seed, orders)
    expect(simulated).toEqual(real)
    expect(orders.reduce((sum, { clientId }) => sum + total(real, clientId), 0)).toBeGreaterThan(20_000)
    expect([...real.values()].filter((fills) => fills.length > 1).length).toBeGreaterThan(20)
  },
)

test.each([1, 2, 3])(
  'seed %i: orders that rest fill where they do in truth or not at all, at their own price as makers',
  async (seed) => {
    const orders = planned(RESTING, () => LOTS_RESTING)
    const { real, simulated } = await both(seed, orders)
    // Only trades move the simulated queue: cancels before us are not believed, so we are served later than in truth.
    for (const { clientId } of orders) expect(total(simulated, clientId)).toBeLessThanOrEqual(total(real, clientId))
    for (const [clientId, fills] of simulated) {
      expect(fills.map(({ price, maker }) => [price, maker])).toEqual([[real.get(clientId)?.[0]?.price, true]])
    }
    const equal = orders.filter(({ clientId }) => total(simulated, clientId) === total(real, clientId)).length
    expect(equal / orders.length).toBeGreaterThanOrEqual(0.95)
    expect(simulated.size).toBeGreaterThan(20)
  },
)
