import Big from 'big.js'
import { describe, expect, test } from 'vitest'
import { bench, OPENING } from './support/bench.ts'
import { delta, mark, snapshot, trade } from './support/market.ts'

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
})
