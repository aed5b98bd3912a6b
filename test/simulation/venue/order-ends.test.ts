import { describe, expect, test } from 'vitest'
import { epochMs, ticks } from '../../../src/core/units.ts'
import { constantLatency } from '../../../src/simulation/latency/latency.ts'
import { bookSimulation } from '../../../src/simulation/venue/simulation-settings.ts'
import { SYMBOL, type Wanted } from './support/bench.ts'
import { BAR_MS, FREE, type Ohlcv, onCandles } from './support/candle-bench.ts'

const GTC = { timeInForce: 'GTC' } as const
const HALF = epochMs(2.5 * BAR_MS)
const gtd = (expiresAt = HALF) => ({ timeInForce: 'GTD', expiresAt }) as const
const stop = { type: 'stop-market', trigger: { ticks: ticks(990), by: 'last' } } as const

describe('an order that ends inside a candle may fill on its path where that hurts', () => {
  test.each<[string, Wanted, Ohlcv, string[]]>([
    [
      'a buy below which the close ends fills',
      { lots: 60, price: 995, ...gtd() },
      [1_000, 1_005, 980, 985],
      ['buy 60@995 maker'],
    ],
    [
      'a buy at the close has cost its fee',
      { lots: 60, price: 995, ...gtd() },
      [1_000, 1_005, 980, 995],
      ['buy 60@995 maker'],
    ],
    ['a buy above which the close ends does not', { lots: 60, price: 995, ...gtd() }, [1_000, 1_005, 980, 996], []],
    ['nor does one that the path does not pass', { lots: 60, price: 995, ...gtd() }, [1_000, 1_005, 995, 995], []],
    [
      'a sell above which the close ends fills',
      { lots: 60, price: 1_005, side: 'sell', ...gtd() },
      [1_000, 1_010, 980, 1_008],
      ['sell 60@1005 maker'],
    ],
    [
      'a sell below which it ends does not',
      { lots: 60, price: 1_005, side: 'sell', ...gtd() },
      [1_000, 1_010, 980, 1_004],
      [],
    ],
    [
      'at the open it was there, whatever comes after',
      { lots: 60, price: 995, ...gtd() },
      [990, 1_010, 980, 1_008],
      ['buy 60@995 maker'],
    ],
    [
      'good till the end of the candle it fills as any other',
      { lots: 60, price: 995, ...gtd(epochMs(3 * BAR_MS)) },
      [1_000, 1_005, 980, 1_000],
      ['buy 60@995 maker'],
    ],
    [
      'good till its start it is gone',
      { lots: 60, price: 995, ...gtd(epochMs(2 * BAR_MS)) },
      [990, 1_005, 980, 985],
      [],
    ],
  ])('%s', async (_name, order, candle, fills) => {
    const { place, next, brief, states } = onCandles()
    const { clientId } = await place(order)
    next(1_000, 1_000, 1_000, 1_000)
    expect(states(clientId).at(-1)).toBe(order.expiresAt === 2 * BAR_MS ? 'expired 0' : 'open 0')
    next(...candle)
    expect(brief()).toEqual(fills)
    expect(states(clientId).at(-1)).toBe(fills.length > 0 ? 'filled 60' : 'expired 0')
  })

  /** 100 ms to the venue: a cancel sent at a close arrives in the next candle. */
  const late = (order: Wanted) => {
    const latency = constantLatency({ feedMs: 0, entryMs: 100, responseMs: 0 })
    const rig = onCandles({}, { simulation: { ...bookSimulation(0), candles: FREE, latency } })
    const { clientId } = rig.send({ clientId: 'late', ...order })
    rig.next(1_000, 1_000, 1_000, 1_000)
    return { ...rig, cancel: () => rig.venue.cancel(SYMBOL, clientId) }
  }

  test.each<[string, Wanted, Ohlcv, string, string[]]>([
    [
      'loses the race where the fill hurts',
      { lots: 60, price: 995, ...GTC },
      [1_000, 1_005, 980, 985],
      'gone',
      ['buy 60@995 maker'],
    ],
    ['wins it where the fill would help', { lots: 60, price: 995, ...GTC }, [1_000, 1_005, 980, 999], 'cancelled', []],
    ['wins it where nothing happens', { lots: 60, price: 995, ...GTC }, [1_000, 1_005, 996, 999], 'cancelled', []],
    [
      'of a stop loses where the price comes back',
      { lots: 60, price: 900, side: 'sell', ...GTC, ...stop },
      [1_000, 1_005, 980, 1_000],
      'gone',
      ['sell 60@990'],
    ],
    [
      'of a stop wins where it would have saved something',
      { lots: 60, price: 900, side: 'sell', ...GTC, ...stop },
      [1_000, 1_005, 980, 985],
      'cancelled',
      [],
    ],
  ])('a cancel on its way into the candle %s', async (_name, order, candle, kind, fills) => {
    const { cancel, next, brief, states } = late(order)
    const answer = cancel()
    next(...candle)
    expect(brief()).toEqual(fills)
    expect(await answer).toEqual({ kind })
    expect(states('late').at(-1)).toMatch(fills.length > 0 ? 'filled' : 'cancelled 0')
  })

  test('cancelled twice and expired it ends once', async () => {
    const { cancel, next, states } = late({ lots: 60, price: 995, ...gtd() })
    const answers = [cancel(), cancel()]
    next(1_000, 1_005, 980, 999)
    expect(await Promise.all(answers)).toEqual([{ kind: 'cancelled' }, { kind: 'gone' }])
    expect(states('late')).toEqual(['open 0', 'cancelled 0'])
  })

  test('a cancel that follows an order still on its way finds it at the open', () => {
    const latency = constantLatency({ feedMs: 0, entryMs: 100, responseMs: 0 })
    const { send, venue, next, brief } = onCandles({}, { simulation: { ...bookSimulation(0), candles: FREE, latency } })
    const { clientId } = send({ lots: 60, price: 1_005 })
    void venue.cancel(SYMBOL, clientId)
    next(1_001, 1_010, 990, 1_010)
    expect(brief()).toEqual(['buy 60@1001'])
  })

  test('an order of one instrument that arrives as another one is played meets its next open', () => {
    const { venue, send, next, brief } = onCandles()
    venue.events$.subscribe((event) => {
      if (event.kind === 'fill' && event.fill.clientId === 'first') send({ clientId: 'answer', lots: 60, price: 1_020 })
    })
    send({ clientId: 'first', lots: 60, price: 995, ...GTC })
    next(1_000, 1_005, 990, 1_000)
    expect(brief()).toEqual(['buy 60@995 maker'])
    next(1_010, 1_010, 1_010, 1_010)
    expect(brief()).toEqual(['buy 60@995 maker', 'buy 60@1010'])
  })
})
