import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type BacktestOptions, backtestCommand } from '../../../src/wiring/commands/backtest.ts'
import { runsCompareCommand } from '../../../src/wiring/commands/runs-compare.ts'
import { workspace } from '../../support/workspace.ts'
import { MINUTE_MS, madeCandles } from '../backtest/support/candles.ts'
import { fakeIo } from './fake-io.ts'

const space = workspace()
afterAll(() => space.remove())

const { candles } = madeCandles({ seed: 1, count: 1.25 * 1_440, carry: 0.5 })
const rows = candles.map(({ startAt, open, high, low, close, volume }) =>
  [startAt, open, high, low, close, volume.toFixed(3)].join(),
)
writeFileSync(join(space.dir, 'made.csv'), ['ts,open,high,low,close,volume', ...rows, ''].join('\n'))

const instrument = {
  ...{ symbol: 'BTC/USDT:USDT', venueSymbol: 'BTCUSDT', tickSize: '0.10', lotSize: '0.001', lotsMin: 1 },
  ...{ lotsMax: 1_000_000, lotsMaxMarket: 120_000, notionalMin: 100, makerFeeRate: 0, takerFeeRate: 0.00005 },
  bars: 'made.csv',
}
const settings = {
  symbols: ['BTC/USDT:USDT'],
  barMs: MINUTE_MS,
  features: {
    barsFrom: 'candles',
    flowPeriods: [],
    returnPeriods: [1, 2],
    volatilityPeriods: [4],
    volumePeriod: 8,
    timeframes: undefined,
    indicators: undefined,
  },
  policy: { enterEdgeBps: 0, slippageBps: 0 },
  backtest: {
    data: { folder: space.dir, from: undefined, to: undefined, jumpBpsMax: undefined },
    instruments: [instrument],
    resamples: 200,
    retrain: {
      everyDays: 0.5,
      windowDays: 1,
      firstAfterDays: 0.5,
      steps: 3,
      horizonBars: 1,
      out: join(space.dir, 'models'),
    },
  },
}
const config = space.config('backtest', settings)

async function ran(changes: Partial<BacktestOptions> = {}) {
  const { io, out, err } = fakeIo()
  const options = { config, checkLookahead: false, cuts: 2, plantLookahead: false, trials: 1, json: true, ...changes }
  const code = await backtestCommand(options, io)
  return { code, err, said: JSON.parse(out.at(-1)!) as Record<string, unknown> }
}

describe('tickwright backtest', () => {
  test('says what the strategy was worth, keeps the run, and repeats itself', async () => {
    const first = await ran()
    expect(first.code).toBe(0)
    const { bars, trades, runHash, report, runId } = first.said
    expect(bars).toBe(candles.length)
    expect(trades).toBeGreaterThan(30)
    for (const key of [
      'sharpe',
      'sortino',
      'maxDrawdown',
      'profitFactor',
      'winRate',
      'fees',
      'funding',
      'barsPerSecond',
    ]) {
      expect(first.said).toHaveProperty(key)
    }
    // A day and a quarter are too few for a ratio by the year.
    expect(first.said['sharpe']).toBeNull()
    expect(first.said['fees']).toBeGreaterThan(0)
    expect(readFileSync(String(report), 'utf8')).toContain('not enough data')
    const second = await ran()
    expect(second.said['runHash']).toBe(runHash)
    const { io, out } = fakeIo()
    const compared = { a: String(runId), b: String(second.said['runId']), state: space.state, json: true }
    expect(await runsCompareCommand(compared, io)).toBe(0)
    expect(JSON.parse(out.at(-1)!)).toMatchObject({ sameRunHash: true })
    expect(existsSync(join(space.dir, 'models'))).toBe(true)
  })

  test('--check-lookahead passes, and fails on a planted one', async () => {
    expect(await ran({ checkLookahead: true })).toMatchObject({ code: 0, said: { passed: true, found: [] } })
    const planted = await ran({ checkLookahead: true, plantLookahead: true })
    expect(planted).toMatchObject({ code: 1, said: { passed: false } })
    expect(planted.said['found']).toMatchObject([{ differs: 'features' }, { differs: 'features' }])
  }, 60_000)

  test.each([
    ['another mode', () => space.config('paper'), 'mode was paper'],
    [
      'no such file',
      () =>
        space.config('backtest', {
          ...settings,
          backtest: { ...settings.backtest, instruments: [{ ...instrument, bars: 'none.csv' }] },
        }),
      'none.csv',
    ],
    [
      'an empty range',
      () =>
        space.config('backtest', {
          ...settings,
          backtest: { ...settings.backtest, data: { ...settings.backtest.data, from: '2030-01-01' } },
        }),
      'made.csv',
    ],
    [
      'columns that need a book',
      () =>
        space.config('backtest', {
          ...settings,
          features: { ...settings.features, indicators: [{ name: 'vpin', periods: [50], bucketQuote: 100_000 }] },
        }),
      'candles have prices and volume',
    ],
    [
      'too little history for a model',
      () =>
        space.config('backtest', {
          ...settings,
          backtest: { ...settings.backtest, retrain: { ...settings.backtest.retrain, firstAfterDays: 0.1 } },
        }),
      'backtest.retrain',
    ],
  ])('refuses %s', async (_name, file, message) => {
    await expect(ran({ config: file() })).rejects.toThrow(message)
  })
})
