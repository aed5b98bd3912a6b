import { expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import { epochMs } from '../../../src/core/units.ts'
import { featureEngine } from '../../../src/features/feature-engine.ts'
import type { FeatureWindow } from '../../../src/features/feature-row.ts'
import { featureSchema } from '../../../src/features/feature-schema.ts'
import type { Forecast } from '../../../src/inference/forecast.ts'
import type { AheadForecaster, ModelWindow } from '../../../src/inference/forecaster.ts'
import { LEVELS } from '../../../src/model/forecaster-outputs.ts'
import { fixedModel } from '../../../src/wiring/backtest/backtest-models.ts'
import { candleInstruments } from '../../../src/wiring/backtest/candle-instruments.ts'
import { runBacktest } from '../../../src/wiring/backtest/run-backtest.ts'
import { ForecastTrader } from '../../../src/wiring/evaluation/forecast-trader.ts'
import { candleSource } from '../../../src/wiring/rows/candle-source.ts'
import { BASE } from '../backtest/support/backtest-config.ts'
import { MINUTE_MS, madeCandles, START_AT } from '../backtest/support/candles.ts'

const config = {
  ...BASE,
  symbols: ['BTC/USDT:USDT', 'ETH/USDT:USDT'],
  simulation: { ...BASE.simulation, candles: { ...BASE.simulation.candles, slippageBps: 0.3, impactBps: 5 } },
}
const COUNT = 900
const funding = [100, 101, 400, 777].map((minute, nth) => ({
  at: epochMs(START_AT + minute * MINUTE_MS + 3),
  rate: nth % 2 === 0 ? 0.002 : -0.001,
}))
const series = config.symbols.map((symbol, nth) => ({
  ...madeCandles({ seed: 5 + nth, count: COUNT, symbol }),
  funding: nth === 0 ? funding : [],
  filled: Int32Array.of(300 + nth, 301 + nth),
}))
const schema = featureSchema({ barMs: config.barMs, ...config.features })
const MODEL = { horizonBars: 4, thresholdBps: 1 }

/** What a made-up model says of a window: a swing by the minute, by the features too. */
const said = ({ values }: Pick<ModelWindow, 'values'>, nth: number): Forecast => {
  const meanBps = 8 * Math.sin(nth / 7) + 1_000 * (values[0] ?? 0)
  return {
    ...{ modelId: 'swing', provider: 'cpu', horizonBars: MODEL.horizonBars, levels: LEVELS, meanBps, latencyMs: 0 },
    quantilesBps: LEVELS.map((level) => meanBps + 20 * (level - 0.5)),
    classes: [0.3, 0.4, 0.3],
    volatilityBps: 10,
  }
}
const nthOf = (window: FeatureWindow): number => (window.row.bar.startAt - START_AT) / MINUTE_MS

async function backtested() {
  const answer = (one: ModelWindow) => said(one, nthOf(one as FeatureWindow))
  const forecaster: AheadForecaster = {
    ...{ modelId: 'swing', provider: 'cpu', steps: 1, features: schema.names.length, ...MODEL },
    forecast: (windows) => Promise.resolve(windows.map(answer)),
    forecastAhead: (windows) => Promise.resolve({ at: (index) => answer(windows[index]!) }),
    release: () => Promise.resolve(),
  }
  return await runBacktest({
    ...{ config, schema, series, monotonicMs: () => 0 },
    families: [{ group: undefined, symbols: config.symbols, models: fixedModel(forecaster) }],
  })
}

async function traded(sizeFactor?: number) {
  const instruments = candleInstruments(config)
  const converters = instruments.map((one) => converter(one))
  const engine = featureEngine({ schema, converters, steps: 1 })
  const payments = new Map(series.map((one) => [one.symbol, one.funding]))
  const terms = { ...config, startingBalance: config.backtest.startingBalance, instruments, payments }
  const trader = new ForecastTrader(terms, MODEL)
  const { halfSpreadBps } = config.simulation.candles
  for await (const bars of candleSource({ series, converters, halfSpreadBps }).groups()) {
    const windows = engine.step(bars)
    await trader.step(
      windows.map((window) => ({
        window,
        forecast: said(window, nthOf(window)),
        ...(sizeFactor !== undefined && { adjustment: { sizeFactor } }),
      })),
    )
  }
  const soFar = trader.soFar()
  return { record: (await trader.end())!, soFar }
}

test('given forecasts trade as in a backtest: the same fills, payments and equity, to the last digit', async () => {
  const [backtest, { record, soFar }] = [await backtested(), await traded()]
  expect(soFar.fills).toBe(backtest.fills)
  expect(backtest.fills).toBeGreaterThan(100)
  expect(backtest.record.costs.funding).not.toBe(0)
  expect(record.trips).toEqual(backtest.record.trips)
  expect(record.costs).toEqual(backtest.record.costs)
  expect(record.equity).toEqual(backtest.record.equity)
  const net = soFar.pnl.reduce((sum, one) => sum + one, 0)
  expect(net).toBeCloseTo(soFar.equityQuote - record.startingBalance, 6)
})

test('a forecast that is not to be traded on is not', async () => {
  const { record, soFar } = await traded(0)
  expect(soFar.fills).toBe(0)
  expect(record.trips).toEqual([])
})
