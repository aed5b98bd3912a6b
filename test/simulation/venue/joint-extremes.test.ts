import { describe, expect, test } from 'vitest'
import type { MarginType } from '../../../src/simulation/account/account-settings.ts'
import { bookSimulation, type CandleFillSettings } from '../../../src/simulation/venue/simulation-settings.ts'
import { bench, SYMBOL, type Wanted } from './support/bench.ts'
import { BAR_MS, bar, FREE, type Ohlcv } from './support/candle-bench.ts'
import { LINEAR } from './support/market.ts'

const OTHER = { ...LINEAR, symbol: 'ETH/USDT:USDT', venueSymbol: 'ETHUSDT' }
const FLAT: Ohlcv = [1_000, 1_000, 1_000, 1_000, 1e6]

/** 20 USDT; 1000 lots (100 USDT) of each are held, bought or sold at 1000 ticks; fees take 0.1. */
async function holding(
  sides: readonly Wanted['side'][],
  candles: Partial<CandleFillSettings> = {},
  marginMode: MarginType = 'cross',
) {
  const instruments = [LINEAR, OTHER]
  const simulation = { ...bookSimulation(0), candles: { ...FREE, ...candles } }
  const rig = bench({ simulation, deposit: '20', leverage: 20, marginMode, instruments }, [])
  let n = 0
  const play = (first: Ohlcv, second: Ohlcv) => {
    const played = [
      { symbol: SYMBOL, candle: bar(n, ...first) },
      { symbol: OTHER.symbol, candle: bar(n, ...second) },
    ]
    rig.venue.onCandles(played, BAR_MS)
    n += 1
  }
  play(FLAT, FLAT)
  for (const [at, side] of sides.entries()) {
    if (side)
      await rig.place({ side, lots: 1_000, price: side === 'buy' ? 1_100 : 900, symbol: instruments[at]!.symbol })
  }
  play(FLAT, FLAT)
  const held = async () => (await rig.venue.snapshot([SYMBOL, OTHER.symbol])).positions.map(({ lots }): number => lots)
  return { ...rig, play, held }
}

/** Falls by 11 % on the way and comes back: one instrument alone loses 11 of 19.9 USDT, both together 22. */
const DIP: Ohlcv = [1_000, 1_000, 890, 1_000, 1e6]
const SPIKE: Ohlcv = [1_000, 1_110, 1_000, 1_000, 1e6]

describe('extremes of the candles of one moment', () => {
  test.each<[string, readonly Wanted['side'][], Ohlcv, Ohlcv, boolean]>([
    ['two lows of longs meet', ['buy', 'buy'], DIP, DIP, true],
    ['two highs of shorts meet', ['sell', 'sell'], SPIKE, SPIKE, true],
    ['the low of a long meets the high of a short', ['buy', 'sell'], DIP, SPIKE, true],
    ['a low of a long and one of a short do not hurt both', ['buy', 'sell'], DIP, DIP, false],
    ['one alone can be borne', ['buy', 'buy'], DIP, FLAT, false],
    ['in either order', ['buy', 'buy'], FLAT, DIP, false],
  ])('%s', async (_name, sides, first, second, isLiquidated) => {
    const { play, held, wallet } = await holding(sides)
    play(first, second)
    expect((await held()).includes(0)).toBe(isLiquidated)
    if (isLiquidated) expect(Number(await wallet())).toBeLessThan(19)
    else expect(Number(await wallet())).toBeGreaterThan(19)
  })

  test('which of the two is played first makes no difference to whether they meet', async () => {
    const { play, held, fills } = await holding(['buy', 'buy'])
    // 9 % and 12 %: due only where both are near their lows.
    play([1_000, 1_000, 910, 1_000, 1e6], [1_000, 1_000, 880, 1_000, 1e6])
    expect((await held()).includes(0)).toBe(true)
    expect(fills().at(-1)).toMatch(/^sell/)
  })

  test.each<[string, Partial<CandleFillSettings>, MarginType]>([
    ['where the setting says so', { jointExtremes: false }, 'cross'],
    ['where no margin is shared', {}, 'isolated'],
  ])('they do not meet %s', async (_name, candles, marginMode) => {
    const { play, held } = await holding(['buy', 'buy'], candles, marginMode)
    // Isolated at 20 ×, 5 % of margin: a fall of 4 % leaves each alone.
    const dip: Ohlcv = marginMode === 'isolated' ? [1_000, 1_000, 960, 1_000, 1e6] : DIP
    play(dip, dip)
    expect(await held()).toEqual([1_000, 1_000])
  })

  test('positions opened at the open of the candle meet in it', async () => {
    const { play, held, place } = await holding([undefined, undefined])
    for (const { symbol } of [LINEAR, OTHER]) await place({ lots: 1_000, price: 1_100, symbol })
    play(DIP, DIP)
    expect((await held()).includes(0)).toBe(true)
  })

  test('after the candles what is held stands at their ends: orders are judged by that', async () => {
    const { play, place, held } = await holding(['buy', 'buy'])
    play([1_000, 1_000, 950, 1_000, 1e6], [1_000, 1_000, 950, 1_000, 1e6])
    // 19.9 USDT of equity less 10 of margin: 190 USDT more can be held at 20 ×. With both at their lows it would be 9.9 less.
    const { submission } = await place({ lots: 1_800, price: 1_000 })
    expect(submission.kind).toBe('accepted')
    expect(await held()).toEqual([1_000, 1_000])
  })

  test('an order that arrives inside the candle is judged by what was known then', async () => {
    const { play, send, venue } = await holding(['buy', 'buy'])
    const { answer } = send({ lots: 1_800, price: 1_000, timeInForce: 'GTC' })
    play([1_000, 1_000, 950, 1_000, 1e6], [1_000, 1_000, 950, 1_000, 1e6])
    expect((await answer).kind).toBe('accepted')
    expect((await venue.find(SYMBOL, 'c3')).kind).toBe('found')
  })
})
