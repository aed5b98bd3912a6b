import { describe, expect, test } from 'vitest'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { OrderIntent, Trigger } from '../../../src/core/order.ts'
import { epochMs, ticks } from '../../../src/core/units.ts'
import { bookSimulation } from '../../../src/simulation/venue/simulation-settings.ts'
import { bench, OPENING, type Wanted } from './support/bench.ts'
import { delta, gap, LINEAR, mark, snapshot, trade } from './support/market.ts'

const on = (price: number, by: Trigger['by'] = 'last'): Trigger => ({ ticks: ticks(price), by })
const GTC = { timeInForce: 'GTC' } as const
const brief = (fills: readonly string[]) => fills.map((fill) => fill.replace(/ t.*/, ''))

/** Bids 999 × 100, 998 × 200; asks 1001 × 100, 1002 × 200; the last trade and the mark at 1000 ticks. */
const trading = (settings = {}) => bench(settings, [OPENING, trade(0, 'buy', 1_000, 1), mark(0, 100, 0, 0)])

describe('time in force', () => {
  test.each<[string, Partial<OrderIntent>, number, number, string[], string]>([
    ['FOK with enough', { timeInForce: 'FOK' }, 300, 1_002, ['buy 100@1001', 'buy 200@1002'], 'filled 300'],
    ['FOK with a lot too little takes nothing', { timeInForce: 'FOK' }, 301, 1_002, [], 'expired 0'],
    ['FOK within its limit alone', { timeInForce: 'FOK' }, 101, 1_001, [], 'expired 0'],
  ])('%s', async (_name, fields, lots, price, fills, state) => {
    const { place, fills: seen, states } = trading()
    const { clientId } = await place({ ...fields, lots, price })
    expect(brief(seen())).toEqual(fills)
    expect(states(clientId).at(-1)).toBe(state)
  })

  test('GTD rests until its time, that moment not included', async () => {
    const { place, states, fills, feed } = trading()
    const gtd = { timeInForce: 'GTD', expiresAt: epochMs(50), lots: 60, price: 999 } as const
    const [kept, used] = [await place(gtd), await place({ ...gtd, price: 1_000 })]
    feed(trade(49, 'sell', 1_000, 60), delta(50, [], []), trade(51, 'sell', 990, 900))
    expect(states(kept.clientId)).toEqual(['open 0', 'expired 0'])
    expect(states(used.clientId).at(-1)).toBe('filled 60')
    expect(fills()).toEqual(['buy 60@1000 maker t49'])
  })
})

