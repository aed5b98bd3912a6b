import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import { BINANCE_FEE_TIERS, binanceTiers } from '../../../src/simulation/account/binance-tiers.ts'
import { MarginAccount } from '../../../src/simulation/account/margin-account.ts'
import { marginTiers } from '../../../src/simulation/account/margin-tiers.ts'
import { BTC, inverse, linear } from './instruments.ts'

const flush = (text: string | undefined) => Number(text)

describe('profit and funding of inverse contracts', () => {
  test('BitMEX: 15,000 contracts from 750 to 800 make 1.25 XBT, less 0.05 of funding at 0.25 %', () => {
    // bitmex.com/app/perpetualContractsGuideExamples
    const coin = inverse('1')
    const account = new MarginAccount([coin], () => '10')
    account.fill(coin.symbol, 'buy', 7_500, 15_000, false)
    expect(account.value(coin.symbol, 750, 15_000)).toBe(20)
    expect(account.fund(coin.symbol, 750, 0.0025)).toBe('-0.05')
    expect(account.fill(coin.symbol, 'sell', 8_000, 15_000, false).realisedPnl).toBe('1.25')
    expect(account.wallet('BTC')).toBe('11.2')
  })

  test('BitMEX: 100,000 contracts from 10,000 to 10,500', () => {
    // bitmex.com/app/inverseFuturesGuide: 10 XBT of contracts; 100,000 × (1/10,000 − 1/10,500).
    const coin = inverse('1')
    const account = new MarginAccount([coin], () => '1', { leverageOf: () => 100 })
    account.fill(coin.symbol, 'buy', 100_000, 100_000, false)
    account.mark(coin.symbol, 10_000)
    expect(account.initialMargin('BTC').toFixed()).toBe('0.1')
    expect(flush(account.fill(coin.symbol, 'sell', 105_000, 100_000, false).realisedPnl)).toBeCloseTo(0.476_190_476, 9)
  })

  test('Bybit: 10,000 USD bought at 23,000 and sold at 25,000 make 0.035 BTC', () => {
    // bybit.com/help-center/article/What-is-Inverse-Contract
    const coin = inverse('1')
    const account = new MarginAccount([coin], () => '1')
    account.fill(coin.symbol, 'buy', 230_000, 10_000, false)
    expect(flush(account.fill(coin.symbol, 'sell', 250_000, 10_000, false).realisedPnl)).toBeCloseTo(0.435 - 0.4, 3)
  })
})

describe('OKX: entry price and floating profit', () => {
  // okx.com/help/iii-calculation-of-contract-profit-and-loss, with the numbers of its worked examples.
  test('linear: 10 at 100,000 and 5 at 160,000 are 15 at 120,000; 10 × 0.01 BTC from 100,000 to 160,000 make 6,000', () => {
    const okx = linear('BTC', { lotSize: '1', contractSize: '0.01', tickSize: '0.1' })
    const account = new MarginAccount([okx], () => '10000')
    account.fill(okx.symbol, 'buy', 1_000_000, 10, false)
    expect(account.unrealised(okx.symbol, 160_000)).toBe(6_000)
    account.fill(okx.symbol, 'buy', 1_600_000, 5, false)
    expect(account.entryPrice(okx.symbol)).toBe('120000')
  })

  test('coin-margined: 10 at 100,000 and 5 at 80,000 are 15 at 92,307', () => {
    const okx = inverse('100')
    const account = new MarginAccount([okx], () => '1')
    account.fill(okx.symbol, 'sell', 1_000_000, 10, false)
    account.fill(okx.symbol, 'sell', 800_000, 5, false)
    expect(Math.floor(Number(account.entryPrice(okx.symbol)))).toBe(92_307)
  })
})

