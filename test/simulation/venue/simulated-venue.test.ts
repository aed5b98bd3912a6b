import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { OrderIntent } from '../../../src/core/order.ts'
import { epochMs, lots, type Side, signOf } from '../../../src/core/units.ts'
import { bookSimulation } from '../../../src/simulation/venue/simulation-settings.ts'
import { bench, SYMBOL } from './support/bench.ts'
import { delta, gap, LINEAR, mark, snapshot, trade } from './support/market.ts'

describe('takers', () => {
  test.each<[string, Partial<OrderIntent>, number, number, string[], string]>([
    ['IOC inside the first level', {}, 60, 1_001, ['buy 60@1001 t0'], 'filled 60'],
    ['IOC walks the levels', {}, 250, 1_002, ['buy 100@1001 t0', 'buy 150@1002 t0'], 'filled 250'],
    ['IOC stops at its limit', {}, 250, 1_001, ['buy 100@1001 t0'], 'expired 100'],
    ['IOC below the market', {}, 250, 1_000, [], 'expired 0'],
    ['sell IOC', { side: 'sell' }, 150, 998, ['sell 100@999 t0', 'sell 50@998 t0'], 'filled 150'],
    ['market takes all there is', { type: 'market' }, 301, 900, ['buy 100@1001 t0', 'buy 200@1002 t0'], 'expired 300'],
    ['GTC takes, then rests', { timeInForce: 'GTC' }, 150, 1_001, ['buy 100@1001 t0'], 'partial 100'],
    ['post-only that would take expires', { timeInForce: 'GTX' }, 60, 1_001, [], 'expired 0'],
    ['post-only inside the spread rests', { timeInForce: 'GTX' }, 60, 1_000, [], 'open 0'],
  ])('%s', async (_name, fields, size, price, fills, state) => {
    const { place, fills: seen, states } = bench()
    const { clientId } = await place({ ...fields, lots: size, price })
    expect(seen()).toEqual(fills)
    expect(states(clientId).at(-1)).toBe(state)
  })

  test('levels between two ticks are taken at the worse one, each once', async () => {
    const { feed, place, fills } = bench()
    feed(snapshot(1, [999, 100, 998.4, 7], [1_000.579, 10, 1_001, 100]))
    await place({ lots: 60, price: 1_000 })
    await place({ lots: 60, price: 1_001 })
    await place({ lots: 60, price: 1_001 })
    await place({ lots: 107, price: 998, side: 'sell' })
    expect(fills().map((fill) => fill.replace(/ t.*/, ''))).toEqual([
      ...['buy 10@1001', 'buy 50@1001', 'buy 50@1001', 'sell 100@999', 'sell 7@998'],
    ])
  })

  test('what was taken stays gone until the level is reported anew', async () => {
    const { place, fills, feed } = bench()
    await place({ lots: 80, price: 1_001 })
    await place({ lots: 80, price: 1_001 })
    feed(delta(1, [], [1_002, 50]))
    await place({ lots: 80, price: 1_001 })
    expect(fills()).toEqual(['buy 80@1001 t0', 'buy 20@1001 t0'])
    feed(delta(2, [], [1_001, 70]))
    await place({ lots: 80, price: 1_001 })
    expect(fills().at(-1)).toBe('buy 70@1001 t2')
  })

  test('an order that meets no synchronised book expires', async () => {
    const { place, fills, states, feed } = bench()
    feed(gap(1))
    const ioc = await place({ lots: 80, price: 1_001 })
    const resting = await place({ lots: 80, price: 1_000, timeInForce: 'GTC' })
    feed(delta(2, [], [1_001, 70]))
    const late = await place({ lots: 80, price: 1_001 })
    for (const { clientId } of [ioc, resting, late]) expect(states(clientId)).toEqual(['open 0', 'expired 0'])
    feed(snapshot(3, [999, 1], [1_001, 90]))
    await place({ lots: 80, price: 1_001 })
    expect(fills()).toEqual(['buy 80@1001 t3'])
  })
})

