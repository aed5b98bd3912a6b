import { beforeAll, describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import type { DecisionRecord } from '../../../src/trading/journal-records.ts'
import { cutSeries } from '../../../src/wiring/backtest/load-series.ts'
import type { BacktestConfig } from '../../../src/wiring/config/schema.ts'
import { SHORT as BASE, SPAN_BARS } from './support/backtest-config.ts'
import { MINUTE_MS, madeCandles, START_AT } from './support/candles.ts'
import { walked } from './support/walk.ts'

const COUNT = 2.5 * SPAN_BARS
const edge = madeCandles({ seed: 1, count: COUNT, carry: 0.5 })
let first: Awaited<ReturnType<typeof walked>>
beforeAll(async () => {
  first = await walked(BASE, [edge])
})

describe('a backtest on candles', () => {
  test('finds a planted edge, books every cent, and repeats itself', async () => {
    const { record } = first
    expect(first.bars).toBe(COUNT)
    expect(first.retrainings).toBe(2)
    expect(record.trips.length).toBeGreaterThan(100)
    const net = record.trips.reduce((sum, { netPnl }) => sum + netPnl, 0)
    expect(net).toBeGreaterThan(0)
    // Round trips, the last one valued at its end, are all that moved the account.
    expect(record.equity.equity.at(-1)! - record.startingBalance).toBeCloseTo(net, 6)
    expect(record.costs.takerFees).toBeCloseTo(
      record.trips.reduce((sum, { fees }) => sum + fees, 0),
      6,
    )
    // Whoever listens along gets hashes of the windows; the run is the same.
    const heard: DecisionRecord[] = []
    const second = await walked(BASE, [edge], { onDecision: (record) => void heard.push(record) })
    expect(second.runHash).toBe(first.runHash)
    expect(heard.filter(({ featureHash }) => featureHash !== null).length).toBeGreaterThan(COUNT / 2)
  })

  test('without an edge the costs are lost', async () => {
    const { record } = await walked(BASE, [madeCandles({ seed: 2, count: COUNT })])
    expect(record.trips.reduce((sum, { netPnl }) => sum + netPnl, 0)).toBeLessThanOrEqual(0)
  })

  test('bar by bar or many windows at once: the same decisions, fills and payments, bit for bit', async () => {
    const others = await Promise.all(
      [1, 7].map(async (batch) => {
        const config = { ...BASE, backtest: { ...BASE.backtest, batch } }
        const { runHash, decisions, fills } = await walked(config, [edge])
        return { runHash, decisions, fills }
      }),
    )
    const { runHash, decisions, fills } = first
    expect(first).toMatchObject({ decisions: COUNT })
    expect(first.fills).toBeGreaterThan(100)
    for (const other of others) expect(other).toEqual({ runHash, decisions, fills })
  })

  test('orders fill at the next open, behind spread and slippage, never at the close that was decided on', async () => {
    const fills: number[] = []
    const config = {
      ...BASE,
      simulation: { ...BASE.simulation, candles: { ...BASE.simulation.candles, slippageBps: 1 } },
    }
    const { record } = await walked(config, [edge])
    for (const trip of record.trips.slice(0, 50)) {
      const index = Math.floor((trip.openedAt - START_AT) / MINUTE_MS)
      const { open } = edge.candles[index]!
      const worse = trip.side === 'buy' ? trip.entryPrice - open : open - trip.entryPrice
      fills.push((worse / open) * 1e4)
    }
    expect(Math.min(...fills)).toBeGreaterThanOrEqual(1)
  })

  test('two instruments share one wallet; each moment decides both', async () => {
    const config = { ...BASE, symbols: ['BTC/USDT:USDT', 'ETH/USDT:USDT'] }
    const other = madeCandles({ seed: 3, count: COUNT, carry: 0.4, symbol: 'ETH/USDT:USDT' })
    const { record, bars } = await walked(config, [edge, other])
    expect(bars).toBe(2 * COUNT)
    expect(new Set(record.trips.map(({ symbol }) => symbol)).size).toBe(2)
    // What is measured begins with the first model.
    expect(record.equity.at).toHaveLength(COUNT - SPAN_BARS)
  })

  test('a filled gap is a tainted bar: nothing is decided on it', async () => {
    const decisions: DecisionRecord[] = []
    await walked(BASE, [{ ...edge, filled: Int32Array.of(1_000) }], { onDecision: (record) => decisions.push(record) })
    const tainted = decisions.filter(({ bar }) => bar.taints.length > 0)
    expect(tainted.map(({ target }) => target)).toMatchObject([{ kind: 'abstain', reason: 'tainted' }])
  })

  test.each(['cross', 'isolated'] as const)('%s margin: what liquidation takes is in trips and costs', async (mode) => {
    const config = {
      ...BASE,
      venue: { ...BASE.venue, leverage: 50, marginMode: mode },
      policy: { ...BASE.policy, notionalMaxQuote: 300_000, riskPerTradeBps: 5_000, kellyFraction: 1 },
      risk: {
        ...BASE.risk,
        ...{ orderNotionalMaxQuote: 1e6, positionNotionalMaxQuote: 1e6, grossExposureMaxQuote: 1e7 },
        ...{ leverageMax: 40, dailyLossMaxQuote: 1e9, drawdownMaxFraction: 0.99 },
      },
    }
    const candles = edge.candles.slice(0, 2 * SPAN_BARS).map((candle, at) => ({
      ...candle,
      volume: candle.volume * 100,
      ...(at > SPAN_BARS && at % 7 === 0 && { low: candle.low * 0.9, high: candle.high * 1.1 }),
    }))
    const { record } = await walked(config, [{ ...edge, candles }])
    const net = record.trips.reduce((sum, { netPnl }) => sum + netPnl, 0)
    expect(record.equity.equity.at(-1)! - record.startingBalance).toBeCloseTo(net, 6)
    const forced = record.trips.filter(({ exitReason }) => exitReason === 'liquidation')
    expect(forced.length).toBeGreaterThan(0)
    expect(record.liquidations).toBeGreaterThanOrEqual(forced.length)
    expect(record.costs.liquidationFees).toBeGreaterThan(0)
    expect(record.costs.takerFees + record.costs.liquidationFees).toBeCloseTo(
      record.trips.reduce((sum, { fees }) => sum + fees, 0),
      6,
    )
    // The way to the liquidation price is a loss of the position, no slippage of an order.
    expect(Math.max(...forced.map(({ slippage, entryValue }) => slippage / entryValue))).toBeLessThan(0.001)
    expect(Math.min(...record.equity.equity)).toBeGreaterThan(-1e-6)
  })

  test('funding is paid on what is held', async () => {
    const funding = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((nth) => ({
      at: (START_AT + nth * 8 * 3_600_000) as never,
      rate: 0.01,
    }))
    const { record } = await walked(BASE, [{ ...edge, funding }])
    expect(record.costs.funding).not.toBe(0)
    const net = record.trips.reduce((sum, { netPnl }) => sum + netPnl, 0)
    expect(record.equity.equity.at(-1)! - record.startingBalance).toBeCloseTo(net, 6)
  })

  test('a payment some milliseconds late is due to who held before the open, not after it', async () => {
    const late = (ms: number) => ({
      ...edge,
      candles: edge.candles.slice(0, 1.5 * SPAN_BARS),
      funding: Array.from({ length: 4 * SPAN_BARS - 1 }, (_, at) => ({
        at: epochMs(START_AT + (at + 1) * MINUTE_MS + ms),
        rate: 0.0001,
      })),
    })
    const [sharp, blurred] = [await walked(BASE, [late(0)]), await walked(BASE, [late(5)])]
    expect(sharp.record.costs.funding).not.toBe(0)
    expect(blurred.record.costs.funding).toBe(sharp.record.costs.funding)
  })

  test('answers that come late: what one instrument is told holds up no word about another', async () => {
    const config: BacktestConfig = {
      ...BASE,
      symbols: ['BTC/USDT:USDT', 'ETH/USDT:USDT'],
      simulation: { ...BASE.simulation, latency: { kind: 'constant', feedMs: 20, entryMs: 30, responseMs: 200 } },
    }
    const other = madeCandles({ seed: 3, count: 1.5 * SPAN_BARS, carry: 0.4, symbol: 'ETH/USDT:USDT' })
    const candles = edge.candles.slice(0, 1.5 * SPAN_BARS)
    const nothing = candles.map(({ startAt }) => ({ at: epochMs(startAt + MINUTE_MS), rate: 0 }))
    const targets = async (funding: typeof nothing) => {
      const seen: unknown[] = []
      const onDecision = ({ decisionId, positionLots, clientId }: DecisionRecord) =>
        seen.push([decisionId, positionLots, clientId])
      await walked(config, [{ ...edge, candles, funding }, other], { onDecision })
      return seen
    }
    expect(await targets(nothing)).toEqual(await targets([]))
  })

  test.each([
    [[cutSeries(edge, START_AT, START_AT + MINUTE_MS * 100)], '0 rows of BTC/USDT:USDT for fit'],
    [[{ ...edge, barMs: 5 * MINUTE_MS }], 'candles of 300000 ms'],
    [[{ ...edge, candles: [] }], 'there are no candles'],
  ])('refuses series that do not fit', async (series, message) => {
    const config = {
      ...BASE,
      backtest: { ...BASE.backtest, retrain: { ...BASE.backtest.retrain!, firstAfterDays: 0.01 } },
    }
    await expect(walked(config, series)).rejects.toThrow(message)
  })
})
