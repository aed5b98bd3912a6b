import { describe, expect, test } from 'vitest'
import type { EpochMs } from '../../../src/core/units.ts'
import type { Outcome, PlaceRequest } from '../../../src/simulation/exchange/exchange.ts'
import { atMs, BTC, kindsOf, lots, quietExchange, request, ticks } from './setup.ts'

const verdict = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.reason)

const best = (exchange: ReturnType<typeof quietExchange>) => {
  const { bids, asks } = exchange.depth(BTC, 1)
  return { bid: bids[0]![0], ask: asks[0]![0] }
}

describe('orders', () => {
  test('a market order fills at the offers, then the account is told, as on Binance', () => {
    const exchange = quietExchange()
    exchange.account('alice')
    exchange.drain()
    const { ask } = best(exchange)
    const outcome = exchange.place(request({ size: lots(2) }), atMs(1))
    expect(outcome).toMatchObject({ ok: true, value: { status: 'FILLED', filled: 2, filledTickLots: BigInt(2 * ask) } })
    expect(kindsOf(exchange.drain())).toEqual(['order NEW NEW', 'trade', 'order TRADE FILLED', 'account'])
    expect(exchange.fills('alice')).toMatchObject([{ price: ask, size: 2, maker: false, realisedPnl: '0' }])
    expect(exchange.account('alice').positions[0]).toMatchObject({ lots: 2, entryPrice: ask / 10 })
  })

  test('a limit order rests, shows in the depth, and leaves it when cancelled', () => {
    const exchange = quietExchange()
    const price = ticks(best(exchange).bid - 3000)
    const placed = exchange.place(request({ price, clientId: 'r' }), atMs(1))
    expect(placed).toMatchObject({ ok: true, value: { status: 'NEW' } })
    expect(exchange.depth(BTC, 1000).bids.find(([at]) => at === price)).toEqual([price, 10])
    expect(exchange.cancel('alice', BTC, { clientId: 'r' }, atMs(2))).toMatchObject({
      ok: true,
      value: { status: 'CANCELED' },
    })
    expect(exchange.depth(BTC, 1000).bids.find(([at]) => at === price)).toBeUndefined()
    expect(verdict(exchange.cancel('alice', BTC, { clientId: 'r' }, atMs(3)))).toBe('unknown-order')
    expect(exchange.findOrder('alice', BTC, { clientId: 'r' })).toMatchObject({ status: 'CANCELED' })
    expect(exchange.findOrder('bob', BTC, { clientId: 'r' })).toBeUndefined()
  })

  test('a resting order is filled as maker without a taker fee', () => {
    const exchange = quietExchange()
    const { bid, ask } = best(exchange)
    expect(ask - bid).toBeGreaterThanOrEqual(1)
    const price = ticks(ask - 1)
    exchange.place(request({ price, size: lots(5) }), atMs(1))
    const ahead = exchange.depth(BTC, 1).bids[0]![1] - 5
    exchange.place(request({ account: 'bob', side: 'sell', size: lots(ahead + 3) }), atMs(2))
    expect(exchange.fills('alice')).toMatchObject([{ price, size: 3, maker: true, fee: '0', side: 'buy' }])
    expect(exchange.orders('alice')).toMatchObject([{ status: 'PARTIALLY_FILLED', filled: 3 }])
  })

  test.each([
    { selfTrade: undefined, taker: 'FILLED', maker: 'EXPIRED_IN_MATCH' },
    { selfTrade: 'EXPIRE_MAKER' as const, taker: 'FILLED', maker: 'EXPIRED_IN_MATCH' },
    { selfTrade: 'EXPIRE_TAKER' as const, taker: 'EXPIRED_IN_MATCH', maker: 'NEW' },
    { selfTrade: 'EXPIRE_BOTH' as const, taker: 'EXPIRED_IN_MATCH', maker: 'EXPIRED_IN_MATCH' },
    { selfTrade: 'NONE' as const, taker: 'FILLED', maker: 'PARTIALLY_FILLED' },
  ])('meeting its own account, $selfTrade: the taker is $taker, the maker $maker', ({ selfTrade, taker, maker }) => {
    const exchange = quietExchange({ deposit: '1000000' })
    const price = ticks(best(exchange).ask - 1)
    exchange.place(request({ price, size: lots(5), clientId: 'older' }), atMs(1))
    const ahead = exchange.depth(BTC, 1).bids[0]![1] - 5
    const mode = selfTrade === undefined ? {} : { selfTrade }
    const own = exchange.place(request({ side: 'sell', size: lots(ahead + 3), ...mode }), atMs(2))
    expect(own).toMatchObject({ ok: true, value: { status: taker, filled: taker === 'FILLED' ? ahead + 3 : ahead } })
    expect(exchange.findOrder('alice', BTC, { clientId: 'older' })).toMatchObject({ status: maker })
  })

  test.each([
    { timeInForce: 'FOK' as const, more: 0, status: 'FILLED' },
    { timeInForce: 'FOK' as const, more: 1, status: 'EXPIRED' },
    { timeInForce: 'IOC' as const, more: 1, status: 'EXPIRED' },
    { timeInForce: 'GTC' as const, more: 1, status: 'PARTIALLY_FILLED' },
  ])('$timeInForce for the whole best offer and $more more -> $status', ({ timeInForce, more, status }) => {
    const exchange = quietExchange({ deposit: '1000000' })
    const [price, size] = exchange.depth(BTC, 1).asks[0]!
    const filled = timeInForce === 'FOK' && more > 0 ? 0 : size
    const order = request({ price: ticks(price), size: lots(size + more), timeInForce })
    expect(exchange.place(order, atMs(0))).toMatchObject({ ok: true, value: { status, filled } })
  })

  test.each<[string, Partial<PlaceRequest>, string]>([
    ['an unknown symbol', { symbol: 'X/USDT:USDT' }, 'unknown-symbol'],
    ['half a tick', { price: ticks(599_000.5) }, 'price-not-a-tick'],
    ['half a lot', { size: lots(2.5) }, 'size-not-a-lot'],
    ['no lots', { size: lots(0) }, 'size-too-small'],
    ['the largest market order, without the money', { size: lots(125_000) }, 'insufficient-margin'],
    ['more than the largest market order', { size: lots(125_001) }, 'size-too-large'],
    ['a buy above the band', { price: ticks(631_000) }, 'price-out-of-band'],
    ['a buy just inside the band', { price: ticks(629_000), size: lots(2) }, 'ok'],
    ['a sell below the band', { side: 'sell', price: ticks(569_000) }, 'price-out-of-band'],
    ['a sell far above', { side: 'sell', price: ticks(700_000) }, 'ok'],
    ['below the minimum value', { price: ticks(599_000), size: lots(1) }, 'min-notional'],
    ['at the minimum value', { price: ticks(599_000), size: lots(2) }, 'ok'],
    ['reduce-only without a position', { reduceOnly: true }, 'reduce-only-rejected'],
    ['post-only that would trade', { price: ticks(601_000), timeInForce: 'GTX' }, 'post-only-would-cross'],
    ['post-only that rests', { price: ticks(590_000), timeInForce: 'GTX' }, 'ok'],
    ['20 × the wallet', { price: ticks(590_000), size: lots(3380) }, 'ok'],
    ['more than 20 × the wallet', { price: ticks(590_000), size: lots(3400) }, 'insufficient-margin'],
  ])('%s', (_name, over, expected) => {
    expect(verdict(quietExchange().place(request(over), atMs(1)))).toBe(expected)
  })

  describe('good till date', () => {
    const MINUTES_10 = 600_000
    test.each([
      ['at the least distance', atMs(MINUTES_10 + 1), 'bad-good-till-date'],
      ['a millisecond later', atMs(MINUTES_10 + 2), 'ok'],
      ['the last second of 9999', 253_402_300_799_000 as EpochMs, 'bad-good-till-date'],
    ])('%s', (_name, goodTillDate, expected) => {
      const order = request({ price: ticks(590_000), timeInForce: 'GTD', goodTillDate })
      expect(verdict(quietExchange().place(order, atMs(1)))).toBe(expected)
    })

    test('it ends the rest at the second of its date, not before, and not when it ended otherwise', () => {
      const exchange = quietExchange()
      const order = (clientId: string) =>
        request({ price: ticks(590_000), timeInForce: 'GTD', goodTillDate: atMs(700_900), clientId })
      exchange.place(order('stays'), atMs(1))
      exchange.place(order('goes'), atMs(1))
      exchange.cancel('alice', BTC, { clientId: 'goes' }, atMs(2))
      exchange.advance(atMs(699_999))
      expect(exchange.findOrder('alice', BTC, { clientId: 'stays' })).toMatchObject({
        status: 'NEW',
        goodTillDate: atMs(700_000),
      })
      exchange.drain()
      exchange.advance(atMs(700_000))
      expect(kindsOf(exchange.drain())).toEqual(['order EXPIRED EXPIRED'])
      expect(exchange.findOrder('alice', BTC, { clientId: 'stays' })).toMatchObject({ updatedAt: atMs(700_000) })
      expect(exchange.findOrder('alice', BTC, { clientId: 'goes' })).toMatchObject({ status: 'CANCELED' })
    })
  })

  describe('amendment', () => {
    const resting = (over: Partial<PlaceRequest> = {}) => {
      const exchange = quietExchange({ deposit: '1000000' })
      exchange.place(request({ price: ticks(590_000), size: lots(10), clientId: 'one', ...over }), atMs(1))
      const amend = (price: number, size: number, side: 'buy' | 'sell' = 'buy') =>
        exchange.amend('alice', BTC, { clientId: 'one' }, { side, price: ticks(price), size: lots(size) }, atMs(2))
      return { exchange, amend }
    }

    test('the order moves, keeps its id, and goes to the back of the queue', () => {
      const { exchange, amend } = resting()
      exchange.place(request({ account: 'bob', price: ticks(591_000), size: lots(7) }), atMs(1))
      exchange.drain()
      expect(amend(591_000, 8)).toMatchObject({ ok: true, value: { price: 591_000, size: 8, status: 'NEW' } })
      expect(kindsOf(exchange.drain())).toEqual(['order AMENDMENT NEW'])
      const { bids } = exchange.depth(BTC, 1000)
      const better = bids.filter(([price]) => price > 591_000).reduce((sum, [, size]) => sum + size, 0)
      const there = bids.find(([price]) => price === 591_000)![1]
      const sell = request({ account: 'carol', side: 'sell', price: ticks(591_000), timeInForce: 'IOC' })
      exchange.place({ ...sell, size: lots(better + there - 8) }, atMs(3))
      expect(exchange.fills('alice')).toEqual([])
      exchange.place({ ...sell, clientId: 'more', size: lots(3) }, atMs(3))
      expect(exchange.findOrder('alice', BTC, { clientId: 'one' })).toMatchObject({ filled: 3, size: 8 })
    })

    test('a price across the spread trades', () => {
      const { exchange, amend } = resting()
      expect(amend(best(exchange).ask, 10)).toMatchObject({ value: { status: 'FILLED', filled: 10 } })
    })

    test.each<[string, Partial<PlaceRequest>, [number, number, ('buy' | 'sell')?], string]>([
      ['another side', {}, [591_000, 10, 'sell'], 'wrong-side'],
      ['nothing new', {}, [590_000, 10], 'same-order'],
      ['half a tick', {}, [590_000.5, 10], 'price-not-a-tick'],
      ['outside the band', {}, [640_000, 10], 'price-out-of-band'],
      ['below the least value', {}, [590_000, 1], 'min-notional'],
      ['without the margin', {}, [590_000, 900_000], 'insufficient-margin'],
    ])('%s is refused, and the order stays as it is', (_name, over, [price, size, side], expected) => {
      const { exchange, amend } = resting(over)
      expect(verdict(amend(price, size, side))).toBe(expected)
      expect(exchange.findOrder('alice', BTC, { clientId: 'one' })).toMatchObject({ price: 590_000, size: 10 })
      expect(exchange.depth(BTC, 1000).bids.find(([at]) => at === 590_000)).toEqual([590_000, 10])
    })

    test('post-only across the spread, and a size that is filled already, cancel', () => {
      const post = resting({ timeInForce: 'GTX' })
      expect(post.amend(best(post.exchange).ask, 10)).toMatchObject({ value: { status: 'CANCELED', filled: 0 } })
      const part = resting({ price: ticks(best(quietExchange()).ask - 1) })
      const ahead = part.exchange.depth(BTC, 1).bids[0]![1] - 10
      part.exchange.place(request({ account: 'bob', side: 'sell', size: lots(ahead + 6) }), atMs(1))
      const { price, filled } = part.exchange.findOrder('alice', BTC, { clientId: 'one' })!
      expect(filled).toBe(6)
      expect(part.amend(price!, 6)).toMatchObject({ value: { status: 'CANCELED', filled: 6 } })
    })

    test('what does not rest cannot be amended', () => {
      const { exchange, amend } = resting()
      exchange.cancelAll('alice', BTC, atMs(1))
      expect(verdict(amend(591_000, 10))).toBe('unknown-order')
    })
  })

  test('a client id is free again once its order is done', () => {
    const exchange = quietExchange()
    const twice = () => exchange.place(request({ price: ticks(590_000), clientId: 'same' }), atMs(1))
    expect(verdict(twice())).toBe('ok')
    expect(verdict(twice())).toBe('duplicate-client-id')
    exchange.cancelAll('alice', BTC, atMs(2))
    expect(verdict(twice())).toBe('ok')
  })

  test('200 orders may rest on an instrument, no more; what cannot rest needs no place', () => {
    const exchange = quietExchange({ deposit: '10000000' })
    const another = (over: Partial<PlaceRequest> = {}) =>
      verdict(exchange.place(request({ price: ticks(590_000), ...over }), atMs(1)))
    for (let count = 0; count < 200; count += 1) expect(another()).toBe('ok')
    expect(another()).toBe('too-many-orders')
    expect(another({ timeInForce: 'GTX' })).toBe('too-many-orders')
    expect(another({ timeInForce: 'IOC' })).toBe('ok')
    expect(verdict(exchange.place(request(), atMs(1)))).toBe('ok')
    expect(another({ account: 'bob' })).toBe('ok')
    const [first] = exchange.orders('alice')
    exchange.cancel('alice', BTC, { orderId: first!.orderId }, atMs(2))
    expect(another()).toBe('ok')
  })

  test('open orders reserve margin, orders that reduce need none', () => {
    const exchange = quietExchange()
    exchange.setLeverage('alice', BTC, 1, atMs(0))
    exchange.place(request({ price: ticks(590_000), size: lots(100) }), atMs(1))
    expect(exchange.account('alice')).toMatchObject({ wallet: '10000', marginBalance: '10000', available: '4100' })
    expect(verdict(exchange.place(request({ price: ticks(590_000), size: lots(80) }), atMs(2)))).toBe(
      'insufficient-margin',
    )
    exchange.cancelAll('alice', BTC, atMs(3))
    expect(verdict(exchange.place(request({ size: lots(160) }), atMs(4)))).toBe('ok')
    expect(verdict(exchange.place(request({ size: lots(20) }), atMs(5)))).toBe('insufficient-margin')
    expect(verdict(exchange.place(request({ side: 'sell', size: lots(160) }), atMs(6)))).toBe('ok')
  })

  test('reduce-only closes no more than the position and ends when nothing is left', () => {
    const exchange = quietExchange()
    exchange.place(request({ size: lots(10) }), atMs(1))
    const far = request({ side: 'sell', price: ticks(620_000), reduceOnly: true, clientId: 'far' })
    exchange.place(far, atMs(2))
    const close = exchange.place(request({ side: 'sell', size: lots(25), reduceOnly: true }), atMs(3))
    expect(close).toMatchObject({ ok: true, value: { status: 'EXPIRED', filled: 10 } })
    expect(exchange.account('alice').positions[0]!.lots).toBe(0)
    expect(exchange.findOrder('alice', BTC, { clientId: 'far' })).toMatchObject({ status: 'EXPIRED' })
  })

  test('a resting reduce-only order reserves no margin', () => {
    const exchange = quietExchange()
    exchange.place(request({ size: lots(10) }), atMs(1))
    const { available } = exchange.account('alice')
    const price = ticks(620_000)
    exchange.place(request({ side: 'sell', price, size: lots(3000), reduceOnly: true }), atMs(1))
    expect(exchange.account('alice').available).toBe(available)
    exchange.place(request({ side: 'sell', price, size: lots(3000) }), atMs(1))
    expect(Number(exchange.account('alice').available)).toBeLessThan(Number(available))
  })

  test('settings: leverage, margin type', () => {
    const exchange = quietExchange()
    expect(verdict(exchange.setLeverage('alice', BTC, 125, atMs(1)))).toBe('ok')
    expect(verdict(exchange.setLeverage('alice', BTC, 126, atMs(1)))).toBe('leverage-too-high')
    expect(verdict(exchange.setMarginType('alice', BTC, 'cross', atMs(1)))).toBe('no-need-to-change')
    expect(verdict(exchange.setMarginType('alice', BTC, 'isolated', atMs(1)))).toBe('ok')
    exchange.place(request(), atMs(2))
    expect(verdict(exchange.setMarginType('alice', BTC, 'cross', atMs(3)))).toBe('position-open')
  })
})
