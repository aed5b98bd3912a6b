import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Side, signOf, ticks } from '../../../src/core/units.ts'
import { marginTiers } from '../../../src/simulation/account/margin-tiers.ts'
import { constantLatency } from '../../../src/simulation/latency/latency.ts'
import { bookSimulation, type CandleFillSettings } from '../../../src/simulation/venue/simulation-settings.ts'
import { bench, SYMBOL, type Wanted } from './support/bench.ts'
import { BAR_MS, bar, FREE, type Ohlcv, onCandles } from './support/candle-bench.ts'
import { LINEAR } from './support/market.ts'

const GTC = { timeInForce: 'GTC' } as const

describe('takers on candles', () => {
  test.each<[string, Partial<CandleFillSettings>, Partial<Wanted> & { lots: number; price: number }, Ohlcv, string[]]>([
    ['fill at the open', {}, { lots: 60, price: 1_005 }, [1_002, 1_010, 990, 1_000], ['buy 60@1002']],
    [
      'pay half the spread and slippage, rounded up',
      { halfSpreadBps: 10, slippageBps: 5 },
      { lots: 60, price: 1_005 },
      [1_000, 1_010, 990, 1_000],
      ['buy 60@1002'],
    ],
    [
      'sell below, rounded down',
      { halfSpreadBps: 10, slippageBps: 5 },
      { lots: 60, price: 990, side: 'sell' },
      [1_000, 1_010, 990, 1_000],
      ['sell 60@998'],
    ],
    // 100 of 10 000 lots: 200 × √0.01 = 20 bps.
    [
      'pay impact by the root of their share',
      { impactBps: 200 },
      { lots: 100, price: 1_005 },
      [1_000, 1_010, 990, 1_000, 10_000],
      ['buy 100@1002'],
    ],
    ['within their limit only', { halfSpreadBps: 60 }, { lots: 60, price: 1_005 }, [1_000, 1_010, 990, 1_000], []],
    // A share up to (50 bps ÷ 500)² = 1 % keeps it within 1005; rounding up leaves all of the tick.
    [
      'as much as the impact leaves within it',
      { impactBps: 500 },
      { lots: 900, price: 1_005 },
      [1_000, 1_010, 990, 1_000, 10_000],
      ['buy 100@1005'],
    ],
    [
      'no more than the participation share',
      { participationMax: 0.05 },
      { lots: 60, price: 1_005 },
      [1_000, 1_010, 990, 1_000, 1_000],
      ['buy 50@1000'],
    ],
    ['nothing without volume', {}, { lots: 60, price: 1_005 }, [1_000, 1_000, 1_000, 1_000, 0], []],
    [
      'all or nothing',
      { participationMax: 0.05 },
      { lots: 60, price: 1_005, timeInForce: 'FOK' },
      [1_000, 1_010, 990, 1_000],
      [],
    ],
  ])('%s', async (_name, candles, order, candle, fills) => {
    const { place, next, brief, states } = onCandles(candles)
    const { clientId } = await place(order)
    expect(brief()).toEqual([])
    next(...candle)
    expect(brief()).toEqual(fills)
    expect(states(clientId).at(-1)).toMatch(/^(filled|expired)/)
  })

  test('with latency they still meet the open, later', async () => {
    const latency = constantLatency({ feedMs: 10, entryMs: 20, responseMs: 40 })
    const { send, next, fills } = onCandles({}, { simulation: { ...bookSimulation(0), candles: FREE, latency } })
    const { answer } = send({ lots: 60, price: 1_005 })
    next(1_001, 1_010, 990, 1_000)
    expect(fills()).toEqual(['buy 60@1001 t60030'])
    expect(await answer).toMatchObject({ kind: 'accepted' })
  })

  test('an order on its way longer than the candle meets the next open', async () => {
    const { place, next, fills } = onCandles({}, { simulation: { ...bookSimulation(BAR_MS), candles: FREE } })
    await place({ lots: 60, price: 1_005 })
    next(1_001, 1_010, 990, 1_000)
    expect(fills()).toEqual([])
    next(1_002, 1_010, 990, 1_000)
    expect(fills()).toEqual(['buy 60@1002 t120000'])
  })
})

