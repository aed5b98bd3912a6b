import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountSettings } from '../../../src/simulation/account/account-settings.ts'
import type { MarginClaim } from '../../../src/simulation/account/initial-margin.ts'
import { MarginAccount } from '../../../src/simulation/account/margin-account.ts'
import { marginTiers } from '../../../src/simulation/account/margin-tiers.ts'
import { BTC, ETH, inverse } from './instruments.ts'

const WALLET = 1_000
const COIN = inverse('100')
const TIERS = marginTiers([
  { notionalMax: 2_000, maintenanceRate: 0.01, leverageMax: 50 },
  { notionalMax: 10_000, maintenanceRate: 0.02, leverageMax: 25 },
  { notionalMax: 1e9, maintenanceRate: 0.05, leverageMax: 10 },
])

interface Market {
  readonly instruments: readonly (typeof BTC)[]
  readonly currency: string
  /** Quote currency, and ticks for it. */
  readonly price: number
  readonly perTick: number
  /** Of a usual trade. */
  readonly lots: number
}

const LINEAR: Market = { instruments: [BTC, ETH], currency: 'USDT', price: 100, perTick: 100, lots: 5_000 }
// A thousand coins of margin at 1 USD a coin.
const INVERSE: Market = { instruments: [COIN], currency: 'BTC', price: 1, perTick: 10, lots: 10 }

const trade = fc.record({
  which: fc.nat(1),
  long: fc.boolean(),
  share: fc.double({ min: 0.1, max: 4, noNaN: true }),
})

interface Case {
  readonly market: Market
  readonly settings: Partial<AccountSettings>
  readonly trades: readonly { readonly which: number; readonly long: boolean; readonly share: number }[]
  readonly claims: readonly { readonly which: number; readonly buy: boolean; readonly value: number }[]
  /** Marks, and a candle's ends, as multiples of the price. */
  readonly marks: readonly number[]
  readonly low: number
  readonly high: number
  readonly between: number
}

const around = fc.double({ min: 0.6, max: 1.6, noNaN: true })
const cases: fc.Arbitrary<Case> = fc.record({
  market: fc.constantFrom(LINEAR, INVERSE),
  settings: fc.record({
    leverageOf: fc.integer({ min: 1, max: 60 }).map((leverage) => () => leverage),
    tiersOf: fc.constant(() => TIERS),
    positionMode: fc.constantFrom('one-way', 'hedge'),
    marginTypeOf: fc.constantFrom<AccountSettings['marginTypeOf']>(
      () => 'cross',
      () => 'isolated',
    ),
  }),
  trades: fc.array(trade, { maxLength: 4 }),
  claims: fc.array(
    fc.record({ which: fc.nat(1), buy: fc.boolean(), value: fc.double({ min: 1, max: 20_000, noNaN: true }) }),
    { maxLength: 3 },
  ),
  marks: fc.tuple(around, around),
  low: around,
  high: around,
  between: fc.double({ min: 0, max: 1, noNaN: true }),
})

function made({ market, settings, trades, claims, marks }: Case) {
  const { instruments, currency, price, perTick, lots } = market
  const account = new MarginAccount(instruments, () => String(WALLET), settings)
  const of = (which: number) => instruments[which % instruments.length]!.symbol
  const isHedge = settings.positionMode === 'hedge'
  const leg = (long: boolean) => (isHedge ? { positionSide: long ? ('long' as const) : ('short' as const) } : {})
  for (const { which, long, share } of trades) {
    const size = Math.max(1, Math.round(lots * share))
    account.fill(of(which), long ? 'buy' : 'sell', price * perTick, size, false, leg(long).positionSide)
  }
  for (const [which, mark] of marks.entries()) account.mark(of(which), price * mark)
  const claimed = claims.map(
    ({ which, buy, value }): MarginClaim => ({
      symbol: of(which),
      side: buy ? 'buy' : 'sell',
      value: account.worth(of(which), price * perTick, Math.max(1, Math.round((value / WALLET) * lots * 0.2))),
      ...leg(buy),
    }),
  )
  return { account, symbol: of(0), currency, price, claimed }
}

test('what is clearly covered is covered to the last digit, and what is well covered is clearly so', () => {
  const seen = { covered: 0, short: 0 }
  fc.assert(
    fc.property(cases, (one) => {
      const { account, currency, claimed } = made(one)
      const free = account.freeMargin(currency, claimed)
      const isClear = account.isClearlyCovered(currency, claimed)
      if (isClear) expect(free.gte(0), `free ${free.toFixed()}`).toBe(true)
      if (free.gt(WALLET / 1_000)) expect(isClear, `free ${free.toFixed()}`).toBe(true)
      if (isClear) seen.covered += 1
      else seen.short += 1
    }),
    { numRuns: 600, seed: 7 },
  )
  expect(Math.min(seen.covered, seen.short)).toBeGreaterThan(50)
})

test('a price between two at which nothing is liquidated beyond doubt liquidates nothing', () => {
  const seen = { safe: 0, unsafe: 0 }
  fc.assert(
    fc.property(
      cases.filter(({ settings }) => settings.marginTypeOf?.('') === 'cross'),
      (one) => {
        const { account, symbol, currency, price } = made(one)
        const [low, high] = [Math.min(one.low, one.high), Math.max(one.low, one.high)]
        const isSafe = account.isClearlySafeAt(symbol, price * low) && account.isClearlySafeAt(symbol, price * high)
        account.mark(symbol, price * (low + one.between * (high - low)))
        const spare = account.marginBalance(currency).minus(account.maintenanceMargin(currency))
        if (isSafe) expect(spare.gte(0), `spare ${spare.toFixed()}`).toBe(true)
        if (isSafe) seen.safe += 1
        else seen.unsafe += 1
      },
    ),
    { numRuns: 600, seed: 7 },
  )
  expect(Math.min(seen.safe, seen.unsafe)).toBeGreaterThan(50)
})

test('asking what would be at another mark changes no mark', () => {
  const { account, symbol, currency } = made({
    ...{ market: LINEAR, settings: { leverageOf: () => 10 }, trades: [{ which: 0, long: true, share: 1 }], claims: [] },
    ...{ marks: [1.1, 1], low: 1, high: 1, between: 0 },
  })
  const before = account.marginBalance(currency).toFixed()
  account.isClearlySafeAt(symbol, 1)
  expect(account.marginBalance(currency).toFixed()).toBe(before)
})