describe('Binance: maintenance amounts', () => {
  test('500,000 USDT of BTCUSDT are in a tier of 1 % less 1,300 USDT', () => {
    // FAQ b3c689c1f50a44cabb3a84e663b81d93: 250,000 × (1 % − 0.5 %) + 50.
    const [, second, third] = marginTiers([
      { notionalMax: 50_000, maintenanceRate: 0.004, leverageMax: 125 },
      { notionalMax: 250_000, maintenanceRate: 0.005, leverageMax: 100 },
      { notionalMax: 1_000_000, maintenanceRate: 0.01, leverageMax: 50 },
    ])
    expect([second!.maintenanceDeduction, third!.maintenanceDeduction]).toEqual([50, 1_300])
  })

  test('COIN-M BTCUSD level 5: 50 BTC × (5 % − 2.5 %) + 0.56 BTC', () => {
    // FAQ ceccfcfb4e3a45e3b48b0b1bb1a8ae46.
    const tiers = marginTiers([
      { notionalMax: 50, maintenanceRate: 0.025, maintenanceDeduction: 0.56, leverageMax: 20 },
      { notionalMax: 100, maintenanceRate: 0.05, leverageMax: 10 },
    ])
    expect(tiers[1]!.maintenanceDeduction).toBeCloseTo(1.81, 12)
  })

  test('COIN-M: 100 contracts of 100 USD at 25,000 are 0.4 BTC and need 0.0016 BTC', () => {
    const coin = inverse('100')
    const account = new MarginAccount([coin], () => '1')
    account.open(coin.symbol, 100, '24000')
    account.mark(coin.symbol, 25_000)
    expect(account.maintenanceMargin('BTC').toFixed()).toBe('0.0016')
  })

  test('the deductions derived for BTCUSDT and ETHUSDT are those that the venue states as cum', () => {
    const cums = (symbol: string) =>
      binanceTiers(symbol).map(({ maintenanceDeduction }) => Math.round(maintenanceDeduction * 100) / 100)
    expect(cums(BTC.symbol)).toEqual([
      0, 50, 950, 11_450, 131_450, 481_450, 2_981_450, 14_481_450, 26_481_450, 41_481_450, 121_481_450, 421_481_450,
    ])
    expect(cums('ETH/USDT:USDT')).toEqual([
      0, 50, 950, 11_450, 131_450, 381_450, 2_006_450, 9_506_450, 17_506_450, 27_506_450, 80_506_450, 280_506_450,
    ])
    expect(binanceTiers('SOL/USDT:USDT')).toHaveLength(1)
  })

  test.each([
    ['no tier', []],
    [
      'falling ends',
      [
        { notionalMax: 5, maintenanceRate: 0.1, leverageMax: 5 },
        { notionalMax: 4, maintenanceRate: 0.2, leverageMax: 4 },
      ],
    ],
    [
      'a rate that falls',
      [
        { notionalMax: 5, maintenanceRate: 0.1, leverageMax: 5 },
        { notionalMax: 9, maintenanceRate: 0.1, leverageMax: 4 },
      ],
    ],
    [
      'rising leverage',
      [
        { notionalMax: 5, maintenanceRate: 0.1, leverageMax: 5 },
        { notionalMax: 9, maintenanceRate: 0.2, leverageMax: 6 },
      ],
    ],
  ])('a table with %s is refused', (_, table) => {
    expect(() => marginTiers(table)).toThrow(/must be/)
  })
})

describe('fees by tier', () => {
  const DAY = 86_400_000

  test("the instrument's own rates without tiers, and a COIN-M commission", () => {
    // binance.com/en/support/faq/360033544231: notional value = contracts × contract size ÷ price; 0.040 % for takers.
    const coin = inverse('100', { makerFeeRate: 0.00015, takerFeeRate: 0.0004 })
    const account = new MarginAccount([coin], () => '1')
    expect(account.fill(coin.symbol, 'buy', 100_000, 10, false).fee).toBe('0.00004')
    expect(account.fill(coin.symbol, 'buy', 100_000, 10, true).fee).toBe('0.000015')
  })

  test('a tier follows from the thirty days before today, and is lost again', () => {
    const account = new MarginAccount([BTC], () => '1000000', { feeTiers: BINANCE_FEE_TIERS })
    const feeAt = (day: number) => {
      account.advance(epochMs(day * DAY))
      return account.fill(BTC.symbol, 'buy', 1_000_000, 1_000, false).fee // 10,000 USDT
    }
    account.advance(epochMs(100 * DAY))
    account.fill(BTC.symbol, 'buy', 1_000_000, 1_499_000, true) // 14.99 million
    expect(feeAt(100)).toBe('5')
    expect(feeAt(100)).toBe('5') // 15 million now, but the same day does not count.
    expect(feeAt(101)).toBe('4') // 15 million: VIP 1.
    expect(feeAt(130)).toBe('4')
    expect(feeAt(131)).toBe('5')
  })
})