describe('conditional orders', () => {
  const sell = (fields: Partial<OrderIntent>): Wanted => ({ lots: 60, price: 990, side: 'sell', ...GTC, ...fields })
  test.each<[string, Wanted, MarketEvent[], string[]]>([
    [
      'a stop sells at its price',
      sell({ type: 'stop-market', trigger: on(990) }),
      [trade(1, 'sell', 990, 1)],
      ['sell 60@999'],
    ],
    ['and not above it', sell({ type: 'stop-market', trigger: on(990) }), [trade(1, 'sell', 991, 1)], []],
    [
      'a stop by mark does not look at trades',
      sell({ type: 'stop-market', trigger: on(990, 'mark') }),
      [trade(1, 'sell', 980, 1)],
      [],
    ],
    [
      'a stop by mark sells at its mark',
      sell({ type: 'stop-market', trigger: on(990, 'mark') }),
      [mark(1, 99, 0, 0)],
      ['sell 60@999'],
    ],
    [
      'a take-profit sells above',
      sell({ type: 'take-profit-market', trigger: on(1_010) }),
      [trade(1, 'buy', 1_010, 1)],
      ['sell 60@999'],
    ],
    [
      'a stop-limit rests at its limit',
      sell({ type: 'stop-limit', price: ticks(1_001), trigger: on(990) }),
      [trade(1, 'sell', 990, 1)],
      [],
    ],
    [
      'and fills there',
      sell({ type: 'stop-limit', price: ticks(1_001), trigger: on(990) }),
      [trade(1, 'sell', 990, 1), trade(2, 'buy', 1_002, 9)],
      ['sell 60@1001 maker'],
    ],
    [
      'a take-profit-limit takes within it',
      sell({ type: 'take-profit-limit', price: ticks(999), trigger: on(1_010) }),
      [trade(1, 'buy', 1_010, 1)],
      ['sell 60@999'],
    ],
    [
      'a trailing stop follows',
      sell({ type: 'trailing-stop', trailing: { callbackBps: 100, by: 'last' } }),
      [trade(1, 'buy', 1_100, 1), trade(2, 'buy', 1_090, 1), trade(3, 'buy', 1_089, 1)],
      ['sell 60@999'],
    ],
    [
      'and stays above its distance',
      sell({ type: 'trailing-stop', trailing: { callbackBps: 100, by: 'last' } }),
      [trade(1, 'buy', 1_100, 1), trade(2, 'buy', 1_090, 1)],
      [],
    ],
  ])('%s', async (_name, order, events, expected) => {
    const { place, fills, feed } = trading()
    expect((await place(order)).submission.kind).toBe('accepted')
    feed(...events)
    expect(brief(fills())).toEqual(expected)
  })

  // Binance USD-M, error -2021 ORDER_WOULD_IMMEDIATELY_TRIGGER.
  test.each<[string, Partial<OrderIntent>, string]>([
    [
      'a stop to sell at the last price',
      { side: 'sell', type: 'stop-market', trigger: on(1_000) },
      'would-trigger-immediately',
    ],
    ['one tick below', { side: 'sell', type: 'stop-market', trigger: on(999) }, 'accepted'],
    [
      'a take-profit to buy at the mark',
      { type: 'take-profit-market', trigger: on(1_000, 'mark') },
      'would-trigger-immediately',
    ],
    ['no trigger', { type: 'stop-market' }, 'bad-trigger'],
    ['a trigger of a limit order', { trigger: on(990) }, 'bad-trigger'],
    ['a trailing stop without distance', { type: 'trailing-stop' }, 'bad-trigger'],
    ['GTD without a time', { timeInForce: 'GTD' }, 'bad-expiry'],
    ['GTD in the past', { timeInForce: 'GTD', expiresAt: epochMs(0) }, 'bad-expiry'],
    ['a position side in one-way mode', { positionSide: 'long' }, 'position-side'],
  ])('refused: %s', async (_name, fields, code) => {
    const { submission } = await trading().place({ lots: 60, price: 1_000, ...fields })
    expect(submission.kind === 'rejected' ? submission.code : submission.kind).toBe(code)
  })

  test('reached on its way: reported as rejected', async () => {
    const { place, states, feed } = trading({ simulation: bookSimulation(5) })
    const { clientId } = await place({ lots: 60, price: 990, side: 'sell', type: 'stop-market', trigger: on(990) })
    feed(trade(3, 'sell', 985, 1), delta(6, [], []))
    expect(states(clientId)).toEqual(['rejected 0'])
  })

  test('a stop outlasts a gap and takes the rest when the book shows more', async () => {
    const { place, fills, states, feed } = trading()
    const { clientId } = await place({
      lots: 400,
      price: 990,
      side: 'sell',
      ...GTC,
      type: 'stop-market',
      trigger: on(990),
    })
    feed(gap(1), trade(2, 'sell', 980, 5), snapshot(3, [979, 300], [990, 1]))
    expect(states(clientId).at(-1)).toBe('partial 300')
    feed(delta(4, [978, 500], []))
    expect(brief(fills())).toEqual(['sell 300@979', 'sell 100@978'])
  })

  test('the 101st conditional order is refused', async () => {
    const { place } = trading()
    const stop = { lots: 60, price: 990, side: 'sell', type: 'stop-market', trigger: on(990) } as const
    for (let n = 0; n < 100; n++) await place(stop)
    expect((await place(stop)).submission).toMatchObject({ code: 'too-many-algo-orders' })
    expect((await place({ lots: 60, price: 990, ...GTC })).submission.kind).toBe('accepted')
  })
})

