import { reportHtml } from '../../adapters/plot/report-html.ts'
import { runFileText } from '../../adapters/runs/run-file.ts'
import { runIdOf } from '../../adapters/runs/run-id.ts'
import type { RunStore } from '../../adapters/runs/run-store.ts'
import type { RunAbout } from '../../report/backtest/about.ts'
import { backtestReport } from '../../report/backtest/backtest-report.ts'
import type { BacktestRecord } from '../../report/backtest/record.ts'
import { equityCsv, tradesCsv } from '../../report/backtest/record-csv.ts'
import { reportJson } from '../../report/backtest/report-json.ts'
import type { BacktestMetrics } from '../../report/metrics/backtest-metrics.ts'
import { forecastCalibration } from '../../report/metrics/calibration.ts'

export interface FinishedRun {
  readonly record: BacktestRecord
  readonly metrics: BacktestMetrics
  readonly about: RunAbout
}

/** Keeps a run: `run.json`, `report.html`, `trades.csv`, `equity.csv` in a folder of its own, all or nothing. */
export async function saveRun(
  store: RunStore,
  { record, metrics, about }: FinishedRun,
): Promise<{ readonly runId: string; readonly folder: string }> {
  const calibration = forecastCalibration(record)
  return await store.write(runIdOf(about.startedAt, about.runHash), {
    'run.json': [runFileText({ about, results: reportJson(record, metrics, about, calibration) })],
    'report.html': [reportHtml(backtestReport(record, metrics, about, calibration))],
    'trades.csv': tradesCsv(record),
    'equity.csv': equityCsv(record),
  })
}
