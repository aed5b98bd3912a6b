import { loadConfig } from '../../../../src/wiring/config/load-config.ts'
import type { BacktestConfig } from '../../../../src/wiring/config/schema.ts'
import { MINUTE_MS } from './candles.ts'

const loaded = loadConfig('config/backtest.yaml')
if (loaded.mode !== 'backtest') throw new Error(`config/backtest.yaml is of mode ${loaded.mode}`)

/** The shipped configuration on one-minute candles of one instrument, with costs low enough for a planted edge to pay. */
export const BASE: BacktestConfig = {
  ...loaded,
  symbols: ['BTC/USDT:USDT'],
  barMs: MINUTE_MS,
  features: {
    barsFrom: 'candles',
    flowPeriods: [],
    returnPeriods: [1, 2, 4],
    volatilityPeriods: [4, 16],
    volumePeriod: 16,
  },
  policy: { ...loaded.policy, enterEdgeBps: 0, slippageBps: 0 },
  simulation: {
    ...loaded.simulation,
    candles: { halfSpreadBps: 0.1, slippageBps: 0, impactBps: 0, participationMax: 0.1 },
  },
  backtest: {
    ...loaded.backtest,
    resamples: 200,
    instruments: loaded.backtest.instruments.map((one) => ({ ...one, makerFeeRate: 0, takerFeeRate: 0.00005 })),
    retrain: {
      ...loaded.backtest.retrain!,
      everyDays: 1,
      windowDays: 2,
      firstAfterDays: 1,
      steps: 4,
      horizonBars: 1,
    },
  },
}

/** Bars from one fit of SHORT to the next: half a day. */
export const SPAN_BARS = 720

const days = SPAN_BARS / 1_440

/** BASE with a fit every SPAN_BARS on at most twice as many: half the bars hold as many fits. */
export const SHORT: BacktestConfig = {
  ...BASE,
  backtest: {
    ...BASE.backtest,
    retrain: { ...BASE.backtest.retrain!, everyDays: days, windowDays: 2 * days, firstAfterDays: days },
  },
}
