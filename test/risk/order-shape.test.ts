import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OrderIntent, OrderType, TimeInForce, Trailing, Trigger } from '../../src/core/order.ts'
import { epochMs, type Lots, lots, type Ticks, ticks } from '../../src/core/units.ts'
import { FRESH_GUARD } from '../../src/risk/guard.ts'
import { intent, judge, NOW, RICH } from './support/judge.ts'

const trigger = (at: number, by: Trigger['by'] = 'last'): Trigger => ({ ticks: at as Ticks, by })
const trailing = (callbackBps: number, fields: Partial<Trailing> = {}): Trailing => ({
  callbackBps,
  by: 'mark',
  ...fields,
})
const STOP = { type: 'stop-market', trigger: trigger(1_000) } as const
const LATER = epochMs(NOW + 1)

type Row = readonly [name: string, order: Partial<OrderIntent>, expected: string]

describe('which fields belong to which type', () => {
  const CONDITIONAL: readonly OrderType[] = ['stop-market', 'stop-limit', 'take-profit-market', 'take-profit-limit']
  test.each<Row>([
    ...CONDITIONAL.flatMap((type): Row[] => [
      [`${type} with its trigger`, { type, trigger: trigger(1_000, 'mark') }, 'approved'],
      [`${type} without`, { type }, 'shape'],
      [`${type} that trails as well`, { type, trigger: trigger(1_000), trailing: trailing(10) }, 'shape'],
    ]),
    ['trailing-stop that trails', { type: 'trailing-stop', trailing: trailing(10) }, 'approved'],
    ['trailing-stop that does not', { type: 'trailing-stop' }, 'shape'],
    [
      'trailing-stop with a trigger',
      { type: 'trailing-stop', trailing: trailing(10), trigger: trigger(1_000) },
      'shape',
    ],
    ['limit with a trigger', { trigger: trigger(1_000) }, 'shape'],
    ['market that trails', { type: 'market', trailing: trailing(10) }, 'shape'],
    ['a type that is none', { type: 'iceberg' as never }, 'shape'],
    ['a type that every object has', { type: 'toString' as never }, 'shape'],
    ['a time in force that is none', { timeInForce: 'DAY' as never }, 'shape'],
    ['post-only limit', { timeInForce: 'GTX' }, 'approved'],
    ['post-only stop-limit', { type: 'stop-limit', trigger: trigger(1_000), timeInForce: 'GTX' }, 'approved'],
    ['post-only market', { type: 'market', timeInForce: 'GTX' }, 'shape'],
    ['post-only stop-market', { ...STOP, timeInForce: 'GTX' }, 'shape'],
    ['fill-or-kill', { timeInForce: 'FOK' }, 'approved'],
  ])('%s -> %s', (_name, order, expected) => expect(judge(order)).toBe(expected))
})

describe('good till a date', () => {
  test.each<Row>([
    ['in the future', { timeInForce: 'GTD', expiresAt: LATER }, 'approved'],
    ['now', { timeInForce: 'GTD', expiresAt: NOW }, 'expiry'],
    ['never', { timeInForce: 'GTD', expiresAt: Number.POSITIVE_INFINITY as never }, 'expiry'],
    ['no time', { timeInForce: 'GTD', expiresAt: Number.NaN as never }, 'expiry'],
    ['left out', { timeInForce: 'GTD' }, 'expiry'],
    ['of a stop', { ...STOP, timeInForce: 'GTD', expiresAt: LATER }, 'approved'],
    ['of a market order', { type: 'market', timeInForce: 'GTD', expiresAt: LATER }, 'shape'],
    ['of another time in force', { timeInForce: 'GTC', expiresAt: LATER }, 'shape'],
  ])('%s -> %s', (_name, order, expected) => expect(judge(order)).toBe(expected))
})

