import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signOf } from '../../../src/core/units.ts'
import type { AccountSettings, PositionSide } from '../../../src/simulation/account/account-settings.ts'
import { MarginAccount } from '../../../src/simulation/account/margin-account.ts'
import { marginTiers } from '../../../src/simulation/account/margin-tiers.ts'
import { BTC, ETH, inverse } from './instruments.ts'

const TRADERS = 4
const DEPOSIT = 1_000
const COIN = inverse('100', { makerFeeRate: -0.0001, takerFeeRate: 0.0005 })
const LINEAR = [BTC, ETH].map((instrument) => ({ ...instrument, makerFeeRate: 0.0002, takerFeeRate: 0.0005 }))
const TIERS = marginTiers([
  { notionalMax: 2_000, maintenanceRate: 0.01, leverageMax: 50 },
  { notionalMax: 10_000, maintenanceRate: 0.02, leverageMax: 25 },
  { notionalMax: 1e9, maintenanceRate: 0.05, leverageMax: 10 },
])

/** A trader and the sums of what the account said it did. */
class Trader {
  readonly account: MarginAccount
  readonly hedged: boolean
  expected: Big
  readonly held = new Map<string, number>()

  constructor(instruments: readonly (typeof BTC)[], settings: Partial<AccountSettings>) {
    this.hedged = settings.positionMode === 'hedge'
    this.account = new MarginAccount(instruments, () => String(DEPOSIT), settings)
    this.expected = new Big(DEPOSIT)
  }

  #booked({ fee, realisedPnl }: { fee: string; realisedPnl: string }, key: string, signed: number): void {
    this.expected = this.expected.plus(realisedPnl).minus(fee)
    this.held.set(key, (this.held.get(key) ?? 0) + signed)
  }

  /** In hedge mode what closes the other leg goes there, the rest opens. */
  fill(symbol: string, side: 'buy' | 'sell', ticks: number, size: number, maker: boolean): void {
    const one = (lots: number, leg?: PositionSide) =>
      lots > 0 && this.#booked(this.account.fill(symbol, side, ticks, lots, maker, leg), symbol, signOf(side) * lots)
    if (!this.hedged) return void one(size)
    const [open, close] = side === 'buy' ? (['long', 'short'] as const) : (['short', 'long'] as const)
    const closing = Math.min(size, Math.abs(this.account.lots(symbol, close)) >> 1)
    one(closing, close)
    one(size - closing, open)
  }

  /** Whether the margin suffices for an order at this price, its fee included. */
  affords(symbol: string, currency: string, side: 'buy' | 'sell', ticks: number, size: number): boolean {
    const value = this.account.worth(symbol, ticks, size)
    const leg = this.hedged ? { positionSide: side === 'buy' ? ('long' as const) : ('short' as const) } : {}
    const free = this.account.freeMargin(currency, [{ symbol, side, value, ...leg }])
    return free.gte(value.times('0.0005'))
  }

  fund(symbol: string, mark: number, rate: number): void {
    this.expected = this.expected.plus(this.account.fund(symbol, mark, rate) ?? 0)
  }

  /** The book takes half at a better price, the fund the rest. Returns the takeovers, by symbol. */
  settleLiquidations(fund: Map<string, number>): boolean {
    let liquidated = false
    for (;;) {
      const due = this.account.liquidations()
      if (due.length === 0) return liquidated
      liquidated = true
      for (const one of due) {
        const { symbol, side, lots, bankruptcyTicks } = one
        const better = Math.max(1, bankruptcyTicks + signOf(side) * -1 * (bankruptcyTicks > 100 ? 3 : 0))
        const half = lots >> 1
        if (half > 0) this.#booked(this.account.liquidate(one, better, half), symbol, signOf(side) * half)
        this.#booked(this.account.liquidate(one, bankruptcyTicks, lots - half), symbol, signOf(side) * (lots - half))
        fund.set(symbol, (fund.get(symbol) ?? 0) - signOf(side) * lots)
      }
    }
  }
}

const MODES: readonly Partial<AccountSettings>[] = [
  {},
  { marginTypeOf: () => 'isolated' },
  { positionMode: 'hedge' },
  { positionMode: 'hedge', marginTypeOf: () => 'isolated' },
]