describe('attached protection', () => {
  const protection = { stopLoss: on(990), takeProfit: on(1_010) }

  test('comes alive with the first fill, follows the filled size, one cancels the other', async () => {
    const { place, states, held, fills, feed, venue } = trading()
    const { clientId } = await place({ lots: 150, price: 1_001, ...GTC, protection })
    expect(states(`${clientId}-sl`)).toEqual(['open 0'])
    expect(await venue.find(LINEAR.symbol, `${clientId}-sl`)).toMatchObject({
      report: { lots: 100, side: 'sell', reduceOnly: true },
    })
    feed(delta(1, [999, 500], [1_001, 50]))
    expect(await venue.find(LINEAR.symbol, `${clientId}-tp`)).toMatchObject({ report: { lots: 150 } })
    feed(trade(2, 'sell', 990, 1))
    expect(brief(fills()).at(-1)).toBe('sell 150@999')
    expect(states(`${clientId}-sl`).at(-1)).toBe('filled 150')
    expect(states(`${clientId}-tp`).at(-1)).toBe('cancelled 0')
    expect(await held()).toMatchObject({ lots: 0 })
  })

  test('the take-profit cancels the stop-loss', async () => {
    const { place, states, feed } = trading()
    const { clientId } = await place({ lots: 60, price: 1_001, protection })
    feed(trade(2, 'buy', 1_010, 1))
    expect(states(`${clientId}-tp`).at(-1)).toBe('filled 60')
    expect(states(`${clientId}-sl`).at(-1)).toBe('cancelled 0')
  })

  test('is gone when flat, and not there before a fill', async () => {
    const { place, states, feed } = trading()
    const waiting = await place({ lots: 60, price: 998, ...GTC, protection })
    expect(states(`${waiting.clientId}-sl`)).toEqual([])
    const { clientId } = await place({ lots: 60, price: 1_001, protection })
    await place({ lots: 60, price: 999, side: 'sell', reduceOnly: true })
    expect(states(`${clientId}-sl`).at(-1)).toBe('expired 0')
    expect(states(`${clientId}-tp`).at(-1)).toBe('expired 0')
    feed(trade(3, 'sell', 980, 1))
  })

  test('a stop-loss that is reached when it comes alive fires at once', async () => {
    const { place, held, feed } = trading()
    feed(trade(1, 'sell', 985, 1))
    await place({ lots: 60, price: 1_001, protection })
    expect(await held()).toMatchObject({ lots: 0 })
  })

  test('an entry that fills again after its stop-loss fired is protected again', async () => {
    const { place, states, feed, events } = trading()
    const { clientId } = await place({ lots: 150, price: 1_001, ...GTC, protection: { stopLoss: on(990, 'mark') } })
    feed(mark(1, 99, 0, 0), mark(2, 100, 0, 0), delta(3, [], [1_001, 50]))
    expect(states(`${clientId}-sl`).at(-1)).toBe('filled 100')
    const second = events.findLast(
      (event) => event.kind === 'order' && event.report.clientId.startsWith(`${clientId}-sl`),
    )
    expect(second).toMatchObject({ report: { lots: 50, state: 'open' } })
  })
})

describe('hedge mode', () => {
  test('long and short are held apart', async () => {
    const { place, venue, feed } = trading({ account: { positionMode: 'hedge' } })
    await place({ lots: 60, price: 1_001, positionSide: 'long' })
    await place({ lots: 60, price: 999, side: 'sell', positionSide: 'short' })
    expect((await venue.snapshot([LINEAR.symbol])).positions).toMatchObject([
      { positionSide: 'long', lots: 60 },
      { positionSide: 'short', lots: -60 },
    ])
    feed(delta(1, [999, 100], []))
    await place({ lots: 90, price: 998, side: 'sell', positionSide: 'long' })
    expect((await venue.snapshot([LINEAR.symbol])).positions).toMatchObject([{ lots: 0 }, { lots: -60 }])
    expect((await place({ lots: 60, price: 999, side: 'sell', positionSide: 'long' })).submission).toMatchObject({
      code: 'reduce-only-rejected',
    })
  })
})
