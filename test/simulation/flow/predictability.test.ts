import { describe, expect, test } from 'vitest'
import type { EpochMs } from '../../../src/core/units.ts'
import { createExchange } from '../../../src/simulation/exchange/create-exchange.ts'
import { demoMarkets } from '../../../src/simulation/exchange/demo-markets.ts'

const START = 1_700_000_000_000
const HORIZON = 5
/** Round trip: both taker fees and about one spread, basis points. */
const COST_BPS = 2.05

interface Bars {
  /** Mid at each one-second close, ticks. */
  readonly mids: readonly number[]
  /** Best-level OFI of each bar, from the book every 100 ms, as a client of the depth stream sees it. */
  readonly ofi: readonly number[]
  readonly spreads: readonly number[]
}

function bars(alpha: number, seconds: number, seed: number, market = 0): Bars {
  const markets = [demoMarkets(alpha)[market]!]
  const exchange = createExchange({
    seed,
    startAt: START as EpochMs,
    markets,
    deposit: '1',
    fundingIntervalMs: 3_600_000,
  })
  const { symbol } = markets[0]!.instrument
  const quote = () => {
    const { bids, asks } = exchange.depth(symbol, 1)
    return { bid: bids[0]!, ask: asks[0]! }
  }
  const [mids, ofi, spreads]: [number[], number[], number[]] = [[], [], []]
  let before = quote()
  for (let second = 0; second < seconds; second += 1) {
    let sum = 0
    for (let part = 1; part <= 10; part += 1) {
      exchange.advance((START + second * 1000 + part * 100) as EpochMs)
      exchange.drain()
      const now = quote()
      if (now.bid[0] >= before.bid[0]) sum += now.bid[1]
      if (now.bid[0] <= before.bid[0]) sum -= before.bid[1]
      if (now.ask[0] <= before.ask[0]) sum -= now.ask[1]
      if (now.ask[0] >= before.ask[0]) sum += before.ask[1]
      before = now
      spreads.push(now.ask[0] - now.bid[0])
    }
    ofi.push(sum)
    mids.push((before.bid[0] + before.ask[0]) / 2)
  }
  return { mids, ofi, spreads }
}

/** Slope and R² of the return over the next `horizon` bars (bps) on the sum of the last `window` bars' OFI; slope fitted on `fit`. */
function regress(fit: Bars, judged: Bars, window: number, horizon: number) {
  const pairs = ({ mids, ofi }: Bars) => {
    const rows: [number, number][] = []
    for (let at = window; at + horizon < mids.length; at += 1) {
      const x = ofi.slice(at - window + 1, at + 1).reduce((a, b) => a + b, 0)
      rows.push([x, 1e4 * Math.log(mids[at + horizon]! / mids[at]!)])
    }
    return rows
  }
  const seen = pairs(fit)
  const slope = seen.reduce((s, [x, y]) => s + x * y, 0) / seen.reduce((s, [x]) => s + x * x, 0)
  const rows = pairs(judged)
  const total = rows.reduce((s, [, y]) => s + y * y, 0)
  const r2 = 1 - rows.reduce((s, [x, y]) => s + (y - slope * x) ** 2, 0) / total
  const profits: number[] = []
  for (let at = 0; at < rows.length; at += horizon) {
    const [x, y] = rows[at]!
    if (Math.abs(slope * x) > COST_BPS) profits.push(Math.sign(slope * x) * y - COST_BPS)
  }
  const gain = profits.reduce((a, b) => a + b, 0)
  const t = profits.length > 1 ? gain / Math.sqrt(profits.reduce((s, p) => s + p * p, 0)) : 0
  return { r2, t, volatility: Math.sqrt(total / rows.length), trades: profits.length }
}

const HALF_HOUR = 1800

describe('order flow', () => {
  const learnt = [0, 1, 2].map((market) => [bars(0, HALF_HOUR, 21, market), bars(0, HALF_HOUR, 22, market)] as const)

  test.each([0, 1, 2])('alpha 0, market %i: order-flow imbalance tells nothing of what comes', (market) => {
    const [first, second] = learnt[market]!
    for (const [window, horizon] of [
      [1, 1],
      [5, 1],
      [5, HORIZON],
    ] as const) {
      expect(regress(first, first, window, horizon).r2).toBeLessThan(0.01) // In sample, where it flatters.
      expect(regress(first, second, window, horizon).t).toBeLessThan(2.5)
    }
  })

  test.each([
    { alpha: 0.3, r2Min: 0.05 },
    { alpha: 0.5, r2Min: 0.1 },
  ])('alpha $alpha: the last bars foretell the next five seconds, on another seed too', ({ alpha, r2Min }) => {
    const outcome = regress(bars(alpha, HALF_HOUR, 31), bars(alpha, HALF_HOUR, 32), 5, HORIZON)
    expect(outcome.r2).toBeGreaterThan(r2Min)
    if (alpha === 0.5) expect(outcome.t).toBeGreaterThan(3) // It earns after costs.
  })

  test.each([0, 0.5])('alpha %f: total volatility and spread are as asked for', (alpha) => {
    const seen = alpha === 0 ? learnt[0]![0] : bars(alpha, HALF_HOUR, 33)
    const { volatility } = regress(seen, seen, 1, HORIZON)
    expect(volatility / (4 * Math.sqrt(HORIZON))).toBeGreaterThan(0.88)
    expect(volatility / (4 * Math.sqrt(HORIZON))).toBeLessThan(1.12)
    expect(seen.spreads.filter((ticks) => ticks <= 3).length / seen.spreads.length).toBeGreaterThan(0.9)
  })
})