describe('resting orders on candles', () => {
  test.each<[string, Ohlcv[], string[]]>([
    ['a touch is no fill', [[1_000, 1_005, 995, 1_000]], []],
    ['a tick beyond is, at the limit', [[1_000, 1_005, 994, 1_000]], ['buy 60@995 maker']],
    ['a gap beyond too', [[990, 991, 989, 990]], ['buy 60@995 maker']],
    [
      'no more than the share of each candle',
      [
        [1_000, 1_005, 994, 1_000, 40],
        [1_000, 1_005, 994, 1_000, 40],
      ],
      ['buy 40@995 maker', 'buy 20@995 maker'],
    ],
  ])('%s', async (_name, candles, fills) => {
    const { place, next, brief } = onCandles()
    await place({ lots: 60, price: 995, ...GTC })
    next(1_000, 1_000, 1_000, 1_000)
    for (const candle of candles) next(...candle)
    expect(brief()).toEqual(fills)
  })

  test('post-only at the quote expires', async () => {
    const { place, next, states, brief } = onCandles()
    const gtx = await place({ lots: 60, price: 1_000, timeInForce: 'GTX' })
    next(1_000, 1_005, 990, 1_000)
    expect(states(gtx.clientId).at(-1)).toBe('expired 0')
    expect(brief()).toEqual([])
  })
})

describe('the path inside a candle is the one that hurts', () => {
  const protection = (stop: number, profit: number) => ({
    stopLoss: { ticks: ticks(stop), by: 'last' as const },
    takeProfit: { ticks: ticks(profit), by: 'last' as const },
  })
  test.each<[string, Wanted, Ohlcv, string[]]>([
    [
      'a long meets its stop before its profit',
      { lots: 60, price: 1_005, protection: protection(990, 1_010) },
      [1_000, 1_020, 985, 1_000],
      ['buy 60@1000', 'sell 60@990'],
    ],
    [
      'its profit where the stop is not reached',
      { lots: 60, price: 1_005, protection: protection(980, 1_010) },
      [1_000, 1_020, 985, 1_000],
      ['buy 60@1000', 'sell 60@1010'],
    ],
    [
      'a short meets its stop first',
      { lots: 60, price: 995, side: 'sell', protection: protection(1_010, 990) },
      [1_000, 1_020, 985, 1_000],
      ['sell 60@1000', 'buy 60@1010'],
    ],
    [
      'a limit entry may be stopped out',
      { lots: 60, price: 995, ...GTC, protection: protection(990, 1_010) },
      [1_000, 1_020, 985, 1_000],
      ['buy 60@995 maker', 'sell 60@990'],
    ],
    [
      'a limit entry has no profit from a high that may have come before',
      { lots: 60, price: 995, ...GTC, protection: protection(980, 1_010) },
      [1_000, 1_020, 985, 1_000],
      ['buy 60@995 maker'],
    ],
    [
      'but from the close',
      { lots: 60, price: 995, ...GTC, protection: protection(980, 1_010) },
      [1_000, 1_020, 985, 1_015],
      ['buy 60@995 maker', 'sell 60@1010'],
    ],
    [
      'a stop entry may be stopped out before its profit',
      {
        lots: 60,
        price: 1_005,
        ...GTC,
        type: 'stop-market',
        trigger: { ticks: ticks(1_005), by: 'last' },
        protection: protection(990, 1_010),
      },
      [1_000, 1_020, 985, 1_000],
      ['buy 60@1005', 'sell 60@990'],
    ],
    [
      'a stop entry profits from the high it went for',
      {
        lots: 60,
        price: 1_005,
        ...GTC,
        type: 'stop-market',
        trigger: { ticks: ticks(1_005), by: 'last' },
        protection: protection(980, 1_010),
      },
      [1_000, 1_020, 985, 1_000],
      ['buy 60@1005', 'sell 60@1010'],
    ],
    [
      'a limit entry to sell is the mirror image',
      { lots: 60, price: 1_005, side: 'sell', ...GTC, protection: protection(1_015, 990) },
      [1_000, 1_020, 985, 1_000],
      ['sell 60@1005 maker', 'buy 60@1015'],
    ],
  ])('%s', async (_name, order, candle, fills) => {
    const { place, next, brief } = onCandles()
    await place(order)
    next(...candle)
    expect(brief()).toEqual(fills)
  })

  test('a gap through a stop fills at the open, not at the trigger', async () => {
    const { place, next, brief } = onCandles()
    await place({ lots: 60, price: 1_005, protection: protection(990, 1_010) })
    next(1_000, 1_001, 999, 1_000)
    next(970, 975, 960, 970)
    expect(brief()).toEqual(['buy 60@1000', 'sell 60@970'])
  })

  test('what the volume does not give a stop it takes at the next open', async () => {
    const { place, next, brief, held } = onCandles()
    await place({ lots: 60, price: 1_005, protection: { stopLoss: protection(990, 1).stopLoss } })
    next(1_000, 1_001, 999, 1_000)
    next(1_000, 1_001, 980, 985, 40)
    next(983, 990, 980, 985)
    expect(brief()).toEqual(['buy 60@1000', 'sell 40@990', 'sell 20@983'])
    expect(await held()).toMatchObject({ lots: 0 })
  })

  test('a trailing stop that has not been reached by the low follows the high', async () => {
    const { place, next, brief } = onCandles()
    await place({ lots: 60, price: 1_005 })
    await place({
      lots: 60,
      price: 900,
      side: 'sell',
      ...GTC,
      type: 'trailing-stop',
      trailing: { callbackBps: 100, by: 'last' },
    })
    next(1_000, 1_100, 995, 1_090)
    expect(brief()).toEqual(['buy 60@1000'])
    next(1_090, 1_095, 1_080, 1_085)
    expect(brief().at(-1)).toBe('sell 60@1089')
  })
})

