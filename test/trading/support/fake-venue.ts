import Big from 'big.js'
import { Subject } from 'rxjs'
import type { Clock } from '../../../src/core/clock.port.ts'
import { TransientError } from '../../../src/core/errors.ts'
import type { Instrument } from '../../../src/core/instrument.ts'
import { type ApprovedOrder, type Fill, isImmediate, type OrderReport } from '../../../src/core/order.ts'
import type { Scheduler } from '../../../src/core/scheduler.port.ts'
import { epochMs, lots, signOf, ticks } from '../../../src/core/units.ts'
import type { AccountEvent, OrderGateway, OrderLookup, Submission } from '../../../src/trading/order-gateway.port.ts'

export const BTC: Instrument = {
  symbol: 'BTC/USDT:USDT',
  venueSymbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: '0.1',
  lotSize: '0.001',
  contractSize: '1',
  inverse: false,
  lotsMin: 1,
  lotsMax: 1_000_000,
  lotsMaxMarket: 1_000_000,
  notionalMin: 5,
  makerFeeRate: 0.0002,
  takerFeeRate: 0.0005,
}

export const START_AT = Date.UTC(2026, 0, 5, 12)

/** Time that passes only in sleeps; one microtask turn each, so that others may act. */
export function virtualTime() {
  let now = START_AT
  const clock: Clock = { now: () => epochMs(now), monotonicMs: () => now - START_AT }
  const scheduler: Scheduler = {
    async sleep(ms, signal) {
      await Promise.resolve()
      if (!signal?.aborted) now += ms
    },
  }
  const advance = (ms: number): void => {
    now += ms
  }
  return { clock, scheduler, advance }
}

/** What becomes of a request to place an order. `hang`: accepted, never answered; `vanish`: never arrives, never answered. */
export type Fate = 'ok' | 'reject' | 'lose-request' | 'lose-response' | 'hang' | 'vanish'

/** A venue whose every answer and every frame the test decides. Its own ledger is the truth. Fee: 1 per lot; wallet: 10,000. */
export function fakeVenue(clock: Clock) {
  const events = new Subject<AccountEvent>()
  const orders = new Map<string, OrderReport>()
  const fills: Fill[] = []
  const submitted: string[] = []
  const pending: AccountEvent[] = []
  let wallet = new Big(10_000)
  let position = 0
  let hiddenUntil = 0
  let silent = false
  let tick = START_AT
  const script = {
    fate: 'ok' as Fate,
    fillLots: Number.POSITIVE_INFINITY,
    onSubmit: (_order: ApprovedOrder): void => undefined,
    onSnapshot: (): void => undefined,
  }
  let lookups = 0

  /** The venue's clock moves with every change, so that reports can be told apart. */
  const stamp = () => {
    tick = Math.max(tick + 1, clock.now())
    return epochMs(tick)
  }
  function change(clientId: string, fields: Partial<OrderReport>): void {
    const before = orders.get(clientId)
    if (!before) throw new Error(`no order ${clientId}`)
    const report = { ...before, ...fields, updatedAt: stamp() }
    orders.set(clientId, report)
    pending.push({ kind: 'order', report })
  }
  function execute(clientId: string, size: number): void {
    const order = orders.get(clientId)!
    const filledLots = lots(order.filledLots + size)
    position += signOf(order.side) * size
    wallet = wallet.minus(size)
    change(clientId, { filledLots, state: filledLots >= order.lots ? 'filled' : 'partial' })
    const fill: Fill = {
      symbol: order.symbol,
      tradeId: `t${fills.length + 1}`,
      clientId,
      venueId: order.venueId,
      side: order.side,
      price: ticks(1000),
      lots: lots(size),
      fee: String(size),
      feeCurrency: 'USDT',
      realisedPnl: '0',
      maker: false,
      at: epochMs(tick),
    }
    fills.push(fill)
    pending.push({ kind: 'fill', fill })
  }
  function accept(order: ApprovedOrder): string {
    const venueId = `v${orders.size + 1}`
    const { symbol, clientId, side, lots: size, price, reduceOnly } = order
    const filled = { state: 'open' as const, filledLots: lots(0), updatedAt: stamp() }
    orders.set(clientId, { symbol, clientId, venueId, side, lots: size, priceTicks: price, reduceOnly, ...filled })
    pending.push({ kind: 'order', report: orders.get(clientId)! })
    const now = Math.min(script.fillLots, size)
    if (now > 0) execute(clientId, now)
    if (isImmediate(order) && now < size) change(clientId, { state: 'expired' })
    return venueId
  }
  function snapshot() {
    if (silent) throw new TransientError('no answer')
    const updatedAt = epochMs(tick)
    const answer = {
      openOrders: [...orders.values()].filter(({ state }) => state === 'open' || state === 'partial'),
      positions: [{ symbol: BTC.symbol, lots: lots(position), entryPrice: position === 0 ? '0' : '100', updatedAt }],
      balances: [{ currency: 'USDT', wallet: wallet.toFixed(), updatedAt }],
    }
    script.onSnapshot()
    return answer
  }

  const gateway: OrderGateway = {
    venue: 'fake',
    events$: events,
    async submit(order): Promise<Submission> {
      submitted.push(order.clientId)
      script.onSubmit(order)
      const { fate } = script
      if (fate === 'reject') return { kind: 'rejected', code: '-2019', reason: 'Margin is insufficient.' }
      if (fate === 'vanish') return new Promise(() => undefined)
      if (fate === 'lose-request') return { kind: 'unknown', cause: 'timeout' }
      if (orders.has(order.clientId)) return { kind: 'unknown', cause: 'duplicate client id' }
      const venueId = accept(order)
      if (fate === 'hang') return new Promise(() => undefined)
      return fate === 'lose-response' ? { kind: 'unknown', cause: '503' } : { kind: 'accepted', venueId }
    },
    async cancel(_symbol, clientId) {
      const order = orders.get(clientId)
      if (order?.state !== 'open' && order?.state !== 'partial') return { kind: 'gone' }
      change(clientId, { state: 'cancelled' })
      return { kind: 'cancelled' }
    },
    async find(_symbol, clientId): Promise<OrderLookup> {
      lookups++
      if (silent) return { kind: 'unknown', cause: 'no answer' }
      const report = clock.now() < hiddenUntil ? undefined : orders.get(clientId)
      return report ? { kind: 'found', report } : { kind: 'absent' }
    },
    snapshot: async () => snapshot(),
    async fillsSince(_symbol, since) {
      if (silent) throw new TransientError('no answer')
      // As Binance: REST fills carry no client id.
      return fills.filter(({ at }) => at >= since).map((fill) => ({ ...fill, clientId: '' }))
    },
    close: async () => events.complete(),
  }
  return {
    gateway,
    orders,
    fills,
    submitted,
    script,
    execute,
    change,
    /** Frames on their way. */
    pending,
    emit: (event: AccountEvent) => events.next(event),
    /** Delivers the frames on their way, as `arrange` orders, drops or repeats them. */
    deliver(arrange: (frames: AccountEvent[]) => AccountEvent[] = (frames) => frames): void {
      for (const event of arrange(pending.splice(0))) events.next(event)
    },
    /** An order made by hand, elsewhere. */
    byHand: (order: ApprovedOrder) => accept(order),
    transfer(amount: number): void {
      wallet = wallet.plus(amount)
    },
    hideFor(ms: number): void {
      hiddenUntil = clock.now() + ms
    },
    setSilent(value: boolean): void {
      silent = value
    },
    lookups: () => lookups,
    position: () => position,
    wallet: () => wallet.toFixed(),
  }
}
