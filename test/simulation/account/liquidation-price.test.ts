import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AccountSettings } from '../../../src/simulation/account/account-settings.ts'
import { MarginAccount } from '../../../src/simulation/account/margin-account.ts'
import { marginTiers } from '../../../src/simulation/account/margin-tiers.ts'
import { BTC, ETH, inverse, linear } from './instruments.ts'

/** Binance's tables of 2021 (announcement of 2021-03-18 for BTCUSDT): upper ends and rates; the deductions are derived. */
const rows = (ends: readonly number[], rates: readonly number[]) =>
  marginTiers(ends.map((notionalMax, i) => ({ notionalMax, maintenanceRate: rates[i]!, leverageMax: 10 })))
const BTC_2021 = rows([5e4, 2.5e5, 1e6, 1e7, 2e7, 5e7], [0.004, 0.005, 0.01, 0.025, 0.05, 0.1])
const ETH_2021 = rows([1e4, 1e5, 5e5, 1e6, 2e6, 5e6, 1e7], [0.005, 0.0065, 0.01, 0.02, 0.05, 0.1, 0.125])

const accountOf = (wallet: string, settings: Partial<AccountSettings> = {}) =>
  new MarginAccount([BTC, ETH], () => wallet, {
    tiersOf: (symbol) => (symbol === BTC.symbol ? BTC_2021 : ETH_2021),
    leverageOf: () => 5,
    ...settings,
  })

const price = (account: MarginAccount, symbol: string, side?: 'long' | 'short') =>
  Number(account.liquidationPrice(symbol, side))

/** The worked example of "How to Calculate Liquidation Price of USDⓈ-M Futures Contracts" (binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93), which freqtrade's tests keep too. */
describe('Binance USD-M, the published example', () => {
  test('cross, one-way: two contracts share the wallet', () => {
    const account = accountOf('1535443.01')
    account.open(BTC.symbol, 109_488, '32481.98')
    account.open(ETH.symbol, 3_683_979, '1456.84')
    account.mark(BTC.symbol, 31967.27)
    account.mark(ETH.symbol, 1335.18)
    expect(price(account, ETH.symbol)).toBeCloseTo(1153.26, 2)
    expect(price(account, BTC.symbol)).toBeCloseTo(26316.89, 2)
    // TMM of the example: 71,200.81144 and 356,512.508.
    expect(account.maintenanceMargin('USDT').toNumber()).toBeCloseTo(71_200.81144 + 356_512.508, 2)
  })

  test.each([
    [ETH, 3_683_979, '1456.84', 1114.78],
    [BTC, 109_488, '32481.98', 18778.73],
  ] as const)('isolated: %#', (instrument, lots, entry, expected) => {
    const account = accountOf('9000000', { marginTypeOf: () => 'isolated' })
    const { symbol } = instrument
    account.open(symbol, lots, entry)
    account.mark(symbol, Number(entry))
    const missing = 1_535_443.01 - Number(account.isolatedWallet(symbol))
    expect(account.moveMargin(symbol, missing.toFixed(8))).toBeUndefined()
    expect(account.isolatedWallet(symbol)).toBe('1535443.01')
    expect(price(account, symbol)).toBeCloseTo(expected, 2)
  })

  test('hedge mode: long and short of an instrument share one price, by the published formula', () => {
    // WB 10,000; long 1 at 50,000, short 0.4 at 52,000: (WB + cumL + cumS − L·EPL + S·EPS) ÷ (L·MMRL + S·MMRS − L + S)
    const account = accountOf('10000', { positionMode: 'hedge' })
    account.open(BTC.symbol, 1_000, '50000', 'long')
    account.open(BTC.symbol, -400, '52000', 'short')
    account.mark(BTC.symbol, 50_000)
    // At that price the long is worth 32,100 (0.4 %) and the short 12,900 (0.4 %): no deduction.
    const expected = (10_000 - 50_000 + 0.4 * 52_000) / (0.004 + 0.4 * 0.004 - 1 + 0.4)
    expect(price(account, BTC.symbol, 'long')).toBeCloseTo(expected, 6)
    expect(price(account, BTC.symbol, 'short')).toBeCloseTo(expected, 6)
  })
})

