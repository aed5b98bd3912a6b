import Big from 'big.js'
import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import type { MarginType } from '../../../src/simulation/account/account-settings.ts'
import { marginTiers } from '../../../src/simulation/account/margin-tiers.ts'
import { bench, OPENING, SYMBOL } from './support/bench.ts'
import { BAR_MS, onCandles } from './support/candle-bench.ts'
import { delta, LINEAR, mark, snapshot, trade } from './support/market.ts'

/** 10 000 lots bought at 1001 ticks with 110 USDT: maintenance 0.4 %, fee 0.05 %. */
async function long() {
  const rig = bench({ deposit: '110', leverage: 10 }, [OPENING, mark(0, 100.1, 0, 0)])
  rig.feed(snapshot(1, [999, 100_000], [1_001, 10_000]))
  await rig.place({ lots: 10_000, price: 1_001 })
  expect(await rig.held()).toMatchObject({ lots: 10_000 })
  return rig
}

/** Wallet = deposit + realised − fees + cash, to the last digit. */
async function identity({ events, wallet }: Awaited<ReturnType<typeof long>>, deposit: string) {
  let sum = new Big(deposit)
  for (const event of events) {
    if (event.kind === 'fill') sum = sum.plus(event.fill.realisedPnl).minus(event.fill.fee)
    if (event.kind === 'cash') sum = sum.plus(event.amount)
  }
  expect(await wallet()).toBe(sum.toFixed())
}

describe('liquidation', () => {
  // Binance, "How to Calculate Liquidation Price of USDⓈ-M Futures Contracts" for one net position:
  // (109.4995 − 10 × 100.1) ÷ (10 × 0.004 − 10) = 89.5080…
  test.each<[string, number, boolean]>([
    ['at maintenance margin not yet', 89.509, false],
    ['below it', 89.508, true],
  ])('%s', async (_name, markPrice, liquidated) => {
    const rig = await long()
    rig.feed(delta(2, [999, 0, 895, 4_000, 890, 100_000], []))
    const resting = await rig.place({ lots: 60, price: 890, timeInForce: 'GTC' })
    rig.feed(mark(3, markPrice, 0, 0))
    expect((await rig.held()).lots === 0).toBe(liquidated)
    expect(rig.states(resting.clientId).at(-1)).toBe(liquidated ? 'cancelled 0' : 'open 0')
    await identity(rig, '110')
  })

  test('orders go first, then the position meets the book, then the exchange takes over at the bankruptcy price', async () => {
    const rig = await long()
    rig.feed(delta(2, [999, 0, 895, 4_000], []))
    rig.feed(mark(3, 89.5, 0, 0))
    // (1001 − 109.4995) ÷ 10 = 89.15005: the account's engine says to which side it rounds.
    expect(rig.fills()[1]).toBe('sell 4000@895 t3')
    expect(rig.fills()[2]).toMatch(/^sell 6000@89[12] t3$/)
    const fee = rig.events.find((event) => event.kind === 'cash')
    expect(fee).toMatchObject({ reason: 'INSURANCE_CLEAR' })
    expect(Number(await rig.wallet())).toBeGreaterThanOrEqual(0)
    await identity(rig, '110')
  })

  test('a gap far below leaves nothing, and no debt', async () => {
    const rig = await long()
    rig.feed(delta(2, [999, 0, 500, 100_000], []), mark(3, 50, 0, 0), trade(4, 'sell', 500, 1))
    expect(await rig.held()).toMatchObject({ lots: 0 })
    expect(Number(await rig.wallet())).toBe(0)
    await identity(rig, '110')
  })

  const OTHER = { ...LINEAR, symbol: 'ETH/USDT:USDT', venueSymbol: 'ETHUSDT' }
  const COIN = { ...LINEAR, symbol: 'BTC/USDC:USDC', venueSymbol: 'BTCUSDC', quote: 'USDC', settle: 'USDC' }

  test.each<[MarginType, string[]]>([
    ['isolated', ['cancelled 0', 'open 0', 'open 0']],
    ['cross', ['cancelled 0', 'cancelled 0', 'open 0']],
  ])('%s: orders go of what shares the margin, and no others', async (marginMode, states) => {
    const instruments = [LINEAR, OTHER, COIN]
    const rig = bench({ deposit: '150', leverage: 10, marginMode, instruments }, [OPENING, mark(0, 100.1, 0, 0)])
    for (const { symbol } of instruments) rig.feed(snapshot(1, [999, 100_000], [1_001, 10_000], symbol))
    await rig.place({ lots: 10_000, price: 1_001 })
    const resting: string[] = []
    for (const { symbol } of instruments) {
      const { clientId, submission } = await rig.place({ symbol, lots: 100, price: 700, timeInForce: 'GTC' })
      expect(submission.kind).toBe('accepted')
      resting.push(clientId)
    }
    rig.feed(delta(2, [999, 0, 700, 100_000], []), mark(3, 80, 0, 0))
    expect(await rig.held()).toMatchObject({ lots: 0 })
    expect(resting.map((clientId) => rig.states(clientId).at(-1))).toEqual(states)
    expect(
      rig.events.filter((event) => event.kind === 'cash' && event.reason === 'INSURANCE_CLEAR').length,
    ).toBeLessThan(2)
  })
})