const act = fc.record({
  buyer: fc.nat(TRADERS - 1),
  gap: fc.integer({ min: 1, max: TRADERS - 1 }),
  which: fc.nat(1),
  size: fc.integer({ min: 1, max: 400 }),
  move: fc.double({ min: -0.12, max: 0.12, noNaN: true }),
  funding: fc.option(fc.double({ min: -0.003, max: 0.003, noNaN: true }), { nil: undefined }),
})

describe.each([
  { name: 'linear', instruments: LINEAR, ticksAtStart: 30_000, lots: 60 },
  { name: 'inverse', instruments: [COIN], ticksAtStart: 20_000, lots: 2_000 },
])('$name contracts', ({ name, instruments, ticksAtStart, lots }) => {
  test('money and contracts are conserved among several traders; liquidation leaves nobody below nothing', () => {
    let liquidations = 0
    fc.assert(
      fc.property(fc.array(act, { minLength: 25, maxLength: 40 }), (acts) => {
        const traders = MODES.map(
          (mode) => new Trader(instruments, { leverageOf: () => 20, tiersOf: () => TIERS, ...mode }),
        )
        const prices = new Map(instruments.map(({ symbol }) => [symbol, ticksAtStart]))
        const fund = new Map<string, number>()
        const net = (symbol: string) =>
          traders.reduce((sum, { held }) => sum + (held.get(symbol) ?? 0), fund.get(symbol) ?? 0)
        for (const { buyer, gap, which, size: units, move, funding } of acts) {
          const { symbol, tickSize, settle } = instruments[which % instruments.length]!
          const size = units * lots
          const ticks = Math.max(2, Math.round(prices.get(symbol)! * (1 + move)))
          prices.set(symbol, ticks)
          for (const trader of traders) {
            if (funding !== undefined) trader.fund(symbol, ticks * Number(tickSize), funding)
            trader.account.mark(symbol, ticks * Number(tickSize))
            if (!trader.settleLiquidations(fund)) continue
            liquidations += 1
            expect(trader.account.marginBalance(settle).gte(0)).toBe(true)
          }
          const [long, short] = [traders[buyer]!, traders[(buyer + gap) % TRADERS]!]
          if (long.affords(symbol, settle, 'buy', ticks, size) && short.affords(symbol, settle, 'sell', ticks, size)) {
            long.fill(symbol, 'buy', ticks, size, false)
            short.fill(symbol, 'sell', ticks, size, true)
          }
          for (const each of prices.keys()) expect(net(each)).toBe(0)
          for (const { account, expected, held, hedged } of traders) {
            expect(account.wallet(settle)).toBe(expected.toFixed())
            const own = hedged ? account.lots(symbol, 'long') + account.lots(symbol, 'short') : account.lots(symbol)
            expect(own).toBe(held.get(symbol) ?? 0)
          }
        }
      }),
      { numRuns: 20, seed: 5 },
    )
    expect(liquidations, name).toBeGreaterThan(10)
  })
})

test('what traders win together others lose: wallets and unrealised profits add up to deposits less fees', () => {
  const trades = fc.array(
    fc.record({
      buyer: fc.nat(2),
      gap: fc.integer({ min: 1, max: 2 }),
      ticks: fc.integer({ min: 5_000, max: 40_000 }),
      size: fc.integer({ min: 1, max: 500 }),
      rate: fc.double({ min: -0.01, max: 0.01, noNaN: true }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  const free = [BTC, inverse('100')]
  for (const instrument of free) {
    fc.assert(
      fc.property(trades, (all) => {
        const { symbol, settle, tickSize } = instrument
        const accounts = [0, 1, 2].map(() => new MarginAccount([instrument], () => '1000000'))
        for (const { buyer, gap, ticks, size, rate } of all) {
          accounts[buyer]!.fill(symbol, 'buy', ticks, size, true)
          accounts[(buyer + gap) % 3]!.fill(symbol, 'sell', ticks, size, false)
          for (const account of accounts) account.fund(symbol, ticks * Number(tickSize), rate)
        }
        for (const account of accounts) account.mark(symbol, 123.45)
        const total = accounts.reduce((sum, account) => sum.plus(account.marginBalance(settle)), new Big(0))
        // Funding is rounded to 1e-8 per trader, as the venue does: half of that each time at most, and once for the balance.
        const slack = 0.5e-8 * 3 * (all.length + 1)
        expect(Math.abs(total.minus(3_000_000).toNumber())).toBeLessThanOrEqual(slack + 1e-12)
      }),
      { numRuns: 60, seed: 6 },
    )
  }
})
