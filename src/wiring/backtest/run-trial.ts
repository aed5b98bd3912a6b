import { systemClock } from '../../adapters/clock/system-clock.ts'
import { type BacktestMetrics, backtestMetrics } from '../../report/metrics/backtest-metrics.ts'
import type { BacktestConfig } from '../config/schema.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import type { Io } from '../io.ts'
import type { TrialResult, TrialWatch } from '../sweep/trial.ts'
import { loadModels } from './load-models.ts'
import { loadSeries } from './load-series.ts'
import { runBacktest } from './run-backtest.ts'

/** Nobody reads along in a thread of a sweep. */
const SILENT: Io = {
  out: () => undefined,
  err: () => undefined,
  isTTY: false,
  env: {},
  onStop: () => () => undefined,
  ready: () => undefined,
}

/** The bootstrap's intervals are no metrics: as few samples as it takes. */
const RESAMPLES = 100

/** One backtest of a sweep, of which only the numbers are kept. Throws `InputError`. */
export async function runTrial(config: BacktestConfig, watch: TrialWatch): Promise<TrialResult> {
  const clock = systemClock()
  const series = await loadSeries(config)
  const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
  const { families } = await loadModels(config, schema, clock, SILENT)
  const { record, runHash } = await runBacktest({
    ...{ config, schema, series, families },
    monotonicMs: () => clock.monotonicMs(),
    onProgress: (share) => watch.onProgress(share),
    isStopped: () => watch.isStopped(),
  })
  const found = backtestMetrics(record, {
    seed: config.backtest.seed,
    resamples: RESAMPLES,
    trials: 1,
    benchmarkFeeRate: config.backtest.instruments[0]!.takerFeeRate,
  })
  const { performance, trades, activity, costs } = found
  const metrics = { ...numbersIn(trades), ...numbersIn(activity), ...numbersIn(costs), ...numbersIn(performance) }
  return { metrics: { ...metrics, trades: trades.count }, sample: sampleOf(found), runHash }
}

function sampleOf({ performance: { sharpe }, significance, annualisation }: BacktestMetrics): TrialResult['sample'] {
  const { skewness, kurtosis } = significance
  if (!('value' in sharpe && 'value' in skewness && 'value' in kurtosis)) return undefined
  const { periodsPerYear, returns: count } = annualisation
  return {
    sharpe: sharpe.value / Math.sqrt(periodsPerYear),
    ...{ skewness: skewness.value, kurtosis: kurtosis.value, count, periodsPerYear },
  }
}

/** Numbers and metrics by their names; what else there is, is left out. */
function numbersIn(section: object): Readonly<Record<string, number | null>> {
  const numbers: Record<string, number | null> = {}
  for (const [name, entry] of Object.entries(section) as [string, unknown][]) {
    if (typeof entry === 'number') numbers[name] = entry
    else if (typeof entry !== 'object' || entry === null) continue
    else if ('value' in entry && typeof entry.value === 'number') numbers[name] = entry.value
    else if ('notEnough' in entry) numbers[name] = null
  }
  return numbers
}
