import { InputError } from '../../core/errors.ts'
import { runIdentity } from '../backtest/run-identity.ts'
import { loadConfig, loadSweepFile, readConfig } from '../config/load-config.ts'
import { type BacktestConfig, type Config, configSchema } from '../config/schema.ts'
import type { Io } from '../io.ts'
import { deflatedBest, deflatedText } from '../sweep/deflated-best.ts'
import { makeTrials } from '../sweep/make-trials.ts'
import { runSweep, type SweepOutcome } from '../sweep/run-sweep.ts'
import { selectionWarning, sweepTable } from '../sweep/sweep-table.ts'
import { startSweepWorker } from '../sweep/sweep-worker.ts'

export interface SweepOptions {
  /** Of the backtest that is varied. */
  readonly config: string
  /** What is tried. */
  readonly sweep: string
  /** Folder of the finished trials. */
  readonly out: string
  readonly json: boolean
}

/** Hashes of the data and version of the code that a configuration's result depends on. Asked once for each trial. */
export type IdentityOf = (config: BacktestConfig) => Promise<unknown>

/** Runs the trials of a sweep and sorts them. 0: all are done; 3: stopped before that, or none succeeded. Throws `InputError`. */
export async function sweepCommand(
  options: SweepOptions,
  io: Io,
  identityOf: IdentityOf = runIdentity(),
): Promise<number> {
  const file = loadSweepFile(options.sweep)
  backtestOf(loadConfig(options.config), options.config)
  const base = readConfig(options.config)
  const trials = await makeTrials<Config>({
    ...{ file, base, schema: configSchema },
    identityOf: (config) => identityOf(backtestOf(config, options.config)),
  })
  const outcome = await runSweep({
    file,
    trials,
    out: options.out,
    start: startSweepWorker,
    io,
    stream: process.stderr,
  })
  io.out(options.json ? JSON.stringify(summaryOf(outcome)) : describe(outcome))
  return outcome.stopped || outcome.rows.length === outcome.failed ? 3 : 0
}

function backtestOf(config: Config, file: string): BacktestConfig {
  if (config.mode === 'backtest') return config
  throw new InputError(`config ${file}: mode was ${config.mode}; a sweep varies a configuration of mode backtest`)
}

const summaryOf = ({ rows, ...counts }: SweepOutcome) => ({
  mode: 'sweep',
  ...counts,
  best: deflatedBest(rows),
  warning: selectionWarning(rows.length, counts),
  rows,
})

function describe(outcome: SweepOutcome): string {
  const { trials, computed, skipped, failed, stopped, rows, log } = outcome
  const earlier = skipped === 0 ? '' : `, ${skipped} by an earlier start`
  return [
    ...sweepTable(rows, outcome, log),
    `${trials} trials: ${computed} done${earlier}, ${failed} failed`,
    deflatedText(deflatedBest(rows)),
    selectionWarning(rows.length, outcome),
    ...(stopped ? [`Stopped with ${trials - rows.length} trials to do: the same command goes on.`] : []),
  ].join('\n')
}
