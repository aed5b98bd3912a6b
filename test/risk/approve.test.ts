import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FreezeReason } from '../../src/core/freeze-reason.ts'
import type { OrderIntent } from '../../src/core/order.ts'
import { type EpochMs, epochMs, type Lots, type Side, signOf, type Ticks } from '../../src/core/units.ts'
import { approve, type RiskState } from '../../src/risk/approve.ts'
import { FRESH_GUARD, type Guard, stepGuard } from '../../src/risk/guard.ts'
import type { LatchName } from '../../src/risk/latches.ts'
import type { RiskLimits } from '../../src/risk/limits.ts'
import { intent, judge, LIMITS, NOW, RICH, state } from './support/judge.ts'

const L = (value: number) => value as Lots
const T = (value: number) => value as Ticks
const equity = (equityQuote: number): Guard => stepGuard(FRESH_GUARD, { kind: 'equity', at: NOW, equityQuote }, LIMITS)
const sentBefore = (messages: number): Guard => {
  let guard = RICH
  for (let n = 0; n < messages; n++) guard = stepGuard(guard, { kind: 'message', at: NOW }, LIMITS)
  return guard
}

describe('both sides of each limit', () => {
  test.each<[string, Partial<OrderIntent>, Partial<RiskState>, string]>([
    ['lots at the minimum', { lots: L(2), price: T(2_500) }, { reference: { ticks: 2_500, at: NOW } }, 'approved'],
    ['lots below it', { lots: L(1), price: T(5_000) }, { reference: { ticks: 5_000, at: NOW } }, 'lots-min'],
    ['lots at the maximum', { lots: L(500), price: T(10) }, { reference: { ticks: 10, at: NOW } }, 'approved'],
    ['lots above it', { lots: L(501), price: T(10) }, { reference: { ticks: 10, at: NOW } }, 'lots-max'],
    ['market lots at their maximum', { lots: L(100), type: 'market' }, {}, 'approved'],
    ['market lots above it', { lots: L(101), type: 'market' }, {}, 'lots-max'],
    ['half a lot', { lots: L(2.5) }, {}, 'precision'],
    ['half a tick', { price: T(1_000.5) }, {}, 'precision'],
    ['price zero', { price: T(0) }, {}, 'precision'],
    ['negative lots', { lots: L(-10) }, {}, 'precision'],
    ['figures of another instrument', { symbol: 'Y/USDT:USDT' }, {}, 'symbol'],
    ['at the least value', { lots: L(5) }, {}, 'approved'],
    ['below it', { lots: L(4) }, {}, 'notional-min'],
    ['at the order value', { lots: L(100) }, {}, 'approved'],
    ['above it', { lots: L(101) }, {}, 'order-value'],
    [
      'a sell is valued at the reference',
      { lots: L(100), side: 'sell', price: T(997) },
      { reference: { ticks: 1_001, at: NOW } },
      'order-value',
    ],
    ['position at its limit', { lots: L(50) }, { positionLots: 150 }, 'approved'],
    ['above it', { lots: L(51) }, { positionLots: 150 }, 'position'],
    ['open orders count', { lots: L(51) }, { positionLots: 100, open: { buy: 50, sell: 0 } }, 'position'],
    [
      'those of the other side do not offset',
      { lots: L(51) },
      { positionLots: 150, open: { buy: 0, sell: 90 } },
      'position',
    ],
    ['a plain order may shrink', { lots: L(90), side: 'sell' }, { positionLots: 150 }, 'approved'],
    ['a short at its limit', { lots: L(50), side: 'sell' }, { positionLots: -150 }, 'approved'],
    ['a short above it', { lots: L(51), side: 'sell' }, { positionLots: -150 }, 'position'],
    ['gross exposure at its limit', { lots: L(100) }, { otherExposureQuote: 2_000 }, 'approved'],
    ['above it', { lots: L(100) }, { otherExposureQuote: 2_000.01 }, 'gross-exposure'],
    [
      'the dearer side counts',
      { lots: L(10) },
      { open: { buy: 0, sell: 150 }, otherExposureQuote: 1_501 },
      'gross-exposure',
    ],
    ['leverage at its limit', { lots: L(100) }, { guard: equity(500) }, 'approved'],
    ['above it', { lots: L(100) }, { guard: equity(499) }, 'leverage'],
    ['no equity', {}, { guard: equity(0) }, 'latched-drawdown'],
    ['equity never read', {}, { guard: FRESH_GUARD }, 'equity'],
    [
      'equity unreadable',
      {},
      { guard: stepGuard(RICH, { kind: 'equity', at: NOW, equityQuote: Number.NaN }, LIMITS) },
      'equity',
    ],
    ['no reference', {}, { reference: undefined }, 'no-reference'],
    ['reference at its age limit', {}, { reference: { ticks: 1_000, at: epochMs(NOW - 500) } }, 'approved'],
    ['older', {}, { reference: { ticks: 1_000, at: epochMs(NOW - 501) } }, 'old-reference'],
    ['from the future', {}, { reference: { ticks: 1_000, at: epochMs(NOW + 501) } }, 'old-reference'],
    ['buy at the collar', { price: T(1_005) }, {}, 'approved'],
    ['buy above it', { price: T(1_006) }, {}, 'collar'],
    ['sell at the collar', { price: T(995), side: 'sell' }, {}, 'approved'],
    ['sell below it', { price: T(994), side: 'sell' }, {}, 'collar'],
    ['a price too good', { price: T(900) }, {}, 'approved'],
    ['last message before the reserve', {}, { guard: sentBefore(4) }, 'approved'],
    ['first message of the reserve', {}, { guard: sentBefore(5) }, 'message-rate'],
  ])('%s', (_name, order, world, expected) => {
    expect(judge(order, world)).toBe(expected)
  })

  test.each<[string, Partial<OrderIntent>, Partial<RiskState>, string]>([
    ['all of the position', { lots: L(10) }, {}, 'approved'],
    ['more than the position', { lots: L(11) }, {}, 'reduce-only-increases'],
    ['more than other orders leave', { lots: L(8) }, { open: { buy: 0, sell: 3 } }, 'reduce-only-increases'],
    ['just what they leave', { lots: L(7) }, { open: { buy: 0, sell: 3 } }, 'approved'],
    ['the wrong side', { side: 'buy' }, {}, 'reduce-only-increases'],
    ['from flat', {}, { positionLots: 0 }, 'reduce-only-increases'],
    ['below the least value', { lots: L(2), price: T(996) }, {}, 'approved'],
    ['beyond the collar', { price: T(994) }, {}, 'collar'],
    ['without a reference', { price: T(994) }, { reference: undefined }, 'approved'],
    ['with an old reference', { price: T(994) }, { reference: { ticks: 1_000, at: epochMs(0) } }, 'approved'],
    ['of any value', { lots: L(300) }, { positionLots: 300 }, 'approved'],
    ['without equity', {}, { guard: FRESH_GUARD }, 'approved'],
    ['within the message reserve', {}, { guard: sentBefore(9) }, 'approved'],
    ['past the message limit', {}, { guard: sentBefore(10) }, 'message-rate'],
  ])('an exit (reduce-only sell of a long 10): %s', (_name, order, world, expected) => {
    expect(judge({ side: 'sell', reduceOnly: true, ...order }, { positionLots: 10, ...world })).toBe(expected)
  })

  test.each<FreezeReason>([
    'stale',
    'unsynced',
    'reconciling',
    'unknown-order',
    'stream-down',
    'halted',
    'stopping',
    'model-expired',
  ])('frozen (%s): no entry, exits pass', (reason) => {
    expect(judge({}, { freezes: [reason, 'stale'] })).toBe(`frozen-${reason}`)
    expect(judge({ side: 'sell', reduceOnly: true }, { freezes: [reason], positionLots: 10 })).toBe('approved')
  })

  test.each<LatchName>(['kill', 'daily-loss', 'drawdown', 'throttle'])('latched (%s): no entry, exits pass', (name) => {
    const guard: Guard = { ...RICH, latches: { [name]: { at: NOW, detail: 'why' } } }
    expect(approve(intent(), state({ guard }), LIMITS)).toEqual({
      kind: 'refused',
      code: `latched-${name}`,
      detail: 'why',
    })
    expect(judge({ side: 'sell', reduceOnly: true }, { guard, positionLots: 10 })).toBe('approved')
  })
})

