import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import { attribute } from '../../../src/report/divergence/attribute.ts'
import type { ComparedOrder, Execution, Outcome } from '../../../src/report/divergence/compared-order.ts'
import { divergenceReport } from '../../../src/report/divergence/divergence-report.ts'
import { INVERSE, LINEAR } from '../../simulation/venue/support/market.ts'

const fill = (ticks: number, lots: number, fee = '0', maker = false): Execution => ({ ticks, lots, fee, maker })
const outcome = (fills: readonly Execution[], arrivalMidTicks?: number): Outcome => ({
  ...{ state: fills.length > 0 ? 'filled' : 'expired', detail: '', fills, arrivalMidTicks },
})
const order = (fields: Partial<ComparedOrder>): ComparedOrder => ({
  ...{ clientId: 'a', symbol: LINEAR.symbol, side: 'buy', lots: 10, type: 'limit', timeInForce: 'IOC' },
  ...{ sentAt: epochMs(0), latency: { feedMs: 0, entryMs: 0, responseMs: 0 }, latencySource: 'measured' },
  ...{ sendMidTicks: 1_000, real: outcome([]), simulated: outcome([]) },
  ...fields,
})
const partsOf = (one: ComparedOrder, end = 1_010, instrument = LINEAR) => {
  const { parts } = attribute(one, instrument, end)
  return Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, value.toFixed()]))
}

describe('one tick of one lot is 0.0001 USDT; the end is at 1,010 ticks', () => {
  test.each([
    {
      name: 'only the simulation filled: 10 lots, 9 ticks of profit',
      one: order({ simulated: outcome([fill(1_001, 10, '0.01')]) }),
      expected: { fill: '0.009', latency: '0', price: '0', fee: '-0.01', total: '-0.001' },
    },
    {
      name: 'only the real one filled',
      one: order({ real: outcome([fill(1_001, 10, '0.01')]) }),
      expected: { fill: '-0.009', latency: '0', price: '0', fee: '0.01', total: '0.001' },
    },
    {
      name: 'a sell is the reverse',
      one: order({ side: 'sell', simulated: outcome([fill(1_001, 10)]) }),
      expected: { fill: '-0.009', latency: '0', price: '0', fee: '0', total: '-0.009' },
    },
    {
      name: 'both filled, the simulation two ticks better: price',
      one: order({ real: outcome([fill(1_003, 10)]), simulated: outcome([fill(1_001, 10)]) }),
      expected: { fill: '0', latency: '0', price: '0.002', fee: '0', total: '0.002' },
    },
    {
      name: 'of these two ticks one and a half are the mid’s: the simulated order came earlier',
      one: order({ real: outcome([fill(1_003, 10)], 1_002), simulated: outcome([fill(1_001, 10)], 1_000.5) }),
      expected: { fill: '0', latency: '0.0015', price: '0.0005', fee: '0', total: '0.002' },
    },
    {
      name: 'the lots past those that both got are the last ones filled',
      one: order({ real: outcome([fill(1_001, 4)]), simulated: outcome([fill(1_001, 3), fill(1_002, 7)]) }),
      expected: { fill: '0.0048', latency: '0', price: '-0.0001', fee: '0', total: '0.0047' },
    },
    {
      name: 'nothing filled anywhere',
      one: order({ real: outcome([], 1_000), simulated: outcome([], 1_050) }),
      expected: { fill: '0', latency: '0', price: '0', fee: '0', total: '0' },
    },
  ])('$name', ({ one, expected }) => {
    expect(partsOf(one)).toEqual(expected)
  })

  test('inverse: 10 contracts of 100 USD bought at 1,000.0 and worth 1,250.0 gain 1,000 × (1/1,000 − 1/1,250) = 0.2 BTC', () => {
    const one = order({ symbol: INVERSE.symbol, simulated: outcome([fill(10_000, 10)]) })
    expect(partsOf(one, 12_500, INVERSE)).toMatchObject({ fill: '0.2', total: '0.2' })
  })
})

const executions = fc
  .array(
    fc.tuple(fc.integer({ min: 900, max: 1_100 }), fc.integer({ min: 1, max: 50 }), fc.integer({ min: -99, max: 999 })),
    { maxLength: 5 },
  )
  .map((rows) => rows.map(([ticks, lots, fee]) => fill(ticks, lots, (fee / 1e8).toFixed(8))))
