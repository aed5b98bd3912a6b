import { epochMs } from '../../../../src/core/units.ts'
import type { BacktestRecord, ForecastOutcome, RoundTrip } from '../../../../src/report/backtest/record.ts'

export const DAY_MS = 86_400_000
export const HOUR_MS = 3_600_000
/** 2024-01-01T00:00Z, a Monday. */
export const MONDAY = 1_704_067_200_000

export const NO_COSTS = { makerFees: 0, takerFees: 0, liquidationFees: 0, funding: 0, slippage: 0, turnover: 0 }

/** `equity` with the opening balance first, one reading a bar from `MONDAY` on. */
export function recordOf(
  equity: readonly number[],
  barMs: number,
  changes: Partial<BacktestRecord> = {},
): BacktestRecord {
  const at = Float64Array.from(equity.slice(1), (_, i) => MONDAY + (i + 1) * barMs)
  return {
    currency: 'USDT',
    startingBalance: equity[0]!,
    barMs,
    horizonBars: 4,
    startAt: epochMs(MONDAY),
    endAt: epochMs(at.at(-1) ?? MONDAY),
    equity: { at, equity: Float64Array.from(equity.slice(1)), exposure: new Float64Array(at.length) },
    prices: [],
    trips: [],
    costs: NO_COSTS,
    forecasts: [],
    liquidations: 0,
    ...changes,
  }
}

export const tripOf = (netPnl: number, changes: Partial<RoundTrip> = {}): RoundTrip => ({
  symbol: 'BTC/USDT:USDT',
  side: 'buy',
  openedAt: epochMs(MONDAY),
  closedAt: epochMs(MONDAY + HOUR_MS),
  lotsMax: 1,
  entryPrice: 100,
  exitPrice: 100,
  grossPnl: netPnl,
  fees: 0,
  funding: 0,
  slippage: 0,
  netPnl,
  entryValue: 100,
  mae: 0,
  mfe: 0,
  bars: 1,
  modelId: 'm',
  exitReason: 'signal',
  ...changes,
})

export const forecastOf = (at: number, changes: Partial<ForecastOutcome> = {}): ForecastOutcome => ({
  symbol: 'BTC/USDT:USDT',
  at: epochMs(at),
  modelId: 'm',
  meanBps: 1,
  levels: [0.5],
  quantilesBps: [0],
  classes: [0.2, 0.3, 0.5],
  volatilityBps: 10,
  realisedBps: 1,
  thresholdBps: 5,
  ...changes,
})

/** Compounds simple returns from 1,000 on, the opening balance first. */
export function compound(returns: readonly number[]): number[] {
  let equity = 1_000
  return [
    equity,
    ...returns.map((step) => {
      equity *= 1 + step
      return equity
    }),
  ]
}