describe('funding on candles', () => {
  test('is paid at the rate and mark told', async () => {
    const { place, next, venue, events } = onCandles()
    await place({ lots: 100, price: 1_001 })
    next(1_000, 1_000, 1_000, 1_000)
    venue.onFunding(SYMBOL, 0.0001, 101, epochMs(2 * BAR_MS))
    expect(events.filter(({ kind }) => kind === 'cash')).toMatchObject([{ amount: '-0.00101', at: 2 * BAR_MS }])
  })

  /** 10 000 lots (1003 USDT) with 110 USDT, the price at 920 ticks: 26.5 of equity, 3.68 of maintenance. */
  async function near(settings = {}) {
    const rig = onCandles({ halfSpreadBps: 10 }, { deposit: '110', leverage: 10, ...settings })
    await rig.place({ lots: 10_000, price: 1_010 })
    rig.next(1_001, 1_001, 920, 920, 1e6)
    expect(await rig.held()).toMatchObject({ lots: 10_000 })
    return rig
  }

  test('that eats the margin closes at the price that stands, not at the bankruptcy price', async () => {
    const { venue, brief, held, events, wallet } = await near()
    venue.onFunding(SYMBOL, 0.027, 92, epochMs(2 * BAR_MS))
    expect(await held()).toMatchObject({ lots: 0 })
    // 920 less half the spread of 10 bps; bankrupt would be near 917.
    expect(brief().at(-1)).toBe('sell 10000@919')
    expect(events.some((event) => event.kind === 'cash' && event.reason === 'INSURANCE_CLEAR')).toBe(true)
    expect(Number(await wallet())).toBeGreaterThanOrEqual(0)
  })

  test('looks at the mark of that moment, both sides of the limit', async () => {
    // Equity 26.5 − 22.7 = 3.8 stays above 3.68 at a mark of 92, not at 91.9.
    const spared = await near()
    spared.venue.onFunding(SYMBOL, 0.0247, 92, epochMs(2 * BAR_MS))
    expect(await spared.held()).toMatchObject({ lots: 10_000 })
    const due = await near()
    due.venue.onFunding(SYMBOL, 0.0247, 91.9, epochMs(2 * BAR_MS))
    expect(await due.held()).toMatchObject({ lots: 0 })
  })

  test('closes tier by tier', async () => {
    const tiers = marginTiers([
      { notionalMax: 500, maintenanceRate: 0.004, leverageMax: 125 },
      { notionalMax: 1e6, maintenanceRate: 0.02, leverageMax: 100 },
    ])
    const { venue, brief, held } = await near({ account: { tiersOf: () => tiers } })
    // Maintenance 10.4 in the second tier, 2 in the first: half of the position is enough.
    venue.onFunding(SYMBOL, 0.0205, 92, epochMs(2 * BAR_MS))
    expect(await held()).toMatchObject({ lots: 5_434 })
    expect(brief().at(-1)).toBe('sell 4566@919')
  })
})