describe('prices and distances', () => {
  const trails = (fields: Trailing) => ({ type: 'trailing-stop', trailing: fields }) as const
  test.each<Row>([
    ['half a tick', { ...STOP, trigger: trigger(1_000.5) }, 'precision'],
    ['trigger zero', { ...STOP, trigger: trigger(0) }, 'precision'],
    ['trigger no number', { ...STOP, trigger: trigger(Number.NaN) }, 'precision'],
    ['watching the index', { ...STOP, trigger: trigger(1_000, 'index' as never) }, 'shape'],
    ['callback at its limit', trails(trailing(1_000)), 'approved'],
    ['callback above it', trails(trailing(1_000.5)), 'shape'],
    ['no callback', trails(trailing(0)), 'shape'],
    ['callback no number', trails(trailing(Number.NaN)), 'shape'],
    ['trailing what is no price', trails(trailing(10, { by: 'index' as never })), 'shape'],
    ['activation', { ...trails(trailing(10, { activationTicks: ticks(990) })), price: ticks(990) }, 'approved'],
    ['activation half a tick', trails(trailing(10, { activationTicks: 990.5 as Ticks })), 'precision'],
  ])('%s -> %s', (_name, order, expected) => expect(judge(order)).toBe(expected))
})

describe('attached protection', () => {
  const around = (stop?: number, profit?: number): Partial<OrderIntent> => ({
    protection: {
      ...(stop === undefined ? {} : { stopLoss: trigger(stop) }),
      ...(profit === undefined ? {} : { takeProfit: trigger(profit, 'mark') }),
    },
  })
  const sell = { side: 'sell' } as const
  test.each<Row>([
    ['a buy between its stop and its profit', around(990, 1_010), 'approved'],
    ['a sell between them', { ...sell, ...around(1_010, 990) }, 'approved'],
    ['a stop alone', around(990), 'approved'],
    ['a profit alone', around(undefined, 1_010), 'approved'],
    ['neither', around(), 'shape'],
    ['a buy stopped at its price', around(1_000), 'shape'],
    ['a sell stopped at its price', { ...sell, ...around(1_000) }, 'shape'],
    ['a profit at the stop', around(990, 990), 'shape'],
    ['a profit below the limit, above the stop', around(990, 999), 'approved'],
    ['half a tick', around(990.5), 'precision'],
    ['on a stop entry', { ...STOP, ...around(990) }, 'approved'],
  ])('%s -> %s', (_name, order, expected) => expect(judge(order)).toBe(expected))

  test('on an exit -> shape', () => {
    expect(judge({ ...sell, reduceOnly: true, ...around(1_010) }, { positionLots: 10 })).toBe('shape')
  })
})

test.each([
  ['long', 'buy', false, 0, 'approved'],
  ['long', 'buy', true, 0, 'shape'],
  ['long', 'sell', true, 10, 'approved'],
  ['long', 'sell', false, 10, 'shape'],
  ['short', 'sell', false, 0, 'approved'],
  ['short', 'sell', true, 0, 'shape'],
  ['short', 'buy', true, -10, 'approved'],
  ['short', 'buy', false, -10, 'shape'],
  ['both', 'buy', false, 0, 'shape'],
] as const)(
  'hedge mode, %s: %s, reduce-only %s, holding %i -> %s',
  (positionSide, side, reduceOnly, positionLots, expected) => {
    expect(judge({ positionSide: positionSide as 'long', side, reduceOnly }, { positionLots })).toBe(expected)
  },
)

