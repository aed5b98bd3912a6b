import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Side, signOf } from '../../../src/core/units.ts'
import { MarginAccount } from '../../../src/simulation/account/margin-account.ts'
import { INVERSE, LINEAR } from '../venue/support/market.ts'

const step = fc.record({
  side: fc.constantFrom<Side>('buy', 'sell'),
  price: fc.integer({ min: 1, max: 1_000_000 }),
  lots: fc.integer({ min: 1, max: 10_000 }),
  maker: fc.boolean(),
  funding: fc.option(fc.double({ min: -0.01, max: 0.01, noNaN: true }), { nil: undefined }),
})

describe.each([
  ['linear', LINEAR],
  ['inverse', INVERSE],
])('cash identity, %s', (_name, instrument) => {
  test('wallet = deposit + Σ realised − Σ fees + Σ funding, and a flat account realised what it traded for', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const account = new MarginAccount([instrument], () => '1000')
        let expected = new Big(1_000)
        let traded = 0
        let realised = new Big(0)
        let held = 0
        const trade = (side: Side, price: number, size: number, maker: boolean) => {
          const settled = account.fill(instrument.symbol, side, price, size, maker)
          expected = expected.plus(settled.realisedPnl).minus(settled.fee)
          realised = realised.plus(settled.realisedPnl)
          held += signOf(side) * size
          const units = size * Number(instrument.lotSize) * Number(instrument.contractSize)
          traded += signOf(side) * (instrument.inverse ? units / (price * 0.1) : -units * price * 0.1)
        }
        for (const { side, price, lots, maker, funding } of steps) {
          trade(side, price, lots, maker)
          if (funding !== undefined) expected = expected.plus(account.fund(instrument.symbol, 100.5, funding) ?? 0)
          expect(account.lots(instrument.symbol)).toBe(held)
        }
        if (held !== 0) trade(held > 0 ? 'sell' : 'buy', 5_000, Math.abs(held), false)
        expect(account.wallet(instrument.settle)).toBe(expected.toFixed())
        expect(account.entryPrice(instrument.symbol)).toBe('0')
        const scale = Math.max(1, Math.abs(traded))
        expect(Math.abs(realised.toNumber() - traded) / scale).toBeLessThan(1e-6)
      }),
      { numRuns: 200 },
    )
  })
})

describe('entry price and profit', () => {
  test('the mean entry stays while the position is reduced', () => {
    const account = new MarginAccount([LINEAR], () => '0')
    account.fill(LINEAR.symbol, 'buy', 1_000, 10, true)
    account.fill(LINEAR.symbol, 'buy', 1_010, 20, true)
    expect(account.entryPrice(LINEAR.symbol)).toBe('100.66666667')
    account.fill(LINEAR.symbol, 'sell', 1_100, 7, true)
    expect(Number(account.entryPrice(LINEAR.symbol))).toBeCloseTo(100.666667, 5)
    expect(account.unrealised(LINEAR.symbol, 110)).toBeCloseTo(23 * 0.001 * (110 - 100.6666667), 6)
  })

  test('a short gains when the price falls; both sides of the fee', () => {
    const account = new MarginAccount([LINEAR], () => '0')
    expect(account.fill(LINEAR.symbol, 'sell', 1_000, 10, true)).toEqual({ fee: '0.0002', realisedPnl: '0' })
    expect(account.fill(LINEAR.symbol, 'buy', 900, 10, false)).toEqual({ fee: '0.00045', realisedPnl: '0.1' })
    expect(account.wallet('USDT')).toBe('0.09935')
  })

  test('an inverse long gains in the base: contracts × (1/entry − 1/exit)', () => {
    const account = new MarginAccount([INVERSE], () => '1')
    account.fill(INVERSE.symbol, 'buy', 1_000, 1, true)
    expect(account.unrealised(INVERSE.symbol, 200)).toBeCloseTo(0.5, 12)
    expect(account.fill(INVERSE.symbol, 'sell', 2_000, 1, true).realisedPnl).toBe('0.5')
  })

  test('an inverse short loses there', () => {
    const account = new MarginAccount([INVERSE], () => '1')
    account.fill(INVERSE.symbol, 'sell', 1_000, 2, true)
    expect(account.fill(INVERSE.symbol, 'buy', 2_000, 1, true).realisedPnl).toBe('-0.5')
    expect(account.entryPrice(INVERSE.symbol)).toBe('100')
  })

  test('a rebate is a negative fee', () => {
    const account = new MarginAccount([{ ...LINEAR, makerFeeRate: -0.0001 }], () => '0')
    expect(account.fill(LINEAR.symbol, 'sell', 1_000, 10, true).fee).toBe('-0.0001')
    expect(account.wallet('USDT')).toBe('0.0001')
  })
})
