import Big from 'big.js'
import { describe, expect, test } from 'vitest'
import type { AccountSettings } from '../../../src/simulation/account/account-settings.ts'
import { adlQuantiles } from '../../../src/simulation/account/adl.ts'
import { MarginAccount } from '../../../src/simulation/account/margin-account.ts'
import { marginTiers } from '../../../src/simulation/account/margin-tiers.ts'
import { BTC, ETH, inverse } from './instruments.ts'

const { symbol } = BTC
const at = (usdt: number) => usdt * 100 // Ticks.

const accountOf = (wallet: string, settings: Partial<AccountSettings> = {}) => {
  const account = new MarginAccount([BTC, ETH], () => wallet, { leverageOf: () => 10, ...settings })
  account.mark(symbol, 100)
  return account
}
const claim = (side: 'buy' | 'sell', value: number, positionSide?: 'long' | 'short') => ({
  symbol,
  side,
  value: new Big(value),
  ...(positionSide && { positionSide }),
})

describe('initial margin of orders, as Binance counts it: the worse of both sides of a net position', () => {
  test.each([
    { name: 'a buy on its own', lots: 0, claims: [claim('buy', 300)], expected: 30 },
    { name: 'both sides: only the greater', lots: 0, claims: [claim('buy', 300), claim('sell', 200)], expected: 30 },
    { name: 'a long and a buy', lots: 1_000, claims: [claim('buy', 300)], expected: 40 },
    { name: 'a long and a sell that reduces it', lots: 1_000, claims: [claim('sell', 100)], expected: 10 },
    {
      name: 'a long and a sell that turns it, up to its size',
      lots: 1_000,
      claims: [claim('sell', 200)],
      expected: 10,
    },
    { name: 'a long and a sell that turns it further', lots: 1_000, claims: [claim('sell', 350)], expected: 25 },
    { name: 'a short and a buy that turns it further', lots: -1_000, claims: [claim('buy', 350)], expected: 25 },
    {
      name: 'another instrument counts apart',
      lots: 1_000,
      claims: [{ ...claim('sell', 50), symbol: ETH.symbol }],
      expected: 15,
    },
  ])('$name', ({ lots, claims, expected }) => {
    const account = accountOf('1000')
    if (lots !== 0) account.open(symbol, lots, '100')
    expect(account.initialMargin('USDT', claims).toNumber()).toBe(expected)
    expect(account.available('USDT', claims).toNumber()).toBe(1_000 - expected)
  })

  test('in hedge mode each leg and the orders that open it', () => {
    const account = accountOf('1000', { positionMode: 'hedge' })
    account.open(symbol, 1_000, '100', 'long')
    account.open(symbol, -2_000, '100', 'short')
    const claims = [
      claim('buy', 50, 'long'),
      claim('sell', 70, 'long'),
      claim('sell', 30, 'short'),
      claim('buy', 90, 'short'),
    ]
    expect(account.initialMargin('USDT', claims).toNumber()).toBe((100 + 50 + 200 + 30) / 10)
  })

  test('profit is available, and never less than nothing is', () => {
    const account = accountOf('100')
    account.open(symbol, 10_000, '100')
    account.mark(symbol, 101)
    expect(account.available('USDT').toNumber()).toBe(100 + 10 - 101)
    account.mark(symbol, 95)
    expect(account.available('USDT').toNumber()).toBe(0)
    expect(account.freeMargin('USDT').toNumber()).toBe(50 - 95)
  })

  test('where the tier allows less leverage than was chosen, that counts', () => {
    const tiers = marginTiers([
      { notionalMax: 500, maintenanceRate: 0.01, leverageMax: 10 },
      { notionalMax: 5_000, maintenanceRate: 0.05, leverageMax: 4 },
    ])
    const account = accountOf('1000', { tiersOf: () => tiers })
    expect(account.initialMargin('USDT', [claim('buy', 500)]).toNumber()).toBe(50)
    expect(account.initialMargin('USDT', [claim('buy', 600)]).toNumber()).toBe(150)
    expect(account.setLeverage(symbol, 11)).toBe('leverage-too-high')
    account.open(symbol, 6_000, '100')
    expect(account.setLeverage(symbol, 5)).toBe('leverage-too-high')
    expect(account.setLeverage(symbol, 4)).toBeUndefined()
  })
})

