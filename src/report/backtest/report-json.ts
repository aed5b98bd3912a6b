import type { JsonObject } from '../../model/bundle/plain-json.ts'
import type { BacktestMetrics } from '../metrics/backtest-metrics.ts'
import { forecastCalibration } from '../metrics/calibration.ts'
import type { RunAbout } from './about.ts'
import { costSteps } from './cost-steps.ts'
import { limitsText } from './made-of.ts'
import { numberOf } from './metric-text.ts'
import type { BacktestRecord } from './record.ts'
import { utcIso } from './utc-text.ts'
import { verdictOf } from './verdict.ts'

/** The numbers of the report as plain JSON. At the top those most asked for, null where there is not enough data; below all, with the reasons. `calibration`: of its forecasts, where it is known already. */
export function reportJson(
  record: BacktestRecord,
  metrics: BacktestMetrics,
  about: RunAbout,
  calibration = forecastCalibration(record),
): JsonObject {
  const { performance, trades, costs } = metrics
  const results = {
    title: about.title,
    runHash: about.runHash,
    verdict: verdictOf(record, metrics),
    from: utcIso(record.startAt),
    to: utcIso(record.endAt),
    ...{ barMs: record.barMs, horizonBars: record.horizonBars, symbols: record.prices.map(({ symbol }) => symbol) },
    ...{ currency: record.currency, startingBalance: record.startingBalance },
    endingBalance: record.equity.equity.at(-1) ?? record.startingBalance,
    ...{ bars: about.bars, trades: trades.count },
    totalReturn: numberOf(performance.totalReturn),
    sharpe: numberOf(performance.sharpe),
    sortino: numberOf(performance.sortino),
    maxDrawdown: numberOf(performance.maxDrawdown),
    profitFactor: numberOf(trades.profitFactor),
    winRate: numberOf(trades.winRate),
    ...{ fees: costs.fees, funding: costs.funding, slippage: costs.slippage },
    barsPerSecond: about.barsPerSecond,
    metrics,
    calibration,
    costSteps: costSteps(record),
    limits: limitsText(about.source),
  }
  return JSON.parse(JSON.stringify(results)) as JsonObject // Interfaces become plain JSON, and what is not becomes null.
}