describe('risk of orders that wait', () => {
  const stop = (side: 'buy' | 'sell', at: number, price: number, type: OrderType = 'stop-market') =>
    ({ type, side, trigger: trigger(at), price: price as Ticks }) as const

  test.each<Row>([
    // The collar is 50 bps; the reference stands at 1,000.
    ['a stop entry is collared at its trigger', stop('buy', 1_100, 1_105), 'approved'],
    ['beyond it', stop('buy', 1_100, 1_106), 'collar'],
    ['a trigger already reached counts as the reference', stop('buy', 900, 1_006), 'collar'],
    ['… for sells', stop('sell', 1_100, 994), 'collar'],
    ['a take-profit entry at its trigger', stop('buy', 900, 904, 'take-profit-limit'), 'approved'],
    ['beyond it', stop('buy', 900, 905, 'take-profit-limit'), 'collar'],
    ['its trigger already reached', stop('buy', 2_000, 1_006, 'take-profit-limit'), 'collar'],
    [
      'a trailing entry at its callback',
      { type: 'trailing-stop', trailing: trailing(100), price: ticks(1_015) },
      'approved',
    ],
    ['beyond it', { type: 'trailing-stop', trailing: trailing(100), price: ticks(1_016) }, 'collar'],
    [
      'from its activation',
      { type: 'trailing-stop', trailing: trailing(100, { activationTicks: ticks(900) }), price: ticks(914) },
      'collar',
    ],
    ['its size is that of market orders', { ...STOP, lots: lots(101) }, 'lots-max'],
    ['but for a limit', { ...STOP, type: 'stop-limit', lots: lots(101) }, 'order-value'],
    ['it is worth what its trigger says', { ...stop('buy', 1_100, 1_000), lots: 91 as Lots }, 'order-value'],
    ['at the limit', { ...stop('buy', 1_000, 1_000), lots: 100 as Lots }, 'approved'],
  ])('%s -> %s', (_name, order, expected) => expect(judge(order)).toBe(expected))

  test.each([
    ['position', { positionLots: 195 }, 'position'],
    ['other open orders', { open: { buy: 195, sell: 0 } }, 'position'],
    ['freeze', { freezes: ['stale' as const] }, 'frozen-stale'],
    ['missing reference', { reference: undefined }, 'no-reference'],
    ['unknown equity', { guard: FRESH_GUARD }, 'equity'],
  ])('a stop entry counts like any entry: %s', (_name, world, expected) => {
    expect(judge(STOP, world)).toBe(expected)
  })

  const PROTECT = { ...stop('sell', 800, 798), reduceOnly: true } as const
  const LONG = { positionLots: 10 }
  test.each([
    ['frozen', { freezes: ['stale' as const] }, 'approved'],
    ['latched', { guard: { ...RICH, latches: { kill: { at: NOW, detail: 'why' } } } }, 'approved'],
    ['without reference or equity', { reference: undefined, guard: FRESH_GUARD }, 'approved'],
    ['beside an exit for all of it', { open: { buy: 0, sell: 10 } }, 'approved'],
    ['for more than is held', { positionLots: 9 }, 'reduce-only-increases'],
    ['on the wrong side', { positionLots: -10 }, 'reduce-only-increases'],
  ])('protection a fifth below the market passes as an exit: %s', (_name, world, expected) => {
    expect(judge(PROTECT, { ...LONG, ...world })).toBe(expected)
  })
  test('its limit may not be far from its trigger', () => {
    expect(judge({ ...PROTECT, type: 'stop-limit', price: ticks(795) }, LONG)).toBe('collar')
  })
})

test('whatever the fields hold, an approved order has the shape of its type', () => {
  const odd = fc.constantFrom(undefined, Number.NaN, -1, 0, 0.5, 990, 1_000, 1_010)
  const anyTrigger = fc.option(fc.record({ ticks: odd, by: fc.constantFrom('last', 'mark', 'index') }), {
    nil: undefined,
  })
  const anyOrder = fc.record({
    type: fc.constantFrom<OrderType>(
      'limit',
      'market',
      'stop-market',
      'stop-limit',
      'take-profit-market',
      'trailing-stop',
    ),
    timeInForce: fc.constantFrom<TimeInForce>('GTC', 'IOC', 'FOK', 'GTX', 'GTD'),
    expiresAt: fc.constantFrom(undefined, NOW, LATER),
    trigger: anyTrigger,
    trailing: fc.option(fc.record({ callbackBps: odd, by: fc.constantFrom('last', 'mark') }), { nil: undefined }),
  })
  let approvals = 0
  fc.assert(
    fc.property(anyOrder, (fields) => {
      const order = { ...intent(), ...fields } as OrderIntent
      if (judge(order) !== 'approved') return
      approvals += 1
      expect(order.trigger !== undefined).toBe(/^(stop|take)/.test(order.type))
      expect(order.trailing !== undefined).toBe(order.type === 'trailing-stop')
      expect(order.expiresAt === LATER).toBe(order.timeInForce === 'GTD')
      expect(order.trigger?.ticks ?? 1).toBeGreaterThan(0)
      expect(order.trailing?.callbackBps ?? 1).toBeGreaterThan(0)
    }),
    { numRuns: 5_000 },
  )
  expect(approvals).toBeGreaterThan(20)
})