describe('latency', () => {
  test('the order meets the book as it stands when it arrives, before the event at or after that moment', async () => {
    const { place, fills, states, feed } = bench({ simulation: bookSimulation(5) })
    feed(delta(10, [], [1_001, 100]))
    const { clientId, submission } = await place({ lots: 50, price: 1_002 })
    expect(submission.kind).toBe('accepted')
    feed(delta(12, [], [1_001, 0]))
    feed(delta(14.9, [], [1_002, 30]))
    expect(states(clientId)).toEqual([])
    feed(delta(15, [], [1_002, 500]))
    expect(fills()).toEqual(['buy 30@1002 t15'])
    expect(states(clientId)).toEqual(['open 0', 'partial 30', 'expired 30'])
  })

  test('a cancel of an order on its way follows it into the book', async () => {
    const { venue, place, states, feed } = bench({ simulation: bookSimulation(5) })
    const { clientId } = await place({ lots: 60, price: 999, timeInForce: 'GTC' })
    expect(await venue.cancel(SYMBOL, clientId)).toMatchObject({ kind: 'unknown' })
    expect(await venue.find(SYMBOL, clientId)).toMatchObject({ kind: 'found', report: { state: 'open' } })
    feed(delta(6, [], []))
    expect(states(clientId)).toEqual(['open 0', 'cancelled 0'])
    expect(await venue.cancel(SYMBOL, clientId)).toEqual({ kind: 'gone' })
  })

  test('an order sent from within an event joins the same delivery', async () => {
    const { venue, place, fills } = bench()
    let sent = false
    venue.events$.subscribe((event) => {
      if (event.kind !== 'fill' || sent) return
      sent = true
      void place({ lots: 60, price: 999, side: 'sell' })
    })
    await place({ lots: 60, price: 1_001 })
    expect(fills()).toEqual(['buy 60@1001 t0', 'sell 60@999 t0'])
  })
})

describe('resting orders', () => {
  test.each<[string, MarketEvent[], string[]]>([
    ['trades consume the queue first', [trade(1, 'sell', 999, 100)], []],
    ['then the order', [trade(1, 'sell', 999, 100), trade(2, 'sell', 999, 25)], ['buy 25@999 maker t2']],
    ['one trade may do both', [trade(1, 'sell', 999, 130)], ['buy 30@999 maker t1']],
    ['no more than the order', [trade(1, 'sell', 999, 900)], ['buy 60@999 maker t1']],
    ['buyers at the price are no fill', [trade(1, 'buy', 999, 900)], []],
    ['a trade above is no fill', [trade(1, 'sell', 1_000, 900)], []],
    ['a trade below has passed it', [trade(1, 'sell', 998, 1)], ['buy 60@999 maker t1']],
    ['a smaller display is not believed', [delta(1, [999, 1], []), trade(2, 'sell', 999, 100)], []],
    ['an ask at the price fills what it shows', [delta(1, [999, 0], [999, 40])], ['buy 40@999 maker t1']],
    ['an ask above does not', [delta(1, [], [1_000, 40])], []],
    ['also after a gap', [gap(1), snapshot(2, [997, 1], [998, 70])], ['buy 60@999 maker t2']],
  ])('buy 60 at 999 behind 100: %s', async (_name, events, fills) => {
    const { place, fills: seen, feed } = bench()
    await place({ lots: 60, price: 999, timeInForce: 'GTC' })
    feed(...events)
    expect(seen()).toEqual(fills)
  })

  test('a sell is the mirror image', async () => {
    const { place, fills, feed } = bench()
    await place({ lots: 60, price: 1_001, timeInForce: 'GTX', side: 'sell' })
    feed(trade(1, 'buy', 1_001, 110), trade(2, 'buy', 1_002, 1))
    expect(fills()).toEqual(['sell 10@1001 maker t1', 'sell 50@1001 maker t2'])
  })

  test('two orders at one price are served in turn, and no trade twice', async () => {
    const { place, fills, feed } = bench()
    await place({ lots: 60, price: 1_000, timeInForce: 'GTC' })
    await place({ lots: 60, price: 1_000, timeInForce: 'GTC' })
    feed(trade(1, 'sell', 1_000, 70))
    expect(fills()).toEqual(['buy 60@1000 maker t1', 'buy 10@1000 maker t1'])
    feed(delta(2, [], [1_000, 20]))
    expect(fills().at(-1)).toBe('buy 20@1000 maker t2')
  })

  test('strangers before both are served once, for both', async () => {
    const { place, fills, feed } = bench()
    await place({ lots: 60, price: 999, timeInForce: 'GTC' })
    await place({ lots: 60, price: 999, timeInForce: 'GTC' })
    feed(trade(1, 'sell', 999, 130), trade(2, 'sell', 999, 40))
    expect(fills()).toEqual(['buy 30@999 maker t1', 'buy 30@999 maker t2', 'buy 10@999 maker t2'])
  })

  test('one quote fills no more than it shows', async () => {
    const { place, fills, feed } = bench()
    await place({ lots: 60, price: 1_000, timeInForce: 'GTC' })
    await place({ lots: 60, price: 1_000, timeInForce: 'GTC' })
    feed(delta(1, [], [1_000, 80]))
    expect(fills()).toEqual(['buy 60@1000 maker t1', 'buy 20@1000 maker t1'])
  })
})

