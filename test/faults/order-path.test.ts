import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Big from 'big.js'
import { expect, test } from 'vitest'
import { type CcxtGateway, createCcxtGateway } from '../../src/adapters/ccxt/order-gateway.ts'
import { systemClock } from '../../src/adapters/clock/system-clock.ts'
import { systemScheduler } from '../../src/adapters/clock/system-scheduler.ts'
import { startExchangeServer } from '../../src/adapters/exchange-server/exchange-server.ts'
import type { OrderFault } from '../../src/adapters/exchange-server/order-faults.ts'
import { openState, type State } from '../../src/adapters/sqlite/open-state.ts'
import { InputError } from '../../src/core/errors.ts'
import { type OrderState, TERMINAL } from '../../src/core/order.ts'
import { seededRandom } from '../../src/core/random.ts'
import { epochMs, lots, signOf, ticks } from '../../src/core/units.ts'
import { createBinanceProtocol, DEMO_KEY } from '../../src/simulation/binance/binance-protocol.ts'
import { createExchange } from '../../src/simulation/exchange/create-exchange.ts'
import { demoMarkets } from '../../src/simulation/exchange/demo-markets.ts'
import { TRANSITIONS } from '../../src/trading/order-lifecycle.ts'
import { type Trader, trader } from '../../src/trading/trader.ts'
import { decided } from '../trading/support/decisions.ts'

const BTC = 'BTC/USDT:USDT'
const SEED = 20_261_121
const STORM_MS = 16_000
const QUIET_MS_MAX = 8_000
const ORDER_FAULTS: readonly OrderFault[] = [
  { kind: 'accept-but-lose-response' },
  { kind: '503-accepted' },
  { kind: '503-not-accepted' },
  { kind: 'delay', ms: 300 },
  { kind: 'delay', ms: 1_500 },
]
const clock = systemClock()
const scheduler = systemScheduler()

type Served = Awaited<ReturnType<typeof serve>>

/** Served Binance with room for a day's requests in half a minute. */
async function serve() {
  const startAt = clock.now()
  const fundingIntervalMs = 28_800_000
  const exchange = createExchange({ seed: 7, startAt, markets: demoMarkets(0.5), deposit: '10000', fundingIntervalMs })
  const protocol = createBinanceProtocol(exchange, { now: startAt, fundingIntervalMs, requestWeightMax: 1_000_000 })
  const keys = [DEMO_KEY]
  const server = await startExchangeServer({ clock, port: 0, keys, seed: 7, protocol, listenKeyLifeMs: 5_000 })
  return { exchange, protocol, server }
}

/** One life of the order path, from opening the state file to dropping everything. */
interface Life {
  readonly state: State
  readonly gateway: CcxtGateway
  readonly trader: Trader
}

/** What no moment may show. I4: sent before it was written. I6: a step that is neither legal nor told as a correction. */
function watch({ state, trader: subject }: Life, violations: string[]): void {
  const known = new Map<string, OrderState>()
  for (const { clientId, state: before } of state.journal.openOrders()) known.set(clientId, before)
  subject.events$.subscribe((event) => {
    if (event.kind === 'halt') violations.push(`halt: ${event.detail}`)
    if (event.kind === 'overfill' || event.kind === 'noisy-fill') violations.push(event.kind)
    if (event.kind !== 'order') return
    const { clientId, state: next, origin } = event.order
    const before = known.get(clientId) ?? (origin === 'own' ? 'intended' : next)
    if (next !== before && !TRANSITIONS[before].has(next) && !event.correction) {
      violations.push(`I6: ${clientId} ${before} -> ${next}`)
    }
    known.set(clientId, next)
  })
}

async function live(served: Served, path: string, violations: string[], sent: string[]): Promise<Life> {
  const state = openState(path, { mode: 'test', venue: 'simulated' })
  const instruments = served.exchange.instruments.filter(({ symbol }) => symbol === BTC)
  const gateway = createCcxtGateway({
    ...{ clock, scheduler, random: seededRandom(1), instruments, baseUrl: served.server.url },
    ...{ credentials: DEMO_KEY, requestTimeoutMs: 500, recvWindowMs: 1_000, keepAliveMs: 1_000 },
  })
  const submit = gateway.submit.bind(gateway)
  gateway.submit = (order) => {
    if (!state.journal.order(order.clientId)) violations.push(`I4: ${order.clientId} sent before it was written`)
    sent.push(order.clientId)
    return submit(order)
  }
  const subject = trader({
    ...{ gateway, journal: state.journal, instruments, clock, scheduler },
    settings: { absentGuardMs: 1_200, probeDelayMs: 50, settleMs: 150, reconcileMs: 1_000, roundsMax: 3 },
  })
  const life = { state, gateway, trader: subject }
  watch(life, violations)
  await gateway.start()
  for (;;) {
    try {
      await subject.start()
      return life
    } catch (error) {
      if (error instanceof InputError) throw error
      await sleep(100)
    }
  }
}

/** As a crash would: nothing is awaited, the store is gone first. */
async function drop({ state, gateway, trader: subject }: Life, isCrash: boolean): Promise<void> {
  if (isCrash) state.close()
  await subject.stop()
  await gateway.close()
  if (!isCrash) state.close()
}

