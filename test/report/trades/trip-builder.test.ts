import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Converter, converter, type Instrument } from '../../../src/core/instrument.ts'
import type { Fill } from '../../../src/core/order.ts'
import { epochMs, lots, type Side, ticks } from '../../../src/core/units.ts'
import type { RoundTrip } from '../../../src/report/backtest/record.ts'
import { costAccumulator } from '../../../src/report/trades/cost-accumulator.ts'
import { tripBuilder, withFee } from '../../../src/report/trades/trip-builder.ts'
import { MarginAccount } from '../../../src/simulation/account/margin-account.ts'

/** One tick is 0.1; a lot is 0.001 BTC, or a contract of 100 USD. */
const LINEAR: Instrument = {
  symbol: 'BTC/USDT:USDT',
  venueSymbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: '0.10',
  lotSize: '0.001',
  contractSize: '1',
  inverse: false,
  lotsMin: 1,
  lotsMax: 100_000,
  lotsMaxMarket: 50_000,
  notionalMin: 5,
  makerFeeRate: 0.0002,
  takerFeeRate: 0.0005,
}
const INVERSE: Instrument = {
  ...LINEAR,
  symbol: 'BTC/USD:BTC',
  quote: 'USD',
  settle: 'BTC',
  lotSize: '1',
  contractSize: '100',
  inverse: true,
}

const fillOf = (
  instrument: Instrument,
  side: Side,
  priceTicks: number,
  size: number,
  more: Partial<Fill> = {},
): Fill => ({
  symbol: instrument.symbol,
  tradeId: '1',
  clientId: 'c',
  venueId: 'v',
  side,
  price: ticks(priceTicks),
  lots: lots(size),
  fee: '0',
  feeCurrency: instrument.settle,
  realisedPnl: '0',
  maker: false,
  at: epochMs(0),
  ...more,
})

const step = fc.record({
  side: fc.constantFrom<Side>('buy', 'sell'),
  price: fc.integer({ min: 500, max: 2_000 }),
  mid: fc.integer({ min: 500, max: 2_000 }),
  size: fc.integer({ min: 1, max: 100 }),
  maker: fc.boolean(),
  funding: fc.option(fc.double({ min: -0.01, max: 0.01, noNaN: true }), { nil: undefined }),
})

describe.each([
  ['linear', LINEAR],
  ['inverse', INVERSE],
])('against the margin account, %s', (_name, instrument) => {
  const convert = converter(instrument)

  test('Σ net profit of trips = change of equity; Σ fees, funding and slippage = the costs', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 500, max: 2_000 }),
        (steps, last) => {
          const account = new MarginAccount([instrument], () => '1000')
          const builder = tripBuilder(instrument.symbol, convert)
          const costs = costAccumulator()
          const trips: RoundTrip[] = []
          for (const [i, { side, price, mid, size, maker, funding }] of steps.entries()) {
            const { fee } = account.fill(instrument.symbol, side, price, size, maker)
            const fill = fillOf(instrument, side, price, size, { fee, maker, at: epochMs(i) })
            const closed = builder.fill(fill, convert.price(mid), 'm', 'signal')
            costs.fill(convert, fill, convert.price(mid), 'signal')
            if (closed) trips.push(closed)
            builder.mark(convert.price(price + 5), convert.price(price - 5), convert.price(price))
            const paid =
              funding === undefined ? undefined : account.fund(instrument.symbol, convert.price(mid), funding)
            if (paid === undefined) continue
            builder.funding(Number(paid))
            costs.funding(Number(paid))
          }
          const unrealised = account.unrealised(instrument.symbol, convert.price(last))
          const rest = builder.end(epochMs(1_000), convert.price(last))
          if (rest) trips.push(rest)
          expect(rest === undefined).toBe(account.lots(instrument.symbol) === 0)
          const sum = (key: 'netPnl' | 'fees' | 'funding' | 'slippage') =>
            trips.reduce((total, trip) => total + trip[key], 0)
          const equity = Number(account.wallet(instrument.settle)) + unrealised
          // The account rounds what a partial close realises to 1e-8 and keeps the rest; floats here hold 1e-9 of these values.
          expect(sum('netPnl')).toBeCloseTo(equity - 1_000, 7)
          const { makerFees, takerFees, funding, slippage, turnover } = costs.breakdown()
          expect(sum('fees')).toBeCloseTo(makerFees + takerFees, 9)
          expect(sum('funding')).toBeCloseTo(funding, 9)
          expect(sum('slippage')).toBeCloseTo(slippage, 7)
          const traded = steps.reduce(
            (total, { price, size }) => total + account.value(instrument.symbol, convert.price(price), size),
            0,
          )
          expect(turnover / traded).toBeCloseTo(1, 9)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('a trip holds together: gross from its prices and lots, excursions around its end', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 30 }), (steps) => {
        const builder = tripBuilder(instrument.symbol, convert)
        const trips = steps.flatMap(({ side, price, mid, size }, i) => {
          const fill = fillOf(instrument, side, price, size, { at: epochMs(i) })
          return builder.fill(fill, convert.price(mid), 'm', 'signal') ?? []
        })
        for (const {
          netPnl,
          grossPnl,
          fees,
          funding,
          mae,
          mfe,
          entryValue,
          lotsMax,
          openedAt,
          closedAt,
          ...trip
        } of trips) {
          expect(netPnl).toBe(grossPnl - fees + funding)
          expect(mfe).toBeGreaterThanOrEqual(Math.max(0, grossPnl) - 1e-9)
          expect(mae).toBeGreaterThanOrEqual(Math.max(0, -grossPnl) - 1e-9)
          expect(closedAt).toBeGreaterThan(openedAt)
          expect(entryValue).toBeCloseTo(worthOf(convert, trip.entryPrice, lotsMax), 9)
        }
      }),
      { numRuns: 100 },
    )
  })
})