test('Binance COIN-M: 101 BTC, 100,000 contracts of 100 USD at 45,000 go at 33,599.40 (the calculator of the venue)', () => {
  // dev.binance.vision/t/6292; tier of 297 BTC: 12.5 % less 11.605 BTC (binance.com/en/support/faq/ceccfcfb4e3a45e3b48b0b1bb1a8ae46).
  const coin = inverse('100')
  const tiers = marginTiers([
    { notionalMax: 200, maintenanceRate: 0.1, maintenanceDeduction: 6.605, leverageMax: 5 },
    { notionalMax: 400, maintenanceRate: 0.125, maintenanceDeduction: 11.605, leverageMax: 4 },
  ])
  const account = new MarginAccount([coin], () => '101', { tiersOf: () => tiers, leverageOf: () => 4 })
  account.open(coin.symbol, 100_000, '45000')
  account.mark(coin.symbol, 45_000)
  expect(Math.floor(price(account, coin.symbol) * 10) / 10).toBe(33_599.4) // Cut to the tick.
})

describe('Bybit, isolated', () => {
  const tiers = marginTiers([{ notionalMax: 1e9, maintenanceRate: 0.005, leverageMax: 100 }])
  const isolated = (leverage: number): Partial<AccountSettings> => ({
    tiersOf: () => tiers,
    marginTypeOf: () => 'isolated',
    leverageOf: () => leverage,
  })

  test('inverse: size × (1 ∓ MMR) ÷ (size ÷ entry ∓ size ÷ entry ÷ leverage)', () => {
    // "Liquidation Price Calculation under Isolated Mode (Unified Trading Account)", 60,000 USD at 50,000, 10 ×: 1.2 BTC, margin 0.12.
    const coin = inverse('1')
    for (const [lots, expected] of [
      [-60_000, (60_000 * 0.995) / (1.2 - 0.12)],
      [60_000, (60_000 * 1.005) / (1.2 + 0.12)],
    ] as const) {
      const account = new MarginAccount([coin], () => '1', isolated(10))
      account.open(coin.symbol, lots, '50000')
      account.mark(coin.symbol, 50_000)
      expect(account.isolatedWallet(coin.symbol)).toBe('0.12')
      expect(price(account, coin.symbol)).toBeCloseTo(expected, 6)
    }
  })

  test.each([
    ['long 1 BTC at 10,000, 50 ×', 1_000, '10000', 50, 9_850],
    ['short 1 BTC at 8,000, 40 ×', -1_000, '8000', 40, 8_160],
  ])(
    'linear, %s: the published price, but for maintenance on the value at that price, not at entry',
    (_, lots, entry, leverage, published) => {
      // "Liquidation Price (USDT Contract)", help.bybit.com/hc/en-us/articles/900000181046.
      const account = new MarginAccount([BTC], () => '10000', isolated(leverage))
      account.open(BTC.symbol, lots, entry)
      account.mark(BTC.symbol, Number(entry))
      const found = price(account, BTC.symbol)
      expect(found + 0.005 * Math.abs(Number(entry) - found)).toBeCloseTo(published, 6)
    },
  )
})

test('the price is where liquidation begins, not before, long and short, in whatever tier', () => {
  let found = 0
  const lots = fc.tuple(fc.constantFrom(1, -1), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 999 }))
  fc.assert(
    fc.property(lots, fc.integer({ min: 1_000, max: 100_000_000 }), ([side, power, digits], wallet) => {
      const size = Math.ceil((side * digits * 10 ** power) / 1_000)
      const account = accountOf(String(wallet))
      account.open(BTC.symbol, size, '30000')
      account.mark(BTC.symbol, 30_000)
      fc.pre(size !== 0 && account.liquidations().length === 0)
      const at = price(account, BTC.symbol)
      // Without one the price may go to the ground.
      const [before, beyond] = Number.isFinite(at) ? [at * (1 + 1e-5 * side), at * (1 - 1e-5 * side)] : [1, undefined]
      account.mark(BTC.symbol, before)
      expect(account.liquidations()).toEqual([])
      if (beyond === undefined) return
      found += 1
      account.mark(BTC.symbol, beyond)
      expect(account.liquidations()).toHaveLength(1)
    }),
    { seed: 7, numRuns: 300 },
  )
  expect(found).toBeGreaterThan(50)
})

test('there is none without a position, and none for a long that its wallet covers to the ground', () => {
  const account = accountOf('1000000')
  expect(account.liquidationPrice(BTC.symbol)).toBeUndefined()
  account.open(BTC.symbol, 1_000, '30000')
  account.mark(BTC.symbol, 30_000)
  expect(account.liquidationPrice(BTC.symbol)).toBeUndefined()
  expect(new MarginAccount([linear('SOL')], () => '0').liquidations()).toEqual([])
})
