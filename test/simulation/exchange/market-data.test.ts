import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { demoMarkets } from '../../../src/simulation/exchange/demo-markets.ts'
import type { ExchangeOutput } from '../../../src/simulation/exchange/exchange-output.ts'
import type { SimulatedExchange } from '../../../src/simulation/exchange/simulated-exchange.ts'
import { atMs, BTC, exchangeOf, lots, request, START } from './setup.ts'

const hashOf = (outputs: readonly ExchangeOutput[]): string =>
  createHash('sha256')
    .update(JSON.stringify(outputs, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)))
    .digest('hex')

function session(seed: number, stepMs: number): readonly ExchangeOutput[] {
  const exchange = exchangeOf({ seed, markets: demoMarkets(0.5) })
  const outputs: ExchangeOutput[] = []
  for (let ms = stepMs; ms <= 20_000; ms += stepMs) {
    exchange.advance(atMs(ms))
    if (ms === 10_000) exchange.place(request({ clientId: 'one' }), atMs(ms))
    outputs.push(...exchange.drain())
  }
  return outputs
}

/** Book made of the level outputs alone. */
function rebuilt(outputs: readonly ExchangeOutput[], symbol: string) {
  const sides = { buy: new Map<number, number>(), sell: new Map<number, number>() }
  let lastUpdateId = 0
  for (const output of outputs) {
    if (output.kind !== 'level' || output.symbol !== symbol) continue
    expect(output.updateId).toBe(lastUpdateId + 1)
    lastUpdateId = output.updateId
    if (output.size === 0) sides[output.side].delete(output.price)
    else sides[output.side].set(output.price, output.size)
  }
  const sorted = (side: 'buy' | 'sell', sign: number) => [...sides[side]].sort(([a], [b]) => (a - b) * sign)
  return { lastUpdateId, bids: sorted('buy', -1), asks: sorted('sell', 1) }
}

describe('market data', () => {
  test('the same seed and calls give the same outputs, however time is cut; another seed does not', () => {
    expect(hashOf(session(5, 100))).toBe(hashOf(session(5, 100)))
    expect(hashOf(session(5, 2500))).toBe(hashOf(session(5, 100)))
    expect(hashOf(session(6, 100))).not.toBe(hashOf(session(5, 100)))
  })

  test('levels rebuild the depth, ids have no hole, times never run back', () => {
    const exchange = exchangeOf({ markets: demoMarkets(0.3) })
    const outputs: ExchangeOutput[] = []
    for (let ms = 500; ms <= 30_000; ms += 500) {
      exchange.advance(atMs(ms))
      if (ms % 5000 === 0) exchange.place(request({ size: lots(50), side: ms % 10_000 ? 'buy' : 'sell' }), atMs(ms))
      outputs.push(...exchange.drain())
    }
    for (const { symbol } of exchange.instruments) {
      const { lastUpdateId, bids, asks } = rebuilt(outputs, symbol)
      expect({ lastUpdateId, bids, asks }).toEqual(exchange.depth(symbol, 100_000))
      expect(Math.min(bids.length, asks.length)).toBeGreaterThanOrEqual(20)
      expect(bids[0]![0]).toBeLessThan(asks[0]![0])
      const trades = outputs.flatMap((o) => (o.kind === 'trade' && o.symbol === symbol ? [o.tradeId] : []))
      expect(trades).toEqual(trades.map((_id, index) => index + 1))
      const marks = outputs.filter((o) => o.kind === 'mark' && o.symbol === symbol)
      expect(marks).toHaveLength(30)
    }
    const times = outputs.map(({ at }) => at)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times[0]).toBe(START)
  })

  test('a call with an earlier time counts as now', () => {
    const exchange = exchangeOf()
    exchange.advance(atMs(5000))
    exchange.place(request(), atMs(1000))
    expect(exchange.fills('alice')[0]!.at).toBe(atMs(5000))
  })

  test.each<[string, () => SimulatedExchange, RegExp]>([
    ['no market', () => exchangeOf({ markets: [] }), /markets was 0/],
    ['a market twice', () => exchangeOf({ markets: [...demoMarkets(0), ...demoMarkets(0)] }), /listed twice/],
    ['alpha 1', () => exchangeOf({ markets: demoMarkets(1) }), /alpha was 1; it must be at least 0 and below 1/],
    ['alpha below 0', () => exchangeOf({ markets: demoMarkets(-0.1) }), /alpha was -0.1/],
    ['a deposit in words', () => exchangeOf({ deposit: 'much' }), /deposit was much/],
    ['funding every 10 ms', () => exchangeOf({ fundingIntervalMs: 10 }), /fundingIntervalMs was 10/],
  ])('%s is refused by name', (_name, make, message) => {
    expect(make).toThrow(InputError)
    expect(make).toThrow(message)
  })

  test.each(['buy', 'sell'] as const)('a side swept away by a %s: nobody joins a price that is not there', (side) => {
    const [market] = demoMarkets(0)
    const exchange = exchangeOf({ deposit: '1000000000', markets: [{ ...market!, volatilityBps: 0, limitRate: 100 }] })
    for (let nth = 0; nth < 40; nth += 1) {
      const sweep = request({ side, account: `whale ${nth}`, size: lots(125_000) })
      expect(exchange.place(sweep, atMs(nth * 500))).toMatchObject({ ok: true, value: { status: 'EXPIRED' } })
    }
    const near = exchange.drain().filter((output) => output.kind === 'level')
    expect(near.filter(({ price }) => price < 500_000 || price > 700_000)).toEqual([])
  })

  test('an unknown symbol has no depth', () => {
    expect(() => exchangeOf().depth('X', 5)).toThrow(InputError)
    expect(exchangeOf().depth(BTC, 5).bids).toHaveLength(5)
  })
})