const worthOf = ({ instrument, lotSize }: Converter, price: number, size: number): number =>
  instrument.inverse ? (size * 100) / price : size * lotSize * price

describe('linear', () => {
  const convert = converter(LINEAR)
  const make = () => tripBuilder(LINEAR.symbol, convert)

  test('adds, a partial close and the rest: prices by volume, slippage against what was seen, both excursions', () => {
    const builder = make()
    const at = (minute: number) => ({ at: epochMs(minute), fee: '0.1' })
    builder.fill(fillOf(LINEAR, 'buy', 1_000, 100, at(1)), 99.9, 'first', 'x')
    builder.mark(101, 98, 100)
    builder.fill(fillOf(LINEAR, 'buy', 1_020, 100, at(2)), 102, 'second', 'x')
    builder.mark(105, 101, 104)
    expect(builder.fill(fillOf(LINEAR, 'sell', 1_030, 50, at(3)), 103.2, 'third', 'partial')).toBeUndefined()
    builder.mark(103, 100, 102)
    expect(builder.fill(fillOf(LINEAR, 'sell', 990, 150, at(4)), 99, 'fourth', 'stop')).toEqual({
      symbol: LINEAR.symbol,
      side: 'buy',
      openedAt: 1,
      closedAt: 4,
      lotsMax: 200,
      entryPrice: expect.closeTo(101, 9) as number,
      exitPrice: expect.closeTo(100, 9) as number,
      grossPnl: expect.closeTo(-0.2, 9) as number,
      fees: expect.closeTo(0.4, 12) as number,
      funding: 0,
      slippage: expect.closeTo(0.01 + 0 + 0.01 + 0, 9) as number,
      netPnl: expect.closeTo(-0.6, 9) as number,
      entryValue: expect.closeTo(20.2, 9) as number,
      // 0.1 BTC from 100 to 98 and 0.15 BTC from 101 to 99 after 0.1 won; 0.2 BTC from 101 to 105.
      mae: expect.closeTo(0.2, 9) as number,
      mfe: expect.closeTo(0.8, 9) as number,
      bars: 3,
      modelId: 'first',
      exitReason: 'stop',
    })
    expect(builder.end(epochMs(9), 100)).toBeUndefined()
  })

  test('a reversal closes one trip and opens the next; fee and slippage are shared by lots', () => {
    const builder = make()
    builder.fill(fillOf(LINEAR, 'buy', 1_000, 30), 100, 'first', 'x')
    builder.funding(-0.5)
    const closed = builder.fill(fillOf(LINEAR, 'sell', 1_100, 40, { fee: '0.4' }), 110.1, 'second', 'reverse')
    expect(closed).toMatchObject({ side: 'buy', lotsMax: 30, modelId: 'first', exitReason: 'reverse', funding: -0.5 })
    expect(closed!.fees).toBeCloseTo(0.3, 12)
    expect(closed!.slippage).toBeCloseTo(0.003, 9)
    builder.mark(111, 105, 106)
    const rest = builder.end(epochMs(7), 106)
    expect(rest).toMatchObject({
      side: 'sell',
      lotsMax: 10,
      modelId: 'second',
      exitReason: 'end',
      closedAt: 7,
      funding: 0,
      bars: 1,
    })
    expect(rest!.fees).toBeCloseTo(0.1, 12)
    expect(rest!.slippage).toBeCloseTo(0.001, 9)
    expect(rest!.grossPnl).toBeCloseTo(0.04, 9)
    expect(rest!.mae).toBeCloseTo(0.01, 9)
    expect(rest!.mfe).toBeCloseTo(0.05, 9)
  })

  test('a bar after the close moves nothing; a rebate lowers the fees', () => {
    const builder = make()
    builder.mark(1, 1, 1)
    builder.fill(fillOf(LINEAR, 'sell', 1_000, 1, { fee: '-0.01' }), 100, 'm', 'x')
    expect(builder.fill(fillOf(LINEAR, 'buy', 1_000, 1), 100, 'm', 'liquidation')).toMatchObject({
      fees: -0.01,
      bars: 0,
      mae: 0,
      mfe: 0,
      exitReason: 'liquidation',
    })
    builder.mark(500, 1, 400)
    expect(builder.end(epochMs(3), 400)).toBeUndefined()
  })

  test('the largest size is the largest, though less was held later', () => {
    const builder = make()
    builder.fill(fillOf(LINEAR, 'buy', 1_000, 100), 100, 'm', 'x')
    builder.fill(fillOf(LINEAR, 'sell', 1_000, 60), 100, 'm', 'x')
    builder.fill(fillOf(LINEAR, 'buy', 1_000, 10), 100, 'm', 'x')
    expect(builder.fill(fillOf(LINEAR, 'sell', 1_000, 50), 100, 'm', 'x')).toMatchObject({ lotsMax: 100 })
  })

  test('a bar without prices counts, and moves no excursion', () => {
    const builder = make()
    builder.fill(fillOf(LINEAR, 'buy', 1_000, 1), 100, 'm', 'x')
    builder.mark(Number.NaN, Number.NaN, Number.NaN)
    expect(builder.end(epochMs(3), 100)).toMatchObject({ bars: 1, mae: 0, mfe: 0 })
  })

  test('funding of a flat position, a fee in another currency and a mid of 0 are bugs', () => {
    expect(() => make().funding(1)).toThrow('funding')
    expect(() => make().fill(fillOf(LINEAR, 'buy', 1, 1, { feeCurrency: 'BNB' }), 1, 'm', 'x')).toThrow(
      'settle currency',
    )
    expect(() => make().fill(fillOf(LINEAR, 'buy', 1, 1), 0, 'm', 'x')).toThrow('mid price')
  })
})