describe('isolated margin', () => {
  const isolated = () => accountOf('1000', { marginTypeOf: () => 'isolated' })

  test('a fill sets value ÷ leverage apart; a partial close gives its share back, with the profit', () => {
    const account = isolated()
    account.fill(symbol, 'buy', at(100), 10_000, true)
    expect(account.isolatedWallet(symbol)).toBe('100')
    expect(account.crossWallet('USDT')).toBe('900')
    expect(account.available('USDT').toNumber()).toBe(900)
    account.fill(symbol, 'sell', at(104), 4_000, true)
    expect(account.isolatedWallet(symbol)).toBe('60')
    expect(account.crossWallet('USDT')).toBe('956')
    account.fill(symbol, 'sell', at(100), 8_000, true) // Through zero: what opens is margined anew.
    expect([account.lots(symbol), account.isolatedWallet(symbol), account.wallet('USDT')]).toEqual([
      -2_000,
      '20',
      '1016',
    ])
  })

  test("its own margin pays funding; neither its loss nor its profit is anybody else's margin", () => {
    const account = isolated()
    account.fill(symbol, 'buy', at(100), 10_000, true)
    expect(account.fund(symbol, 100, 0.001)).toBe('-1')
    expect(account.isolatedWallet(symbol)).toBe('99')
    account.mark(symbol, 95)
    expect(account.available('USDT').toNumber()).toBe(900)
    expect(account.marginBalance('USDT').toNumber()).toBe(949)
  })

  test('margin is added from what is available and taken back down to the initial margin and the loss', () => {
    const account = isolated()
    account.fill(symbol, 'buy', at(100), 10_000, true)
    expect(account.moveMargin(symbol, '901')).toBe('insufficient-margin')
    expect(account.moveMargin(symbol, '900')).toBeUndefined()
    account.mark(symbol, 98)
    expect(account.moveMargin(symbol, '-882.01')).toBe('insufficient-margin')
    expect(account.moveMargin(symbol, '-882')).toBeUndefined() // 118 = 98 + 20 stay.
    expect([account.isolatedWallet(symbol), account.wallet('USDT')]).toEqual(['118', '1000'])
  })

  test('it is liquidated alone, and can take no more than its margin', () => {
    const account = isolated()
    account.open(ETH.symbol, 1_000, '10')
    account.mark(ETH.symbol, 10)
    account.fill(symbol, 'buy', at(100), 10_000, true)
    account.mark(symbol, 90.3)
    const [due, ...more] = account.liquidations()
    expect(more).toEqual([])
    expect(due).toEqual({ symbol, side: 'sell', lots: 10_000, bankruptcyTicks: at(90) })
    account.liquidate(due!, at(90), 10_000)
    expect(account.wallet('USDT')).toBe('900')
    expect([account.lots(symbol), account.lots(ETH.symbol)]).toEqual([0, 1_000])
  })

  test('a mark far beyond: the fund takes over at the bankruptcy price, so the rest of the wallet stays', () => {
    const account = isolated()
    account.fill(symbol, 'sell', at(100), 10_000, true)
    account.mark(symbol, 250)
    const [due] = account.liquidations()
    expect(due).toEqual({ symbol, side: 'buy', lots: 10_000, bankruptcyTicks: at(110) })
    account.liquidate(due!, at(110), 10_000)
    expect(account.wallet('USDT')).toBe('900')
    expect(account.liquidations()).toEqual([])
  })

  test.each([
    ['buy', 90.3, 9_034],
    ['sell', 110, 10_966],
  ] as const)('%s: the bankruptcy price is rounded to the tick in favour of the account', (side, mark, ticks) => {
    const account = accountOf('1000', { marginTypeOf: () => 'isolated' })
    account.fill(symbol, side, at(100), 3_000, true)
    account.moveMargin(symbol, '-1') // Refused: 30 is the initial margin.
    account.fund(symbol, 100, side === 'buy' ? 0.0034 : -0.0034) // 1.02: 28.98 are left, 9.66 per unit.
    account.mark(symbol, mark)
    expect(account.liquidations()[0]).toMatchObject({ bankruptcyTicks: ticks })
    const whole = new MarginAccount([{ ...BTC, tickSize: '0.5' }], () => '1000', {
      leverageOf: () => 10,
      marginTypeOf: () => 'isolated',
    })
    whole.fill(symbol, side, 200, 3_000, true)
    whole.fund(symbol, 100, side === 'buy' ? 0.0034 : -0.0034)
    whole.mark(symbol, mark)
    expect(whole.liquidations()[0]).toMatchObject({ bankruptcyTicks: side === 'buy' ? 181 : 219 })
  })

  test('no less leverage while open; no other margin type either', () => {
    const account = isolated()
    expect(account.setMarginType(symbol, 'isolated')).toBe('no-need-to-change')
    account.fill(symbol, 'buy', at(100), 10_000, true)
    expect(account.setLeverage(symbol, 9)).toBe('leverage-too-low')
    expect(account.setLeverage(symbol, 20)).toBeUndefined()
    expect(account.setMarginType(symbol, 'cross')).toBe('position-open')
    account.fill(symbol, 'sell', at(100), 10_000, true)
    expect(account.setMarginType(symbol, 'cross')).toBeUndefined()
    expect([account.marginType(symbol), account.leverage(symbol)]).toEqual(['cross', 20])
  })
})