describe('account', () => {
  test('each fill tells order, fill, position, balance, in this order; fees and profit are exact', async () => {
    const { place, events, held, wallet } = bench()
    await place({ lots: 150, price: 1_002 })
    expect(events.map(({ kind }) => kind)).toEqual([
      'order',
      ...['order', 'fill', 'position', 'balance'],
      ...['order', 'fill', 'position', 'balance'],
    ])
    // 0.1 × 100.1 + 0.05 × 100.2 = 15.02; fee 0.0005 × 15.02.
    expect(await held()).toMatchObject({ lots: 150, entryPrice: '100.13333333' })
    expect(await wallet()).toBe('999.99249')
    await place({ lots: 150, price: 998, side: 'sell', reduceOnly: true })
    // 0.1 × 99.9 + 0.05 × 99.8 = 14.98.
    expect(await held()).toMatchObject({ lots: 0, entryPrice: '0' })
    expect(await wallet()).toBe('999.945')
  })

  test('one order carries the position through zero', async () => {
    const { place, held, fills, feed } = bench()
    await place({ lots: 60, price: 1_001 })
    feed(delta(1, [999, 200], []))
    await place({ lots: 160, price: 999, side: 'sell' })
    expect(fills()).toHaveLength(2)
    expect(await held()).toMatchObject({ lots: -100, entryPrice: '99.9' })
  })

  test('reduce-only is trimmed to what is held, and expires once nothing is', async () => {
    const { place, held, states, feed } = bench()
    await place({ lots: 60, price: 1_001 })
    const rests = await place({ lots: 60, price: 1_005, side: 'sell', reduceOnly: true, timeInForce: 'GTC' })
    const trimmed = await place({ lots: 80, price: 999, side: 'sell', reduceOnly: true })
    expect(states(trimmed.clientId).at(-1)).toBe('expired 60')
    expect(states(rests.clientId).at(-1)).toBe('expired 0')
    feed(trade(1, 'buy', 1_010, 500))
    expect(await held()).toMatchObject({ lots: 0 })
  })

  test('funding is paid once at its time, at the rate and mark stated before', async () => {
    const { place, events, wallet, feed } = bench()
    await place({ lots: 100, price: 1_001, side: 'buy' })
    const before = Number(await wallet())
    feed(mark(1, 100, 0.0001, 1_000), mark(999, 101, 0.0002, 1_000))
    expect(Number(await wallet())).toBe(before)
    feed(mark(1_000, 102, 0.0009, 1_000), mark(1_003, 102, 0.0009, 2_000), mark(1_004, 102, 0.0009, 2_000))
    const cash = events.filter(({ kind }) => kind === 'cash')
    const symbol = 'BTC/USDT:USDT'
    expect(cash).toEqual([
      { kind: 'cash', currency: 'USDT', amount: '-0.00202', reason: 'FUNDING_FEE', at: 1_000, symbol },
    ])
    expect(Number(await wallet())).toBeCloseTo(before - 0.00202, 10)
    await place({ lots: 100, price: 999, side: 'sell', reduceOnly: true })
    feed(mark(2_000, 102, 0.0009, 3_000))
    expect(events.filter(({ kind }) => kind === 'cash')).toHaveLength(1)
  })

  test('a restart carries wallet, position and numbers on', async () => {
    const positions = [{ symbol: SYMBOL, lots: lots(-10), entryPrice: '101.5' }]
    const opening = { wallets: { USDT: '77.7' }, positions, lastTradeId: 41, lastOrderId: 8 }
    const { place, held, wallet, venue } = bench({ opening })
    expect(await held()).toMatchObject({ lots: -10, entryPrice: '101.5' })
    expect(await wallet()).toBe('77.7')
    const { submission } = await place({ lots: 10, price: 1_001, reduceOnly: true })
    expect(submission).toEqual({ kind: 'accepted', venueId: '9' })
    expect(await venue.fillsSince(SYMBOL, epochMs(0))).toMatchObject([{ tradeId: '42', realisedPnl: '0.014' }])
  })
})

