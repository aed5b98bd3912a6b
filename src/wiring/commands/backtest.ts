import { join } from 'node:path'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { InputError } from '../../core/errors.ts'
import { epochMs } from '../../core/units.ts'
import type { Metric } from '../../report/metrics/metric.ts'
import type { BacktestOutcome } from '../backtest/backtest.ts'
import type { BacktestSource, SourceCheck } from '../backtest/backtest-source.ts'
import { openCandles } from '../backtest/candle-source.ts'
import { finishRun, type KeptRun } from '../backtest/finish-run.ts'
import { learntFrom } from '../backtest/learnt-from.ts'
import { progressBar } from '../backtest/progress.ts'
import { loadConfig } from '../config/load-config.ts'
import type { BacktestConfig } from '../config/schema.ts'
import type { Io } from '../io.ts'

export interface BacktestOptions {
  readonly config: string
  /** Tapes in the order of their time, in place of candles. */
  readonly tape?: readonly string[]
  /** Folder of the candles; undefined: the config file's. */
  readonly data?: string
  /** Looks for decisions that knew the future instead of reporting; exit code 1 when there are any. */
  readonly checkLookahead: boolean
  readonly cuts: number
  /** Shows that the check can fail. */
  readonly plantLookahead: boolean
  /** Configurations tried on the same data, this one included: the Sharpe ratio is deflated by them. */
  readonly trials: number
  /** Of their Sharpe ratios by the year; undefined: as if none had skill. */
  readonly trialVariance?: number | undefined
  readonly json: boolean
}

/** Runs the configured strategy over candles or tapes, keeps the run with its report, and says what it was worth. */
export async function backtestCommand(options: BacktestOptions, io: Io): Promise<number> {
  const config = loadConfig(options.config)
  if (config.mode !== 'backtest') {
    throw new InputError(
      `config ${options.config}: mode was ${config.mode}; a backtest needs a configuration of mode backtest`,
    )
  }
  checkOptions(options)
  const { tape, data, plantLookahead } = options
  const clock = systemClock()
  const source = tape
    ? await (await import('../backtest/tape-source.ts')).openTapes(tape, config, clock, io)
    : await openCandles({ folder: data, plantLookahead }, config, clock, io)
  try {
    return await (options.checkLookahead ? check : backtest)(source, config, options, io)
  } finally {
    await source.close()
  }
}

function checkOptions({ tape, data, plantLookahead, checkLookahead }: BacktestOptions): void {
  if (plantLookahead && !checkLookahead) {
    throw new InputError('--plant-lookahead was given without --check-lookahead, which it is to try out')
  }
  if (!tape) return
  if (data !== undefined) throw new InputError('--data was given with --tape; it is the folder of candles')
  if (plantLookahead) throw new InputError('--plant-lookahead was given with --tape; it plants in candles')
}

async function backtest(
  source: BacktestSource,
  config: BacktestConfig,
  options: BacktestOptions,
  io: Io,
): Promise<number> {
  const clock = systemClock()
  const startedAt = clock.now()
  const progress = progressBar(io, 'backtest')
  const stop = { asked: false }
  const unregister = io.onStop(() => {
    stop.asked = true
  })
  try {
    const { also, ...made } = await source.run({
      onProgress: (share) => progress.at(share),
      isStopped: () => stop.asked,
    })
    if (stop.asked) throw new InputError('backtest: stopped before its end; nothing is kept')
    const kept = await finishRun({
      ...{ ...made, config, configFile: options.config, trials: options.trials, trialVariance: options.trialVariance },
      startedAt: epochMs(startedAt),
      endedAt: clock.now(),
    })
    progress.end()
    if (!config.backtest.retrain) {
      for (const model of learntFrom(made.models, made.outcome.record.startAt)) {
        io.err(`${model} has learnt from bars that it decides here: the result says nothing of what is to come`)
      }
    }
    const summary = summaryOf(kept, made.outcome)
    io.out(options.json ? JSON.stringify({ ...summary, ...also }) : describe(kept, made.outcome))
    return 0
  } finally {
    progress.end()
    unregister()
  }
}

async function check(
  source: BacktestSource,
  { backtest: { seed } }: BacktestConfig,
  { cuts, json }: BacktestOptions,
  io: Io,
): Promise<number> {
  const progress = progressBar(io, 'check')
  const report = await source.checkLookahead({ cuts, seed, onCut: (done) => progress.at(done / cuts) })
  progress.end()
  const passed = report.found.length === 0 && report.modelsThatSawTheFuture.length === 0
  io.out(json ? JSON.stringify({ passed, ...report }) : describeCheck(passed, report))
  return passed ? 0 : 1
}

function describeCheck(
  passed: boolean,
  { cuts, decisionsCompared, found, modelsThatSawTheFuture: learnt }: SourceCheck,
): string {
  if (passed)
    return `no look-ahead: ${decisionsCompared} decisions of ${cuts} shorter runs equal those of the whole run`
  return [
    ...found.map(
      ({ cutAt, decisionId, differs }) =>
        `LOOK-AHEAD: without the data after ${cutAt}, decision ${decisionId} is another; its ${differs} differ first`,
    ),
    ...learnt.map((model) => `LOOK-AHEAD: ${model} has learnt from bars that it decides here`),
  ].join('\n')
}

const numberOf = (metric: Metric): number | null => ('value' in metric ? metric.value : null)

function summaryOf({ runId, folder, metrics }: KeptRun, outcome: BacktestOutcome) {
  const { performance, trades, costs, significance } = metrics
  const { bars, decisions, orders, fills, retrainings, runHash, latches } = outcome
  return {
    mode: 'backtest',
    runId,
    report: join(folder, 'report.html'),
    ...{ bars, decisions, orders, fills, retrainings },
    trades: outcome.record.trips.length,
    totalReturn: numberOf(performance.totalReturn),
    sharpe: numberOf(performance.sharpe),
    sortino: numberOf(performance.sortino),
    maxDrawdown: numberOf(performance.maxDrawdown),
    profitFactor: numberOf(trades.profitFactor),
    winRate: numberOf(trades.winRate),
    deflatedSharpe: numberOf(significance.deflatedSharpe),
    fees: costs.fees,
    funding: costs.funding,
    slippage: costs.slippage,
    latches: Object.keys(latches),
    barsPerSecond: Math.round(outcome.barsPerSecond),
    seconds: Number(outcome.seconds.toFixed(3)),
    runHash,
  }
}

function describe(kept: KeptRun, outcome: BacktestOutcome): string {
  const { bars, trades, totalReturn, sharpe, maxDrawdown, fees, funding, report, barsPerSecond } = summaryOf(
    kept,
    outcome,
  )
  const { currency } = kept.metrics
  const percent = (value: number | null) => (value === null ? 'not enough data' : `${(100 * value).toFixed(2)} %`)
  return [
    `${bars} bars, ${trades} trades, return ${percent(totalReturn)}, Sharpe ${sharpe?.toFixed(2) ?? 'not enough data'}, largest drawdown ${percent(maxDrawdown)}`,
    `fees ${fees.toFixed(2)} ${currency}, funding ${funding.toFixed(2)} ${currency}; ${barsPerSecond} bars a second`,
    ...Object.entries(outcome.latches).map(([name, latch]) => `halted by ${name}: ${latch.detail}`),
    report,
  ].join('\n')
}