test('inverse: profit in coins, the entry price is the one that the contracts cost, a better price is slippage below 0', () => {
  const builder = tripBuilder(INVERSE.symbol, converter(INVERSE))
  builder.fill(fillOf(INVERSE, 'buy', 1_000, 1), 100, 'm', 'x')
  builder.fill(fillOf(INVERSE, 'buy', 2_000, 1), 250, 'm', 'x')
  builder.mark(200, 50, 100)
  const trip = builder.fill(fillOf(INVERSE, 'sell', 4_000, 2), 400, 'm', 'target')!
  // 200 USD cost 1 + 0.5 coins and are bought back for 0.5.
  expect(trip.entryPrice).toBeCloseTo(200 / 1.5, 9)
  expect(trip).toMatchObject({ exitPrice: 400, grossPnl: 1, mfe: 1 })
  expect(trip.entryValue).toBeCloseTo(1.5, 12)
  expect(trip.slippage).toBeCloseTo(100 / 250 - 100 / 200, 12)
  expect(trip.mae).toBeCloseTo(4 - 1.5, 12)
})

test('what a liquidation charges is a fee of its own; makers and takers apart', () => {
  const costs = costAccumulator()
  const convert = converter(LINEAR)
  costs.fill(convert, fillOf(LINEAR, 'buy', 1_000, 1_000, { fee: '1', maker: true }), 100, 'signal')
  costs.fill(convert, fillOf(LINEAR, 'buy', 1_000, 1_000, { fee: '2' }), 99, 'signal')
  costs.fill(convert, fillOf(LINEAR, 'sell', 1_000, 2_000, { fee: '4', maker: true }), 101, 'liquidation')
  costs.funding(-3)
  costs.funding(1)
  expect(costs.breakdown()).toEqual({
    makerFees: 1,
    takerFees: 2,
    liquidationFees: 4,
    funding: -2,
    slippage: expect.closeTo(3, 9) as number,
    turnover: expect.closeTo(400, 9) as number,
  })
})

test('a liquidation fee told after its fill: to the open trip, or to the one that ended', () => {
  const builder = tripBuilder(LINEAR.symbol, converter(LINEAR))
  builder.fill(fillOf(LINEAR, 'buy', 1_000, 10), 100, 'm', 'enter')
  expect(builder.fill(fillOf(LINEAR, 'sell', 990, 4), 99, '', 'liquidation')).toBeUndefined()
  expect(builder.fee(0.25)).toBe(true)
  const ended = builder.fill(fillOf(LINEAR, 'sell', 980, 6), 98, '', 'liquidation')!
  expect(ended.fees).toBeCloseTo(0.25, 12)
  expect(builder.fee(0.5)).toBe(false)
  const paid = withFee(ended, 0.5)
  expect(paid.fees).toBeCloseTo(0.75, 12)
  expect(paid.netPnl).toBeCloseTo(ended.grossPnl - 0.75, 12)

  const costs = costAccumulator()
  costs.liquidationFee(0.25)
  costs.liquidationFee(-0.05)
  expect(costs.breakdown().liquidationFees).toBeCloseTo(0.2, 12)
})
