import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { demoMarkets } from '../../../src/simulation/exchange/demo-markets.ts'
import type { PlaceRequest } from '../../../src/simulation/exchange/exchange.ts'
import type { ExchangeOutput } from '../../../src/simulation/exchange/exchange-output.ts'
import { atMs, BTC, exchangeOf, lots, quietExchange, request } from './setup.ts'

const ADL = /^adl_autoclose/
const LOT = new Big('0.001')
const TICK_LOT = new Big('0.0001')

const wild = demoMarkets(0)
  .slice(0, 1)
  .map((market) => ({ ...market, volatilityBps: 100 }))

/**
 * A long of 100 lots, isolated at 125 ×, against shorts of 30 lots at 125 and 5 × and one of 40 with all of a large wallet behind it. With
 * this seed the market jumps over the long's bankruptcy price, 0.8 % away, within three seconds, and no bid is left there.
 */
function crash(insuranceFund: string) {
  const exchange = exchangeOf({ seed: 9, markets: wild, deposit: '1000000', insuranceFund })
  for (const [account, leverage] of [
    ['long', 125],
    ['low', 5],
    ['high', 125],
  ] as const) {
    exchange.setMarginType(account, BTC, 'isolated', atMs(1))
    exchange.setLeverage(account, BTC, leverage, atMs(1))
  }
  const place = (over: Partial<PlaceRequest>) => expect(exchange.place(request(over), atMs(1)).ok).toBe(true)
  for (const account of ['low', 'high']) place({ account, side: 'sell', size: lots(30) })
  place({ account: 'whale', side: 'sell', size: lots(40) })
  place({ account: 'long', size: lots(100) })
  const held = (account: string) => exchange.account(account).positions[0]!.lots
  expect(['low', 'high', 'whale', 'long'].map(held)).toEqual([-30, -30, -40, 100])
  exchange.drain()
  for (let ms = 1_001; held('long') > 0 && ms < 10_000; ms += 1_000) exchange.advance(atMs(ms))
  const autoclosed = exchange.fills('long').filter(({ clientId }) => clientId.startsWith('autoclose-'))
  const deleveraged = ['high', 'low', 'whale'].flatMap((account) =>
    exchange.fills(account).filter(({ clientId }) => ADL.test(clientId)),
  )
  return { exchange, held, outputs: exchange.drain(), autoclosed, deleveraged }
}

describe('a bankrupt position that the book does not take', () => {
  test('an empty insurance fund: the other side is closed at the bankruptcy price by rank, free of fees, and told', () => {
    const { held, outputs, autoclosed, deleveraged } = crash('0')
    // The most leverage first, the large wallet last.
    expect(deleveraged.map(({ account, size }) => [account, size])).toEqual([
      ['high', 30],
      ['low', 30],
      ['whale', 40],
    ])
    expect(deleveraged.map(({ tradeId }) => tradeId)).toEqual(autoclosed.map(({ tradeId }) => tradeId))
    for (const fill of deleveraged) expect(fill).toMatchObject({ fee: '0', side: 'buy', price: autoclosed[0]!.price })
    expect(['long', 'high', 'low', 'whale'].map(held)).toEqual([0, 0, 0, 0])
    const told = outputs.filter((one) => one.kind === 'order' && one.account === 'high')
    expect(told).toMatchObject([
      { execution: 'NEW', order: { status: 'NEW', reduceOnly: true } },
      { execution: 'CALCULATED', order: { status: 'FILLED', filled: 30 } },
    ])
    const account = outputs.filter((one) => one.kind === 'account' && one.account === 'high')
    expect(account).toMatchObject([{ reason: 'ORDER', positions: [{ lots: 0 }] }])
  })

  test('a full one bears it: nobody is deleveraged', () => {
    const { exchange, held, deleveraged } = crash('1000000')
    expect(deleveraged).toEqual([])
    expect(['long', 'high', 'low', 'whale'].map(held)).toEqual([0, -30, -30, -40])
    expect(Number(exchange.insuranceFund())).toBeLessThan(1_000_000)
  })

  test('one that is too small bears what it can', () => {
    const { exchange, held, outputs, deleveraged } = crash('5')
    const passed = outputs.flatMap((one) => (one.kind === 'insurance' && one.passed ? [one] : []))
    expect(passed).toHaveLength(1)
    const { lots: borne } = passed[0]!.passed!
    expect(borne).toBeGreaterThan(0)
    expect(deleveraged.reduce((sum, { size }) => sum + size, borne)).toBe(100)
    expect(deleveraged[0]!.account).toBe('high')
    expect(held('long')).toBe(0)
    // One lot more it could not have borne.
    const left = Number(exchange.insuranceFund())
    expect(left).toBeGreaterThanOrEqual(0)
    expect(left).toBeLessThan(-Number(passed[0]!.change) / borne)
  })

  test.each(['-1', '1e3', ''])('an insurance fund of %j is refused', (insuranceFund) => {
    expect(() => quietExchange({ insuranceFund })).toThrow(`insuranceFund was ${insuranceFund}; it must be a decimal`)
  })
})

