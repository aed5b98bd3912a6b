import { describe, expect, test } from 'vitest'
import { demoMarkets } from '../../../src/simulation/exchange/demo-markets.ts'
import type { AlgoRequest } from '../../../src/simulation/exchange/exchange.ts'
import type { Market } from '../../../src/simulation/exchange/market.ts'
import { isReachedAtOnce, observe, waitingAlgo } from '../../../src/simulation/exchange/waiting-algo.ts'
import { atMs, BTC, lots, ticks } from './setup.ts'

/** As much of a market as a trigger sees; prices in ticks of 0.1. */
const market = (lastTicks: number, markTicks = lastTicks) =>
  ({
    instrument: demoMarkets(0)[0]!.instrument,
    lastTicks,
    mark: { state: { markPrice: markTicks / 10 } },
  }) as unknown as Market

const trailing = (over: Partial<AlgoRequest> = {}): AlgoRequest => ({
  ...{ account: 'alice', symbol: BTC, clientAlgoId: 'trail', side: 'sell', type: 'TRAILING_STOP_MARKET' },
  ...{ size: lots(10), reduceOnly: false, closePosition: false, workingType: 'CONTRACT_PRICE', timeInForce: 'GTC' },
  callbackBps: 100,
  ...over,
})
const at = (lastTicks: number, request: AlgoRequest) =>
  waitingAlgo(market(lastTicks), {
    ...{ ...request, algoId: 1, status: 'NEW', createdAt: atMs(0), updatedAt: atMs(0) },
  })
const fires = (start: number, request: AlgoRequest, prices: readonly number[]) => {
  const waiting = at(start, request)
  return prices.map((price) => observe(market(price), waiting))
}

describe('trailing stop', () => {
  test.each<[string, Partial<AlgoRequest>, readonly number[], readonly boolean[]]>([
    ['a sell follows the highest price', {}, [620_000, 613_801, 613_800], [false, false, true]],
    ['and begins with that of its placing', {}, [594_001, 594_000], [false, true]],
    ['a buy follows the lowest', { side: 'buy' }, [580_000, 585_799, 585_800], [false, false, true]],
    [
      'before its activation price it does not trail',
      { activationPrice: ticks(615_000) },
      [614_000, 600_000, 615_000, 608_851, 608_850],
      [false, false, false, false, true],
    ],
  ])('%s', (_name, over, prices, expected) => {
    expect(fires(600_000, trailing(over), prices)).toEqual(expected)
  })

  test.each<[string, Partial<AlgoRequest>, boolean]>([
    ['a sell that begins above', { activationPrice: ticks(600_001) }, false],
    ['a sell that begins at the market', { activationPrice: ticks(600_000) }, true],
    ['a buy that begins below', { side: 'buy', activationPrice: ticks(599_999) }, false],
    ['a buy that begins at the market', { side: 'buy', activationPrice: ticks(600_000) }, true],
    ['without an activation price', {}, false],
  ])('%s would trigger at once: %s', (_name, over, expected) => {
    expect(isReachedAtOnce(market(600_000), trailing(over))).toBe(expected)
  })
})

describe('stop', () => {
  const { callbackBps: _, ...plain } = trailing({ type: 'STOP_MARKET', triggerPrice: ticks(570_000) })

  test('it watches the price that it was told to', () => {
    const byMark = at(600_000, { ...plain, workingType: 'MARK_PRICE' })
    expect(observe(market(569_000, 600_000), byMark)).toBe(false)
    expect(observe(market(600_000, 569_000), byMark)).toBe(true)
  })

  test('protected, it waits while last price and mark are over five percent apart', () => {
    const careful = at(600_000, { ...plain, priceProtect: true })
    const bold = at(600_000, plain)
    expect(observe(market(569_999, 600_000), bold)).toBe(true)
    expect(observe(market(569_999, 600_000), careful)).toBe(false)
    expect(observe(market(570_000, 600_000), careful)).toBe(true)
  })
})