describe('properties', () => {
  const anyIntent = fc.record({
    side: fc.constantFrom<Side>('buy', 'sell'),
    lots: fc.integer({ min: -5, max: 600 }).map(L),
    price: fc.integer({ min: -1, max: 1_100 }).map(T),
    type: fc.constantFrom<OrderIntent['type']>('limit', 'market'),
    reduceOnly: fc.boolean(),
  })
  const anyWorld = fc.record({
    positionLots: fc.integer({ min: -300, max: 300 }),
    open: fc.record({ buy: fc.nat(100), sell: fc.nat(100) }),
    otherExposureQuote: fc.nat(2_500),
    guard: fc.integer({ min: 1, max: 10_000 }).map(equity),
    reference: fc.record({
      ticks: fc.integer({ min: 900, max: 1_100 }),
      at: fc.integer({ min: -700, max: 700 }).map((ms): EpochMs => epochMs(NOW + ms)),
    }),
  })

  test('no approved order breaks a limit', () => {
    let approvals = 0
    fc.assert(
      fc.property(anyIntent, anyWorld, (order, world) => {
        if (judge(order, world) !== 'approved') return
        approvals += 1
        const value = (size: number) => size * 0.01 * Math.max(order.price, world.reference.ticks)
        const signed = signOf(order.side) * world.positionLots
        expect(order.lots).toBeLessThanOrEqual(order.type === 'market' ? 100 : 500)
        expect(order.lots).toBeGreaterThanOrEqual(2)
        if (order.reduceOnly) {
          expect(order.lots + world.open[order.side]).toBeLessThanOrEqual(-signed)
          return
        }
        const side = signed + world.open[order.side] + order.lots
        const other = world.open[order.side === 'buy' ? 'sell' : 'buy'] - signed
        const gross = world.otherExposureQuote + value(Math.max(side, other))
        expect(value(order.lots)).toBeLessThanOrEqual(1_000)
        expect(value(side)).toBeLessThanOrEqual(2_000)
        expect(gross).toBeLessThanOrEqual(3_000)
        expect(gross / world.guard.equity!.lastQuote).toBeLessThanOrEqual(2)
        expect(Math.abs(world.reference.at - NOW)).toBeLessThanOrEqual(500)
        const worst = world.reference.ticks * (order.side === 'buy' ? 1.005 : 0.995)
        expect(signOf(order.side) * (order.price - worst)).toBeLessThanOrEqual(1e-9)
      }),
      { numRuns: 3_000 },
    )
    expect(approvals).toBeGreaterThan(50)
  })

  test('what is no number is refused wherever it stands', () => {
    const broken = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
    const world = state({ positionLots: 10 })
    const holes: ((bad: number) => [OrderIntent, RiskState, RiskLimits])[] = [
      (bad) => [intent({ lots: L(bad) }), world, LIMITS],
      (bad) => [intent({ price: T(bad) }), world, LIMITS],
      (bad) => [intent({ createdAt: bad as EpochMs }), world, LIMITS],
      (bad) => [intent(), { ...world, now: bad as EpochMs }, LIMITS],
      (bad) => [intent(), { ...world, positionLots: bad }, LIMITS],
      (bad) => [intent(), { ...world, open: { buy: bad, sell: 0 } }, LIMITS],
      (bad) => [intent(), { ...world, open: { buy: 0, sell: bad } }, LIMITS],
      (bad) => [intent(), { ...world, otherExposureQuote: bad }, LIMITS],
      (bad) => [intent(), { ...world, reference: { ticks: bad, at: NOW } }, LIMITS],
      (bad) => [intent(), { ...world, reference: { ticks: 1_000, at: bad as EpochMs } }, LIMITS],
      ...(Object.keys(LIMITS) as (keyof RiskLimits)[]).map(
        (key) =>
          (bad: number): [OrderIntent, RiskState, RiskLimits] => [intent(), world, { ...LIMITS, [key]: bad }],
      ),
    ]
    fc.assert(
      fc.property(broken, fc.constantFrom(...holes), fc.boolean(), (bad, hole, reduceOnly) => {
        const [order, there, limits] = hole(bad)
        const exit = reduceOnly ? { reduceOnly, side: 'sell' as const } : {}
        expect(approve({ ...order, ...exit }, there, limits)).toMatchObject({ kind: 'refused', code: 'not-finite' })
      }),
      { numRuns: 500 },
    )
  })

  test('the guard that is no number approves no entry', () => {
    const rate = { at: NOW, secondSpent: Number.NaN, minuteSpent: 0 }
    expect(judge({}, { guard: { ...RICH, rate } })).toBe('message-rate')
    const broken = { ...RICH.equity!, lastQuote: Number.NaN }
    expect(judge({}, { guard: { ...RICH, equity: broken } })).toBe('equity')
  })
})