const TRADERS = ['a', 'b', 'c', 'd'] as const
const DEPOSIT = 1_000
let deleveraged = 0
let takenOver = 0

/** Cash and lots of the crowd, from what the exchange told: the other side of every trade that no account has. */
function crowdOf(outputs: readonly ExchangeOutput[]) {
  const crowd = { lots: 0, cash: new Big(0) }
  const take = (size: number, worth: Big) => {
    crowd.lots += size
    crowd.cash = crowd.cash.minus(worth.times(size))
  }
  /** Signed lots of accounts by trade; price in ticks × lots. */
  const trades = new Map<number, { lots: number; price: number }>()
  let last = -1
  for (const output of outputs) {
    if (output.kind === 'order' && output.fill) {
      const { tradeId, side, size, price, clientId } = output.fill
      const trade = trades.get(tradeId) ?? { lots: 0, price }
      expect(trade.price).toBe(price)
      trade.lots += side === 'buy' ? size : -size
      trades.set(tradeId, trade)
      last = tradeId
      if (ADL.test(clientId)) {
        deleveraged += 1
        expect(trade.lots).toBe(0)
      }
    } else if (output.kind === 'insurance' && output.passed) {
      const { lots: passed, markPrice } = output.passed
      expect(trades.get(last)!.lots).toBe(-passed)
      trades.delete(last)
      take(passed, LOT.times(markPrice))
      takenOver += 1
    }
  }
  for (const { lots: held, price } of trades.values()) take(-held, TICK_LOT.times(price))
  return crowd
}

test('money and contracts are conserved among traders, crowd, insurance fund and fees, whoever goes bankrupt', () => {
  const act = fc.record({
    account: fc.constantFrom(...TRADERS),
    side: fc.constantFrom<'buy' | 'sell'>('buy', 'sell'),
    size: fc.integer({ min: 200, max: 1_800 }),
    waitMs: fc.integer({ min: 0, max: 4_000 }),
  })
  fc.assert(
    fc.property(
      fc.array(act, { minLength: 6, maxLength: 20 }),
      fc.nat(1_000),
      fc.constantFrom('0', '2', '500'),
      (acts, seed, insuranceFund) => {
        const exchange = exchangeOf({ seed, markets: wild, deposit: String(DEPOSIT), insuranceFund })
        const outputs: ExchangeOutput[] = []
        for (const account of TRADERS) exchange.setLeverage(account, BTC, 125, atMs(0))
        let ms = 1
        for (const { waitMs, size, ...act } of acts) {
          ms += waitMs
          exchange.place(request({ ...act, size: lots(size) }), atMs(ms))
          outputs.push(...exchange.drain())
        }
        exchange.advance(atMs(ms + 10_000))
        outputs.push(...exchange.drain())

        const crowd = crowdOf(outputs)
        const { markPrice } = exchange.mark(BTC)
        const fills = TRADERS.flatMap((account) => exchange.fills(account))
        const held = TRADERS.reduce((sum, account) => sum + exchange.account(account).positions[0]!.lots, 0)
        expect(held + crowd.lots).toBe(0)
        let total = new Big(exchange.insuranceFund()).minus(insuranceFund)
        for (const account of TRADERS) total = total.plus(exchange.account(account).marginBalance).minus(DEPOSIT)
        for (const { fee, clientId } of fills) if (!clientId.startsWith('autoclose')) total = total.plus(fee)
        total = total.plus(crowd.cash).plus(LOT.times(markPrice).times(crowd.lots))
        expect(Number(total.abs())).toBeLessThanOrEqual(1e-8 * (fills.length + TRADERS.length))
        expect(Number(exchange.insuranceFund())).toBeGreaterThanOrEqual(0)
      },
    ),
    { numRuns: 12, seed: 7 },
  )
  expect(deleveraged).toBeGreaterThan(0)
  expect(takenOver).toBeGreaterThan(0)
})