describe('cross margin', () => {
  test('at the maintenance margin it stays, below it goes; a better price leaves what the fee does not take', () => {
    const account = accountOf('100')
    account.fill(symbol, 'buy', at(100), 10_000, true)
    account.mark(symbol, 90.37) // Balance 3.7, maintenance 3.6148.
    expect(account.liquidations()).toEqual([])
    account.mark(symbol, 90.36) // 3.6 and 3.6144.
    const [due] = account.liquidations()
    expect(due).toMatchObject({ bankruptcyTicks: at(90), lots: 10_000 })
    expect(account.liquidate(due!, at(90.2), 5_000)).toEqual({ fee: '1', realisedPnl: '-49' }) // 1.25 % would be 5.6.
    expect(account.liquidate(due!, at(90), 5_000)).toEqual({ fee: '0', realisedPnl: '-50' })
    expect(account.wallet('USDT')).toBe('0')
  })

  test('the fee is no more than its rate where the price was good', () => {
    const account = accountOf('100', { liquidationFeeRate: 0.001 })
    account.fill(symbol, 'buy', at(100), 10_000, true)
    account.mark(symbol, 90.3)
    const [due] = account.liquidations()
    expect(account.liquidate(due!, at(91), 10_000)).toEqual({ fee: '0.91', realisedPnl: '-90' })
    expect(account.wallet('USDT')).toBe('9.09')
  })

  test('the position that needs the most margin goes first, and the rest stays if that is enough', () => {
    const account = accountOf('100')
    account.fill(symbol, 'buy', at(100), 9_000, true)
    account.fill(ETH.symbol, 'buy', at(10), 10_000, true)
    account.mark(symbol, 89.2)
    account.mark(ETH.symbol, 10)
    const [due] = account.liquidations()
    expect(due).toMatchObject({ symbol, lots: 9_000 })
    account.liquidate(due!, at(90), 9_000) // Fee: all but what the other's loss... there is none: 10 are left, 1.25 % of 810 is 10.1.
    expect(account.lots(symbol)).toBe(0)
    expect(Number(account.wallet('USDT'))).toBeGreaterThanOrEqual(0)
  })

  test('from a higher tier a position is only brought into the tier below', () => {
    const tiers = marginTiers([
      { notionalMax: 400, maintenanceRate: 0.01, leverageMax: 20 },
      { notionalMax: 5_000, maintenanceRate: 0.05, leverageMax: 20 },
    ])
    const account = accountOf('50', { tiersOf: () => tiers, liquidationFeeRate: 0 })
    account.fill(symbol, 'buy', at(100), 10_000, true)
    account.mark(symbol, 97.8)
    const [due] = account.liquidations() // Balance 28, maintenance 48.9 − 16 = 32.9.
    expect(due).toEqual({ symbol, side: 'sell', lots: 5_911, bankruptcyTicks: at(95) })
    account.liquidate(due!, at(97.8), 5_911)
    expect(account.liquidations()).toEqual([])
    expect(account.lots(symbol)).toBe(4_089)
  })

  test('an inverse short cannot go bankrupt on its own coins: any price closes it', () => {
    const coin = inverse('100')
    const account = new MarginAccount([coin], () => '1', { leverageOf: () => 1 })
    account.fill(coin.symbol, 'sell', 100_000, 90, true) // 0.9 BTC at 10,000.
    account.mark(coin.symbol, 1e9)
    expect(account.liquidations()).toEqual([])
    expect(account.liquidationPrice(coin.symbol)).toBeUndefined()
  })

  test('transfers: in freely, out what is available', () => {
    const account = accountOf('100')
    account.fill(symbol, 'buy', at(100), 5_000, true)
    expect(account.transfer('USDT', '-50.01')).toBe('insufficient-margin')
    expect(account.transfer('USDT', '-50')).toBeUndefined()
    expect(account.transfer('USDT', '12.5')).toBeUndefined()
    expect(account.wallet('USDT')).toBe('62.5')
    expect(account.setLeverage(symbol, 7)).toBe('insufficient-margin')
    expect(account.setLeverage(symbol, 8)).toBeUndefined()
  })
})

describe('auto-deleveraging', () => {
  test('rank: PnL % × effective leverage for a profit, ÷ for a loss', () => {
    const account = accountOf('100')
    account.open(symbol, 10_000, '100')
    account.mark(symbol, 110) // Profit 10 %; 1,100 held with 200.
    expect(account.adlScore(symbol)).toBeCloseTo(0.1 * (1_100 / 200), 12)
    account.mark(symbol, 95) // Loss 5 %; 950 held with 50.
    expect(account.adlScore(symbol)).toBeCloseTo(-0.05 / (950 / 50), 12)
    expect(account.adlScore(ETH.symbol)).toBe(0)
  })

  test('quantiles: the best fifth is first in the queue', () => {
    expect(adlQuantiles([5, 1, 4, 2, 3])).toEqual([4, 0, 3, 1, 2])
    expect(adlQuantiles([1, 2])).toEqual([0, 2])
    expect(adlQuantiles([7])).toEqual([0])
    expect(adlQuantiles([])).toEqual([])
  })
})

test('a leg of hedge mode cannot turn to the other side', () => {
  const account = accountOf('100', { positionMode: 'hedge' })
  account.fill(symbol, 'buy', at(100), 10, true, 'long')
  expect(() => account.fill(symbol, 'sell', at(100), 11, true, 'long')).toThrow(/long leg/)
  expect(() => account.lots(symbol)).toThrow(/position side/)
})