describe('random markets', () => {
  const size = fc.integer({ min: 0, max: 300 })
  const near = fc.integer({ min: 990, max: 1_010 })
  const side = fc.constantFrom<Side>('buy', 'sell')
  const step = fc.oneof(
    fc.record({ kind: fc.constant('book' as const), bid: near, ask: near, bidLots: size, askLots: size }),
    fc.record({ kind: fc.constant('trade' as const), side, price: near, lots: fc.integer({ min: 1, max: 300 }) }),
    fc.record({
      kind: fc.constant('order' as const),
      side,
      price: near,
      lots: fc.integer({ min: 51, max: 300 }),
      timeInForce: fc.constantFrom<OrderIntent['timeInForce']>('IOC', 'GTC', 'GTX'),
      reduceOnly: fc.boolean(),
    }),
  )
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

  async function play(steps: readonly Step[]) {
    const { venue, events, feed, place, held, wallet } = bench({ simulation: bookSimulation(2) })
    let at = 0
    for (const taken of steps) {
      at += 1
      if (taken.kind === 'order') await place(taken)
      else if (taken.kind === 'trade') feed(trade(at, taken.side, taken.price, taken.lots))
      else feed(delta(at, [taken.bid, taken.bidLots], [taken.ask, taken.askLots]))
    }
    feed(delta(at + 10, [], []))
    return { events, held: await held(), wallet: await wallet(), open: (await venue.snapshot([SYMBOL])).openOrders }
  }

  test('fills explain orders, position and wallet; no limit is passed; twice the same is the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { events, held, wallet, open } = await play(steps)
        let position = 0
        let cash = new Big(1_000)
        const filled = new Map<string, number>()
        for (const event of events) {
          if (event.kind !== 'fill') continue
          const { fill } = event
          position += signOf(fill.side) * fill.lots
          cash = cash.plus(fill.realisedPnl).minus(fill.fee)
          filled.set(fill.clientId, (filled.get(fill.clientId) ?? 0) + fill.lots)
        }
        expect(held.lots).toBe(position)
        expect(wallet).toBe(cash.toFixed())
        const last = new Map(
          events.flatMap((e) => (e.kind === 'order' ? [[e.report.clientId, e.report] as const] : [])),
        )
        for (const report of last.values()) {
          expect(report.filledLots).toBe(filled.get(report.clientId) ?? 0)
          expect(report.filledLots).toBeLessThanOrEqual(report.lots)
          expect(open.some(({ clientId }) => clientId === report.clientId)).toBe(
            report.state === 'open' || (report.state === 'partial' && report.filledLots < report.lots),
          )
        }
        for (const event of events) {
          if (event.kind !== 'fill') continue
          const report = last.get(event.fill.clientId)!
          expect(signOf(report.side) * (report.priceTicks - event.fill.price)).toBeGreaterThanOrEqual(0)
        }
        expect((await play(steps)).events).toEqual(events)
      }),
      { numRuns: 150 },
    )
  })
})