describe('money on candles', () => {
  test('a liquidation that names another instrument than the one that fell closes it at its own price', async () => {
    const other = { ...LINEAR, symbol: 'ETH/USDT:USDT', venueSymbol: 'ETHUSDT', tickSize: '0.01' }
    const rig = bench(
      {
        simulation: { ...bookSimulation(0), candles: FREE },
        deposit: '20',
        leverage: 50,
        instruments: [LINEAR, other],
      },
      [],
    )
    const play = (n: number, low: number) => {
      rig.venue.onCandle(SYMBOL, bar(n, 1_000, 1_000, low, 1_000, 1e6), BAR_MS)
      rig.venue.onCandle(other.symbol, bar(n, 100, 100, 100, 100, 1e6), BAR_MS)
    }
    play(0, 1_000)
    // Worth 300 and 500: the larger one goes first.
    await rig.place({ lots: 3_000, price: 1_000 })
    await rig.place({ lots: 50_000, price: 1_000, symbol: other.symbol })
    play(1, 1_000)
    play(2, 940)
    const closed = rig.events.flatMap((event) =>
      event.kind === 'fill' && event.fill.side === 'sell' ? [[event.fill.symbol, event.fill.price]] : [],
    )
    expect(closed[0]).toEqual([other.symbol, 1_000])
    expect(Number(await rig.wallet())).toBeLessThan(20)
  })

  test.each(['cross', 'isolated'] as const)(
    'what a partial liquidation (%s margin) leaves meets the rest of the way to the extreme',
    async (marginMode) => {
      const tiers = marginTiers([
        { notionalMax: 100, maintenanceRate: 0.004, leverageMax: 125 },
        { notionalMax: 1e6, maintenanceRate: 0.005, leverageMax: 100 },
      ])
      const rig = onCandles({}, { deposit: '13', leverage: 50, marginMode, account: { tiersOf: () => tiers } })
      await rig.place({ lots: 6_000, price: 1_000 })
      rig.next(1_000, 1_000, 900, 1_000, 1e6)
      expect(await rig.held()).toMatchObject({ lots: 0 })
      expect(rig.fills()).toHaveLength(3)
    },
  )

  test('liquidation at the adverse extreme, near its price; a stop before it saves the rest', async () => {
    const rig = onCandles({}, { deposit: '110', leverage: 10 })
    await rig.place({ lots: 10_000, price: 1_001 })
    rig.next(1_001, 1_001, 1_001, 1_001, 10_000)
    rig.next(1_001, 1_100, 850, 1_100, 10_000)
    // Due below 89.508; sold there, above the bankruptcy price of 89.15.
    expect(rig.brief()).toEqual(['buy 10000@1001', 'sell 10000@895'])
    expect(rig.events.some((event) => event.kind === 'cash' && event.reason === 'INSURANCE_CLEAR')).toBe(true)

    const saved = onCandles({}, { deposit: '110', leverage: 10 })
    await saved.place({ lots: 10_000, price: 1_001, protection: { stopLoss: { ticks: ticks(900), by: 'mark' } } })
    saved.next(1_001, 1_001, 1_001, 1_001, 10_000)
    saved.next(1_001, 1_100, 850, 1_100, 10_000)
    expect(saved.brief()).toEqual(['buy 10000@1001', 'sell 10000@900'])
  })

  const price = fc.integer({ min: 900, max: 1_100 })
  const candle = fc
    .tuple(price, price, price, price, fc.integer({ min: 0, max: 2_000 }))
    .map(([a, b, c, d, lots]): Ohlcv => [a, Math.max(a, b, c, d), Math.min(a, b, c, d), b, lots])
  const order = fc.record({
    side: fc.constantFrom<Side>('buy', 'sell'),
    price,
    lots: fc.integer({ min: 60, max: 900 }),
    type: fc.constantFrom('limit' as const, 'market' as const, 'stop-market' as const, 'take-profit-limit' as const),
    timeInForce: fc.constantFrom('GTC' as const, 'IOC' as const, 'FOK' as const),
    at: price,
  })

  test('random candles: within the share, the candle and the limit; the wallet adds up; twice the same', async () => {
    const costs = { halfSpreadBps: 2, slippageBps: 1, impactBps: 20, participationMax: 0.3 }
    const play = async (
      steps: readonly {
        readonly candle: Ohlcv
        readonly order: typeof order extends fc.Arbitrary<infer T> ? T : never
      }[],
    ) => {
      const rig = onCandles(costs, { deposit: '60', leverage: 5 })
      for (const step of steps) {
        const { at, ...wanted } = step.order
        const waits = wanted.type.startsWith('s') || wanted.type.startsWith('t')
        await rig.place({ ...wanted, ...(waits ? { trigger: { ticks: ticks(at), by: 'last' as const } } : {}) })
        const before = rig.events.length
        rig.next(...step.candle)
        let used = 0
        const [, , , , volume = 0] = step.candle
        for (const event of rig.events.slice(before)) {
          if (event.kind !== 'fill' || event.fill.clientId.startsWith('autoclose')) continue
          used += event.fill.lots
          const found = await rig.venue.find(SYMBOL, event.fill.clientId)
          if (found.kind === 'found' && found.report.priceTicks > 0) {
            expect(signOf(found.report.side) * (found.report.priceTicks - event.fill.price)).toBeGreaterThanOrEqual(0)
          }
        }
        expect(used).toBeLessThanOrEqual(volume * 0.3 + 1e-6)
      }
      let cash = new Big(60)
      for (const event of rig.events) {
        if (event.kind === 'fill') cash = cash.plus(event.fill.realisedPnl).minus(event.fill.fee)
        if (event.kind === 'cash') cash = cash.plus(event.amount)
      }
      expect(await rig.wallet()).toBe(cash.toFixed())
      return rig.events
    }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ candle, order }), { maxLength: 20 }), async (steps) => {
        expect(await play(steps)).toEqual(await play(steps))
      }),
      { numRuns: 100 },
    )
  })
})
