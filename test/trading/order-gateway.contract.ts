import Big from 'big.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { converter, type Instrument } from '../../src/core/instrument.ts'
import type { ApprovedOrder, Fill, OrderIntent, OrderReport } from '../../src/core/order.ts'
import { type EpochMs, epochMs, type Lots, lots, type Side, signOf, type Ticks, ticks } from '../../src/core/units.ts'
import type { AccountEvent, OrderGateway } from '../../src/trading/order-gateway.port.ts'
import { approved } from './support/approved.ts'

/** A fresh account with money and no position, at a venue whose market lives only as far as `pass` lets it. */
export interface GatewayBench {
  readonly gateway: OrderGateway
  /** Any linear instrument with both sides quoted, deep enough for 10 × its least order. */
  readonly instrument: Instrument
  /** Best quotes now, as the venue has them. */
  quotes(): Promise<{ readonly bidTicks: number; readonly askTicks: number }>
  /** Lets some time pass (≤ 100 ms of it real), so that what is on its way arrives. */
  pass(): Promise<void>
  /** Venue clock. */
  now(): EpochMs
  close(): Promise<void>
}

const PASSES_MAX = 100
/** Share of the price by which an order is far from the market, yet within every venue's price band. */
const FAR = 0.03

/** What every `OrderGateway` promises, against a living venue. `make` runs before each test. */
export function orderGatewayContract(name: string, make: () => Promise<GatewayBench>): void {
  describe(`OrderGateway contract: ${name}`, () => {
    let bench: GatewayBench
    let events: AccountEvent[]
    let startedAt: EpochMs
    let count = 0

    beforeEach(async () => {
      bench = await make()
      events = []
      bench.gateway.events$.subscribe((event) => events.push(event))
      startedAt = epochMs(bench.now() - 60_000)
    })
    afterEach(async () => {
      await bench.gateway.close()
      await bench.close()
    })

    const symbol = () => bench.instrument.symbol
    async function until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
      for (let pass = 0; pass < PASSES_MAX; pass++) {
        const value = await probe()
        if (value !== undefined) return value
        await bench.pass()
      }
      throw new Error(`${what}: not seen after ${PASSES_MAX} passes; events: ${JSON.stringify(events)}`)
    }
    const reports = (clientId: string): OrderReport[] =>
      events.flatMap((event) => (event.kind === 'order' && event.report.clientId === clientId ? [event.report] : []))
    const fills = (clientId: string): Fill[] =>
      events.flatMap((event) => (event.kind === 'fill' && event.fill.clientId === clientId ? [event.fill] : []))
    const orderState = (clientId: string, state: OrderReport['state']) =>
      until(`order ${clientId} ${state}`, () => reports(clientId).find((report) => report.state === state))
    const filled = async (order: ApprovedOrder) =>
      until(`fills of ${order.clientId}`, () => {
        const mine = fills(order.clientId)
        return mine.reduce((sum, fill) => sum + fill.lots, 0) === order.lots ? mine : undefined
      })

    /** Three times the least order at `price`. */
    function sizeAt(price: number): Lots {
      const { lotsMin, notionalMin } = bench.instrument
      const perLot = converter(bench.instrument).notional(price, 1)
      return lots(Math.max(lotsMin, Math.ceil(notionalMin / perLot)) * 3)
    }
    async function order(
      kind: 'resting' | 'crossing' | 'market',
      side: Side,
      fields: Parameters<typeof approved>[0] | object = {},
    ) {
      const { bidTicks, askTicks } = await bench.quotes()
      const far = Math.ceil(bidTicks * FAR)
      const near = kind === 'resting' ? -far : far
      const price = side === 'buy' ? askTicks + near : bidTicks - near
      return approved({
        clientId: `tw-contract-${++count}-${startedAt.toFixed(0)}`,
        symbol: symbol(),
        side,
        lots: sizeAt(Math.min(price, bidTicks)),
        price: ticks(price),
        type: kind === 'market' ? 'market' : 'limit',
        timeInForce: kind === 'resting' ? 'GTC' : 'IOC',
        createdAt: bench.now(),
        ...fields,
      })
    }
    async function accept(request: ApprovedOrder): Promise<string> {
      const submission = await bench.gateway.submit(request)
      if (submission.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(submission)}`)
      return submission.venueId
    }
    const position = async () => (await bench.gateway.snapshot([symbol()])).positions.find((p) => p.symbol === symbol())
    const wallet = async () => {
      const { balances } = await bench.gateway.snapshot([symbol()])
      return new Big(balances.find((balance) => balance.currency === bench.instrument.settle)?.wallet ?? Number.NaN)
    }

    test('a fresh account is flat, with money, without orders, and every instrument asked for is there', async () => {
      const snapshot = await bench.gateway.snapshot([symbol()])
      expect(snapshot.openOrders).toEqual([])
      expect(snapshot.positions).toMatchObject([{ symbol: symbol(), lots: 0, entryPrice: '0' }])
      expect((await wallet()).gt(0)).toBe(true)
      expect(await bench.gateway.fillsSince(symbol(), startedAt)).toEqual([])
    })

    test('a resting order is accepted, found by its client id, listed as open and reported on the stream', async () => {
      const request = await order('resting', 'buy')
      const venueId = await accept(request)
      const expected = {
        symbol: symbol(),
        clientId: request.clientId,
        venueId,
        state: 'open',
        side: 'buy',
        lots: request.lots,
        filledLots: 0,
        priceTicks: request.price,
        reduceOnly: false,
      }
      expect(await bench.gateway.find(symbol(), request.clientId)).toMatchObject({ kind: 'found', report: expected })
      expect((await bench.gateway.snapshot([symbol()])).openOrders).toMatchObject([expected])
      expect(await orderState(request.clientId, 'open')).toMatchObject(expected)
    })

    test('cancel: cancelled, then gone; the order is found as cancelled, no longer open, and reported', async () => {
      const request = await order('resting', 'sell')
      await accept(request)
      expect(await bench.gateway.cancel(symbol(), request.clientId)).toEqual({ kind: 'cancelled' })
      expect(await bench.gateway.cancel(symbol(), request.clientId)).toEqual({ kind: 'gone' })
      expect(await bench.gateway.find(symbol(), request.clientId)).toMatchObject({ report: { state: 'cancelled' } })
      expect((await bench.gateway.snapshot([symbol()])).openOrders).toEqual([])
      const open = await orderState(request.clientId, 'open')
      const cancelled = await orderState(request.clientId, 'cancelled')
      expect(cancelled.updatedAt).toBeGreaterThanOrEqual(open.updatedAt)
    })

    test('an id never used is absent, and cancelling it finds nothing', async () => {
      expect(await bench.gateway.find(symbol(), 'tw-never-used')).toEqual({ kind: 'absent' })
      expect(await bench.gateway.cancel(symbol(), 'tw-never-used')).toEqual({ kind: 'gone' })
    })

    test('a repeated client id is never called rejected and makes no second order', async () => {
      const request = await order('resting', 'buy')
      await accept(request)
      expect((await bench.gateway.submit(request)).kind).not.toBe('rejected')
      expect((await bench.gateway.snapshot([symbol()])).openOrders).toHaveLength(1)
    })

    test.each<['market' | 'crossing', Side]>([
      ['market', 'buy'],
      ['market', 'sell'],
      ['crossing', 'buy'],
      ['crossing', 'sell'],
    ])('a %s %s fills: stream and REST tell the same fills, position and wallet follow', async (kind, side) => {
      const before = await wallet()
      const request = await order(kind, side)
      const venueId = await accept(request)
      const streamed = await filled(request)
      for (const fill of streamed) expect(fill).toMatchObject({ symbol: symbol(), side, venueId, maker: false })
      expect(new Set(streamed.map((fill) => fill.tradeId)).size).toBe(streamed.length)
      expect(await orderState(request.clientId, 'filled')).toMatchObject({ filledLots: request.lots })
      expect(await position()).toMatchObject({ lots: signOf(side) * request.lots })

      const fetched = await bench.gateway.fillsSince(symbol(), startedAt)
      expect(fetched.map(essence)).toEqual(streamed.map(essence))
      expect(await bench.gateway.fillsSince(symbol(), streamed[0]!.at)).toHaveLength(streamed.length) // Inclusive.
      const paid = streamed.reduce((sum, fill) => sum.plus(fill.realisedPnl).minus(fill.fee), new Big(0))
      expect((await wallet()).minus(before).minus(paid).abs().toNumber()).toBeLessThan(1e-6)
    })

    test('a round trip ends flat, its realised profit explains the wallet', async () => {
      const before = await wallet()
      const enter = await order('market', 'buy')
      await accept(enter)
      await filled(enter)
      const leave = await order('market', 'sell', { lots: enter.lots, reduceOnly: true })
      await accept(leave)
      await filled(leave)
      expect(await position()).toMatchObject({ lots: 0, entryPrice: '0' })
      const all = await bench.gateway.fillsSince(symbol(), startedAt)
      expect(all.map((fill) => fill.at)).toEqual(all.map((fill) => fill.at).sort((a, b) => a - b))
      const paid = all.reduce((sum, fill) => sum.plus(fill.realisedPnl).minus(fill.fee), new Big(0))
      expect((await wallet()).minus(before).minus(paid).abs().toNumber()).toBeLessThan(1e-6)
    })

    test('an IOC limit away from the market ends without a fill', async () => {
      const request = await order('resting', 'buy', { timeInForce: 'IOC' })
      await accept(request)
      const ended = await until('an end', async () => {
        const lookup = await bench.gateway.find(symbol(), request.clientId)
        return lookup.kind === 'found' && lookup.report.state !== 'open' ? lookup.report : undefined
      })
      expect(['expired', 'cancelled']).toContain(ended.state)
      expect(ended.filledLots).toBe(0)
      expect(await position()).toMatchObject({ lots: 0 })
    })

    test('what the venue refuses is rejected with a code, and makes no order', async () => {
      const request = await order('crossing', 'buy', { lots: lots(1) })
      const tooLarge = { ...request, lots: lots(bench.instrument.lotsMax + 1) }
      const submission = await bench.gateway.submit(tooLarge)
      expect(submission).toMatchObject({ kind: 'rejected', code: expect.stringMatching(/./) })
      expect((await bench.gateway.find(symbol(), request.clientId)).kind).toBe('absent')
    })

    test('reduce-only opens nothing', async () => {
      const request = await order('market', 'sell', { reduceOnly: true })
      const submission = await bench.gateway.submit(request)
      expect(submission.kind).toBe('rejected')
      await bench.pass()
      expect(await position()).toMatchObject({ lots: 0 })
    })

    test('good till date: rests, and the venue names the order alike', async () => {
      const request = await order('resting', 'buy', { timeInForce: 'GTD', expiresAt: epochMs(bench.now() + 3_600_000) })
      await accept(request)
      expect(await bench.gateway.find(symbol(), request.clientId)).toMatchObject({ report: { state: 'open' } })
      expect(await bench.gateway.cancel(symbol(), request.clientId)).toEqual({ kind: 'cancelled' })
    })

    test.each<[string, Side, (far: { up: Ticks; down: Ticks }) => Partial<OrderIntent>]>([
      ['stop-market', 'sell', ({ down }) => ({ trigger: { ticks: down, by: 'last' } })],
      ['stop-market by mark', 'buy', ({ up }) => ({ type: 'stop-market', trigger: { ticks: up, by: 'mark' } })],
      ['stop-limit', 'sell', ({ down }) => ({ trigger: { ticks: down, by: 'last' }, price: down, timeInForce: 'GTC' })],
      ['take-profit-market', 'sell', ({ up }) => ({ trigger: { ticks: up, by: 'last' } })],
      [
        'take-profit-limit',
        'buy',
        ({ down }) => ({ trigger: { ticks: down, by: 'last' }, price: down, timeInForce: 'GTC' }),
      ],
      ['trailing-stop', 'sell', () => ({ trailing: { callbackBps: 500, by: 'last' } })],
      [
        'trailing-stop from a price',
        'sell',
        ({ up }) => ({ type: 'trailing-stop', trailing: { callbackBps: 100, by: 'last', activationTicks: up } }),
      ],
    ])('a %s to %s waits: found and listed by its client id, cancelled once', async (name, side, fields) => {
      const { bidTicks, askTicks } = await bench.quotes()
      const far = Math.ceil(bidTicks * FAR)
      const type = name.split(' ')[0] as OrderIntent['type']
      const request = await order('market', side, {
        ...{ type, timeInForce: 'GTC', price: ticks(side === 'buy' ? askTicks + far : bidTicks - far) },
        ...fields({ up: ticks(askTicks + far), down: ticks(bidTicks - far) }),
      })
      await accept(request)
      const expected = { clientId: request.clientId, state: 'open', side, lots: request.lots, filledLots: 0 }
      expect(await bench.gateway.find(symbol(), request.clientId)).toMatchObject({ kind: 'found', report: expected })
      expect((await bench.gateway.snapshot([symbol()])).openOrders).toMatchObject([expected])
      expect(await orderState(request.clientId, 'open')).toMatchObject(expected)
      expect(await bench.gateway.cancel(symbol(), request.clientId)).toEqual({ kind: 'cancelled' })
      expect(await bench.gateway.cancel(symbol(), request.clientId)).toEqual({ kind: 'gone' })
      expect(await bench.gateway.find(symbol(), request.clientId)).toMatchObject({ report: { state: 'cancelled' } })
      await orderState(request.clientId, 'cancelled')
      expect((await bench.gateway.snapshot([symbol()])).openOrders).toEqual([])
      expect(await position()).toMatchObject({ lots: 0 })
    })

    test('post-only never takes', async () => {
      const request = await order('crossing', 'buy', { timeInForce: 'GTX' })
      await bench.gateway.submit(request)
      for (let pass = 0; pass < 3; pass++) await bench.pass()
      expect(await position()).toMatchObject({ lots: 0 })
      expect((await bench.gateway.snapshot([symbol()])).openOrders).toEqual([])
    })
  })
}

/** What must be equal whichever way a fill came. REST may not know the client id. */
const essence = ({ tradeId, venueId, side, price, lots: size, fee, feeCurrency, realisedPnl, maker, at }: Fill) => ({
  tradeId,
  venueId,
  side,
  price,
  lots: size,
  fee: new Big(fee).toFixed(),
  feeCurrency,
  realisedPnl: new Big(realisedPnl).toFixed(),
  maker,
  at,
})
