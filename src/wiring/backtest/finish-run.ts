import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { runStore } from '../../adapters/runs/run-store.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import type { RunAbout } from '../../report/backtest/about.ts'
import { type BacktestMetrics, backtestMetrics } from '../../report/metrics/backtest-metrics.ts'
import type { BacktestConfig } from '../config/schema.ts'
import { packageFile } from '../package-file.ts'
import { saveRun } from '../runs/save-run.ts'
import type { SourcedRun } from './backtest-source.ts'

/** A run, as it was made. */
export interface MadeRun extends Omit<SourcedRun, 'also'> {
  readonly config: BacktestConfig
  /** File of the configuration. */
  readonly configFile: string
  /** Configurations tried on the same data, this one included: the Sharpe ratio is deflated by them. */
  readonly trials: number
  readonly trialVariance?: number | undefined
  readonly startedAt: EpochMs
  readonly endedAt: EpochMs
}

export interface KeptRun {
  readonly runId: string
  readonly folder: string
  readonly metrics: BacktestMetrics
}

/** Computes the metrics of a run and keeps it with its report under `<state>/runs`. */
export async function finishRun(made: MadeRun): Promise<KeptRun> {
  const { config, outcome, trials, trialVariance, takerFeeRate } = made
  const { resamples, seed } = config.backtest
  const metrics = backtestMetrics(outcome.record, {
    seed,
    resamples,
    trials,
    ...(trialVariance !== undefined && { trialSharpeVariance: trialVariance }),
    benchmarkFeeRate: takerFeeRate,
  })
  const kept = await saveRun(runStore(config.state.dir), { record: outcome.record, metrics, about: aboutOf(made) })
  return { ...kept, metrics }
}

function aboutOf({ config, configFile, source, data, models, outcome, startedAt, endedAt }: MadeRun): RunAbout {
  const { runHash, bars, decisions, orders, fills, retrainings, barsPerSecond } = outcome
  return {
    title: basename(configFile),
    source,
    config: JSON.parse(JSON.stringify(config)) as RunAbout['config'],
    models: models.map(({ modelId, from, to }) => ({
      modelId,
      trainedFrom: moment(from),
      trainedTo: moment(to),
      // A model that was there before decides from the first bar on, whatever it has learnt from.
      usedFrom: config.backtest.retrain ? moment(to) : outcome.record.startAt,
    })),
    data,
    code: { version: codeVersion(), commit: commit() },
    ...{ runHash, startedAt, endedAt, bars, decisions, orders, fills, retrainings },
    barsPerSecond: Math.round(barsPerSecond),
  }
}

const moment = (iso: string | null): EpochMs | null => (iso === null ? null : epochMs(Date.parse(iso)))

const codeVersion = (): string =>
  String((JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as Record<string, unknown>)['version'])

/** Where the program runs from a repository. */
function commit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: packageFile('.'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return null
  }
}
