import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { demoMarkets } from '../../../src/simulation/exchange/demo-markets.ts'
import type { ExchangeOutput } from '../../../src/simulation/exchange/exchange-output.ts'
import type { SimulatedExchange } from '../../../src/simulation/exchange/simulated-exchange.ts'
import { atMs, BTC, exchangeOf, lots, request, ticks } from './setup.ts'

const sum = (texts: readonly string[]): Big => texts.reduce((total, text) => total.plus(text), new Big(0))

/** Funding that the account was told of. */
const fundingOf = (outputs: readonly ExchangeOutput[], account: string): string[] =>
  outputs.flatMap((o) =>
    o.kind === 'account' && o.account === account && o.reason === 'FUNDING_FEE' ? [o.walletChange] : [],
  )

function expectCashIdentity(exchange: SimulatedExchange, outputs: readonly ExchangeOutput[], deposit: string): void {
  const fills = exchange.fills('alice')
  const expected = sum([deposit, ...fundingOf(outputs, 'alice')])
    .plus(sum(fills.map(({ realisedPnl }) => realisedPnl)))
    .minus(sum(fills.map(({ fee }) => fee)))
  expect(exchange.account('alice').wallet).toBe(expected.toFixed())
}

describe('cash', () => {
  test('wallet = deposit + realised − fees + funding, whatever is traded', () => {
    const act = fc.record({
      side: fc.constantFrom<'buy' | 'sell'>('buy', 'sell'),
      size: fc.integer({ min: 1, max: 400 }),
      offset: fc.integer({ min: -40, max: 40 }),
      type: fc.constantFrom<'MARKET' | 'LIMIT'>('MARKET', 'LIMIT'),
      reduceOnly: fc.boolean(),
      waitMs: fc.integer({ min: 0, max: 4000 }),
    })
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), fc.nat(1000), (acts, seed) => {
        const exchange = exchangeOf({ seed, fundingIntervalMs: 10_000 })
        const outputs: ExchangeOutput[] = []
        let ms = 0
        for (const { side, size, offset, type, reduceOnly, waitMs } of acts) {
          ms += waitMs
          exchange.advance(atMs(ms))
          const price = ticks(exchange.depth(BTC, 1).bids[0]![0] + offset)
          const limit = type === 'LIMIT' ? { price } : {}
          exchange.place(request({ side, size: lots(size), reduceOnly, ...limit }), atMs(ms))
          outputs.push(...exchange.drain())
        }
        exchange.advance(atMs(ms + 20_000))
        outputs.push(...exchange.drain())
        expectCashIdentity(exchange, outputs, '10000')
        const net = exchange.fills('alice').reduce((lots, f) => lots + (f.side === 'buy' ? f.size : -f.size), 0)
        expect(exchange.account('alice').positions[0]!.lots).toBe(net)
      }),
      { numRuns: 40, seed: 2 },
    )
  })

  test('funding is exchanged at its time on the value at mark: a long pays', () => {
    const exchange = exchangeOf({ fundingIntervalMs: 60_000 }) // The mark moves every second, at that time too.
    exchange.place(request({ size: lots(100) }), atMs(1))
    const { nextFundingAt } = exchange.mark(BTC)
    exchange.advance((nextFundingAt - 1) as typeof nextFundingAt)
    expect(fundingOf(exchange.drain(), 'alice')).toEqual([])
    const { markPrice, fundingRate } = exchange.mark(BTC)
    exchange.advance(nextFundingAt)
    const expected = new Big('-0.1').times(markPrice).times(fundingRate).round(8, Big.roundHalfUp).toFixed()
    expect(fundingOf(exchange.drain(), 'alice')).toEqual([expected])
    expect(Number(expected)).toBeLessThan(0)
  })
})

describe('liquidation', () => {
  test('an account below maintenance is closed out, and never far below zero', () => {
    const wild = demoMarkets(0)
      .slice(0, 1)
      .map((market) => ({ ...market, volatilityBps: 30 }))
    let liquidated = 0
    for (let seed = 1; seed <= 4; seed += 1) {
      const exchange = exchangeOf({ seed, markets: wild, deposit: '1000' })
      exchange.setLeverage('alice', BTC, 125, atMs(0))
      const opened = exchange.place(request({ size: lots(1800) }), atMs(1))
      expect(opened.ok).toBe(true)
      exchange.place(
        request({ side: 'sell', price: ticks(900_000), size: lots(10), reduceOnly: true, clientId: 'far' }),
        atMs(1),
      )
      const entry = request({ price: ticks(571_000), size: lots(2), clientId: 'entry' })
      exchange.place(entry, atMs(1))
      exchange.advance(atMs(120_000))
      const outputs = exchange.drain()
      if (!outputs.some(({ kind }) => kind === 'liquidation')) continue
      liquidated += 1
      const { wallet, positions } = exchange.account('alice')
      expect(positions[0]!.lots).toBe(0)
      expect(Number(wallet)).toBeGreaterThan(-15) // At most the taker fees below zero.
      expect(exchange.findOrder('alice', BTC, { clientId: 'far' })).toMatchObject({ status: 'EXPIRED' })
      expect(exchange.orders('alice').map(({ status }) => status)).not.toContain('NEW')
      const last = exchange.orders('alice').at(-1)!
      expect(last).toMatchObject({ status: 'FILLED', size: 1800, filled: 1800, reduceOnly: true })
      expect(last.clientId).toMatch(/^autoclose-/)
      expectCashIdentity(exchange, outputs, '1000')
    }
    expect(liquidated).toBeGreaterThan(0)
  })
})
