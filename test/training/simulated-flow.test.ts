import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../src/core/errors.ts'
import { epochMs } from '../../src/core/units.ts'
import { defaultFeatureSettings, featureSchema } from '../../src/features/feature-schema.ts'
import { openBundle } from '../../src/model/bundle/bundle.ts'
import { demoMarkets } from '../../src/simulation/exchange/demo-markets.ts'
import { fitDemo } from '../../src/training/fit-demo.ts'
import { fitRidgeForecaster } from '../../src/training/fit-ridge-forecaster.ts'
import { simulatedWindows } from '../../src/training/simulated-flow.ts'

const schema = featureSchema(defaultFeatureSettings(1_000))
const markets = demoMarkets(0.5).slice(0, 2)
const startAt = epochMs(1_735_689_600_000)
const run = (seed: number, bars = 60) => simulatedWindows({ seed, startAt, markets, bars, schema, steps: 2 })

describe('simulatedWindows', () => {
  const series = run(11)

  test('gives one window for every bar of every market, in order', () => {
    expect(series).toHaveLength(2)
    for (const [i, windows] of series.entries()) {
      expect(windows.map(({ row }) => row.bar.endAt - startAt)).toEqual(
        Array.from({ length: 60 }, (_, b) => (b + 1) * 1_000),
      )
      expect(windows.every(({ row }) => row.bar.symbol === markets[i]!.instrument.symbol)).toBe(true)
    }
  })

  test('is ready after the look-back, and stays clean', () => {
    for (const windows of series) {
      const first = windows.findIndex(({ ready }) => ready)
      expect(first).toBeLessThanOrEqual(schema.lookBack + 2)
      for (const { ready, row } of windows.slice(first)) expect([ready, row.bar.taints]).toEqual([true, []])
      expect(windows.reduce((trades, { row }) => trades + row.bar.tradeCount, 0)).toBeGreaterThan(60)
      expect(windows.at(-1)!.row.bar.bidTicks).toBeLessThan(windows.at(-1)!.row.bar.askTicks)
    }
  })

  test('is the same for the same seed and another for another', () => {
    expect(run(11, 20)).toEqual(series.map((windows) => windows.slice(0, 20)))
    expect(run(12, 20)).not.toEqual(run(11, 20))
  })

  test('a start within a bar is a bug', () => {
    const settings = { seed: 1, startAt: epochMs(startAt + 100), markets, bars: 1, schema, steps: 2 }
    expect(() => simulatedWindows(settings)).toThrow(InvariantError)
  })
})

describe('fitDemo', () => {
  const options = {
    family: 'demo',
    schema,
    markets: markets.slice(0, 1),
    trainSeeds: [31, 32],
    evaluationSeeds: [33],
    barsPerSeed: 120,
    steps: 1,
    horizonBars: 5,
    validationShare: 0.3,
    createdAt: '2026-01-02T03:04:05.000Z',
    fit: fitRidgeForecaster,
  }

  test('the same seeds give the same bytes, and a bundle for the running schema', async () => {
    const runs: [number, number][] = []
    const a = await fitDemo({ ...options, onRun: (...report) => runs.push(report) })
    const b = await fitDemo(options)
    expect(a).toEqual(b)
    expect(runs).toEqual([
      [31, 120],
      [32, 120],
      [33, 120],
    ])
    const running = { names: schema.names, schemaHash: schema.hash, barMs: 1_000 }
    const { manifest } = openBundle({ folder: `models/demo/${a.version}`, files: a.files }, running)
    expect(manifest.fit).toMatchObject({ seeds: [31, 32], evaluationSeeds: [33] })
    // Runs start all round the clock: the second of two, half a day after the first.
    const cosine = schema.names.indexOf('time_of_day_cos')
    expect(manifest.golden.inputs.slice(0, 4).map((row) => row[cosine]!.toFixed(2))).toEqual([
      '1.00',
      '1.00',
      '-1.00',
      '-1.00',
    ])
    expect(Object.values(manifest.metrics).every(Number.isFinite)).toBe(true)
  })
})