describe('refused at once', () => {
  test.each<[string, Partial<Omit<OrderIntent, 'lots' | 'price'>> & { lots: number; price: number }, string]>([
    ['at the minimum notional', { lots: 50, price: 1_000 }, 'accepted'],
    ['below the minimum notional', { lots: 49, price: 1_000 }, 'min-notional'],
    ['below it, yet another symbol', { lots: 50, price: 1_000, symbol: 'DOGE/USDT:USDT' }, 'unknown-symbol'],
    ['the largest order', { lots: 100_000, price: 1_000 }, 'accepted'],
    ['more than the largest order', { lots: 100_001, price: 1_000 }, 'size-too-large'],
    ['the largest market order', { lots: 50_000, price: 1_000, type: 'market' }, 'accepted'],
    ['more than the largest market order', { lots: 50_001, price: 1_000, type: 'market' }, 'size-too-large'],
    ['all the margin there is', { lots: 100_000, price: 1_000, side: 'sell' }, 'accepted'],
    ['more than the margin there is', { lots: 100_000, price: 1_001, side: 'sell' }, 'insufficient-margin'],
    ['reduce-only from flat', { lots: 50, price: 1_000, reduceOnly: true }, 'reduce-only-rejected'],
  ])('%s', async (_name, fields, expected) => {
    const { submission } = await bench().place(fields)
    expect(submission.kind === 'rejected' ? submission.code : submission.kind).toBe(expected)
  })

  test('open orders count towards the margin; an order that only shrinks does not need any', async () => {
    const { place } = bench()
    await place({ lots: 90_000, price: 998, timeInForce: 'GTC' })
    expect((await place({ lots: 11_000, price: 998, timeInForce: 'GTC' })).submission).toMatchObject({
      code: 'insufficient-margin',
    })
    expect((await place({ lots: 60_000, price: 1_002, side: 'sell', timeInForce: 'GTC' })).submission.kind).toBe(
      'accepted',
    )
  })

  test('open orders of another instrument share the margin', async () => {
    const other = { ...LINEAR, symbol: 'ETH/USDT:USDT' }
    const { place, feed } = bench({ instruments: [LINEAR, other] })
    feed(mark(1, 100, 0, 0))
    await place({ lots: 60_000, price: 900, timeInForce: 'GTC' })
    const both = (size: number) => place({ lots: size, price: 1_000, symbol: other.symbol })
    expect((await both(40_001)).submission).toMatchObject({ code: 'insufficient-margin' })
    expect((await both(40_000)).submission.kind).toBe('accepted')
  })

  test('a used client id is unknown, also after its order ended', async () => {
    const { place } = bench()
    await place({ lots: 60, price: 1_001, clientId: 'same' })
    expect((await place({ lots: 60, price: 1_001, clientId: 'same' })).submission).toMatchObject({ kind: 'unknown' })
  })

  test('the 201st open order is refused', async () => {
    const { place } = bench({ deposit: '1000000' })
    for (let n = 0; n < 200; n++) await place({ lots: 60, price: 900, timeInForce: 'GTC' })
    expect((await place({ lots: 60, price: 900, timeInForce: 'GTC' })).submission).toMatchObject({
      code: 'too-many-orders',
    })
  })

  test('a closed venue takes nothing', async () => {
    const { venue, place } = bench()
    await venue.close()
    expect((await place({ lots: 60, price: 1_001 })).submission).toMatchObject({ kind: 'rejected', code: 'closed' })
  })
})