const arrival = fc.option(
  fc.integer({ min: 1_800, max: 2_200 }).map((half) => half / 2),
  { nil: undefined },
)
const compared = fc
  .tuple(executions, executions, arrival, arrival, fc.constantFrom<ComparedOrder['side']>('buy', 'sell'))
  .map(([real, simulated, realMid, simulatedMid, side]) =>
    order({ side, real: outcome(real, realMid), simulated: outcome(simulated, simulatedMid) }),
  )

test.each([LINEAR, INVERSE])(
  '$symbol: the parts are the whole difference, to the last digit, per order and in total',
  (instrument) => {
    const worth = (fills: readonly Execution[], one: ComparedOrder, end: number): number => {
      const sign = one.side === 'buy' ? 1 : -1
      const units = Number(instrument.lotSize) * Number(instrument.contractSize) * sign
      const at = (ticks: number) => ticks * Number(instrument.tickSize)
      return fills.reduce((sum, { ticks, lots, fee }) => {
        const gain = instrument.inverse
          ? units * lots * (1 / at(ticks) - 1 / at(end))
          : units * lots * (at(end) - at(ticks))
        return sum + gain - Number(fee)
      }, 0)
    }
    fc.assert(
      fc.property(
        fc.array(compared, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 900, max: 1_100 }),
        (some, end) => {
          const orders = some.map((one) => ({ ...one, symbol: instrument.symbol }))
          const { symbol } = instrument
          const report = divergenceReport(orders, new Map([[symbol, instrument]]), new Map([[symbol, end]]))
          for (const { parts } of [...report.orders, report.totals]) {
            expect(new Big(parts.fill).plus(parts.latency).plus(parts.price).plus(parts.fee).toFixed()).toBe(
              parts.total,
            )
          }
          expect(new Big(report.totals.simulatedPnl).minus(report.totals.realPnl).toFixed()).toBe(
            report.totals.parts.total,
          )
          for (const [nth, row] of report.orders.entries()) {
            const one = orders[nth]!
            expect(Number(row.real.pnl)).toBeCloseTo(worth(one.real.fills, one, end), 9)
            expect(Number(row.simulated.pnl)).toBeCloseTo(worth(one.simulated.fills, one, end), 9)
          }
        },
      ),
    )
  },
)

describe('a row for people', () => {
  const rowOf = (one: ComparedOrder) =>
    divergenceReport([one], new Map([[LINEAR.symbol, LINEAR]]), new Map([[LINEAR.symbol, 1_010]])).orders[0]!

  test('basis points: above 0 the simulated price was better, and the mid had moved against the order', () => {
    const bought = order({ real: outcome([fill(1_000, 10)], 1_001), simulated: outcome([fill(999, 10)], 999) })
    expect(rowOf(bought)).toMatchObject({
      priceBps: 10,
      real: { delayBps: 10, averagePrice: 100 },
      simulated: { delayBps: -10 },
    })
    expect(rowOf({ ...bought, side: 'sell' })).toMatchObject({
      priceBps: -10,
      real: { delayBps: -10 },
      simulated: { delayBps: 10 },
    })
    expect(rowOf(order({ simulated: outcome([fill(999, 10)]) }))).toMatchObject({ priceBps: null })
    expect(rowOf({ ...bought, sendMidTicks: undefined }).real.delayBps).toBeNull()
  })

  test.each([
    { name: 'prints are cut as the venue likes', other: [fill(1_001, 5), fill(1_001, 1), fill(1_002, 4)], equal: true },
    { name: 'another size at one price', other: [fill(1_001, 5), fill(1_002, 5)], equal: false },
    { name: 'as maker', other: [fill(1_001, 6, '0', true), fill(1_002, 4)], equal: false },
    { name: 'one price more', other: [fill(1_001, 6), fill(1_002, 4), fill(1_003, 1)], equal: false },
    { name: 'nothing', other: [], equal: false },
  ])('fills are equal or not: $name', ({ other, equal }) => {
    const one = order({ real: outcome([fill(1_001, 6), fill(1_002, 4)]), simulated: outcome(other) })
    expect(rowOf(one).fillsEqual).toBe(equal)
  })
})