test('a storm of faults on the order path: nothing is sent twice, and after it the ledger is the venue’s', async () => {
  const random = seededRandom(SEED)
  const pick = (count: number) => Math.floor(random() * count)
  const served = await serve()
  const folder = mkdtempSync(join(tmpdir(), 'tickwright-order-path-'))
  const path = join(folder, 'test.sqlite')
  const violations: string[] = []
  const sent: string[] = []
  let life = await live(served, path, violations, sent)
  const { faults } = served.server

  const quotes = () => {
    const { bids, asks } = served.exchange.depth(BTC, 1)
    return { bid: bids[0]![0], ask: asks[0]![0] }
  }
  const placeOne = (index: number): void => {
    const { bid, ask } = quotes()
    const side = pick(2) === 0 ? 'buy' : 'sell'
    const resting = pick(4) === 0
    const price = side === 'buy' ? (resting ? bid - 20 : ask + pick(3)) : resting ? ask + 20 : bid - pick(3)
    const size = lots(5 + pick(400))
    const { order, record } = decided(index, {
      ...{ side, price: ticks(price), lots: size, timeInForce: resting ? 'GTC' : 'IOC', createdAt: clock.now() },
    })
    life.trader.place(order, record)
    if (pick(6) === 0) life.trader.place(order, record) // The same bar again.
  }
  const byHand = (): void => {
    const { bid } = quotes()
    const request = { account: 'demo', symbol: BTC, side: 'sell', type: 'LIMIT', size: lots(3) } as const
    served.exchange.place(
      { ...request, price: ticks(bid), timeInForce: 'IOC', reduceOnly: false, clientId: `web-${random()}` },
      clock.now(),
    )
  }
  const strike = (): void => {
    const kind = pick(12)
    if (kind < 6) faults.onOrders(1, ORDER_FAULTS[pick(ORDER_FAULTS.length)]!)
    else if (kind === 6) faults.onOrders(1, ORDER_FAULTS[pick(ORDER_FAULTS.length)]!, 'cancel')
    else if (kind === 7) faults.closeSockets('private')
    else if (kind === 8) faults.expireListenKey('demo')
    else if (kind === 9) faults.refuseConnections(100 + pick(900))
    else if (kind === 10) byHand()
    else void life.trader.cancelAll().catch(() => undefined) // A crash may take its store away.
  }

  const restartsAt = [STORM_MS * 0.35, STORM_MS * 0.7]
  const startedAt = clock.monotonicMs()
  let index = 0
  while (clock.monotonicMs() - startedAt < STORM_MS) {
    await sleep(20 + pick(60))
    placeOne(++index)
    if (pick(3) === 0) strike()
    if (restartsAt[0] !== undefined && clock.monotonicMs() - startedAt > restartsAt[0]) {
      const isCrash = restartsAt.length === 2
      restartsAt.shift()
      const told = violations.length
      await drop(life, isCrash)
      if (isCrash) violations.length = told // A closed store makes it halt, as it must.
      life = await live(served, path, violations, sent)
    }
  }
  const quietUntil = clock.monotonicMs() + QUIET_MS_MAX
  do {
    await sleep(200)
    await life.trader.cancelAll()
    await life.trader.reconcile('reconnect')
  } while (
    (life.trader.freezes(BTC).size > 0 || life.trader.openOrders().length > 0) &&
    clock.monotonicMs() < quietUntil
  )
  const last = await life.trader.reconcile('stop')

  const { journal } = life.state
  const ledger = served.protocol.ledger('demo')
  expect(violations).toEqual([])
  expect(last).toMatchObject({ answered: true, positionMatches: true, balanceMatches: true })
  expect([...life.trader.freezes(BTC)]).toEqual([])
  expect(index).toBeGreaterThan(50)
  // I3: every intent at most one order, nothing sent twice.
  expect(new Set(sent).size).toBe(sent.length)
  expect(sent.length).toBeLessThanOrEqual(journal.counts().intents)
  const own = ledger.orders.filter(({ clientOrderId }) => clientOrderId.startsWith('tw-'))
  expect(new Set(own.map(({ clientOrderId }) => clientOrderId)).size).toBe(own.length)
  // I2: order by order.
  const convert = (quantity: string) => Math.round(Number(quantity) * 1_000)
  for (const row of own) {
    expect(journal.order(row.clientOrderId), row.clientOrderId).toMatchObject({
      ...{ origin: 'own', venueId: String(row.orderId), filledLots: convert(row.executedQty) },
      appliedLots: convert(row.executedQty),
    })
  }
  for (const clientId of sent) {
    const order = journal.order(clientId)!
    expect(TERMINAL.has(order.state), `${clientId} ${order.state}`).toBe(true)
    const atVenue = own.find(({ clientOrderId }) => clientOrderId === clientId)
    const ended = { FILLED: 'filled', CANCELED: 'cancelled', EXPIRED: 'expired' }[String(atVenue?.status)]
    if (atVenue) expect(order.state).toBe(ended)
    else expect(['rejected', 'absent']).toContain(order.state)
  }
  // I1, I5, I10: fills, position and wallet to the last digit.
  const fills = journal.fillsSince(epochMs(0))
  const theirs = ledger.fills.map(({ id }) => String(id)).sort()
  expect(fills.map(({ tradeId }) => tradeId).sort()).toEqual(theirs)
  const sum = fills.reduce((total, fill) => total + signOf(fill.side) * fill.lots, 0)
  const held = ledger.positions.find(({ symbol }) => symbol === 'BTCUSDT')
  expect(life.trader.position(BTC)?.lots).toBe(sum)
  expect(sum).toBe(convert(held?.positionAmt ?? '0'))
  const money = life.trader.money('USDT')!
  expect(new Big(money.wallet).eq(ledger.wallet), `${money.wallet} = ${ledger.wallet}`).toBe(true)
  expect(money.cash).toBe('0') // Every change was explained by a fill.

  await drop(life, false)
  await served.server.close()
  rmSync(folder, { recursive: true })
}, 60_000)
