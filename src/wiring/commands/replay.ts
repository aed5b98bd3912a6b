import { systemClock } from '../../adapters/clock/system-clock.ts'
import type { SessionRecord } from '../../adapters/tape/tape-control.ts'
import { eachOrNone, releaseAll } from '../../core/each-or-none.ts'
import { InputError } from '../../core/errors.ts'
import { memoryJournal } from '../../trading/memory-journal.ts'
import type { ReplayOptions } from '../command-options.ts'
import { loadConfig } from '../config/load-config.ts'
import { loadModel, modelLoader } from '../daemon/load-model.ts'
import type { Io } from '../io.ts'
import { familiesFor, type ModelFamily, ofFamily } from '../models/model-families.ts'
import { type RecordedRunSummary, replayRecordedRun } from '../replay/replay-recorded-run.ts'
import { type ReplaySummary, replaySimulated } from '../replay/replay-simulated.ts'
import { instrumentsOn } from '../replay/tape-instruments.ts'
import { oneRun, type TapeSessions, tapeSessions } from '../replay/tape-sessions.ts'

/**
 * Runs recorded tapes through the pipeline. With a `replay` configuration orders meet a simulated venue; with the configuration of the
 * run that recorded the tape (any other mode) the ledger is the recorded one. The same tape gives the same decision hash. Exit code 1
 * when a recorded run decided otherwise.
 */
export async function replayCommand(options: ReplayOptions, io: Io): Promise<number> {
  const config = loadConfig(options.config)
  const clock = systemClock()
  const tapes = await tapeSessions(options.tape)
  const monotonicMs = () => clock.monotonicMs()
  if (config.mode === 'backtest' || config.mode === 'train') {
    const command = config.mode === 'train' ? 'train' : 'backtest --tape FILE'
    throw new InputError(
      `config ${options.config}: mode was ${config.mode}; use "tickwright ${command} --config ${options.config}"`,
    )
  }
  if (config.mode !== 'replay') {
    const run = ofRun(tapes, config.mode, options)
    const loaderOf = (family: ModelFamily) => modelLoader(ofFamily(config, family), clock)
    const summary = await replayRecordedRun(options.tape, config, run, loaderOf, monotonicMs)
    io.out(options.json ? JSON.stringify(summary) : describeRun(summary))
    return summary.matches === false ? 1 : 0
  }
  const told = { ...config, section: 'replay', described: config.replay.instruments } as const
  const instruments = await instrumentsOn(options.tape, tapes, told, io)
  const symbols = instruments.map(({ symbol }) => symbol)
  const served = await eachOrNone(
    familiesFor(config, symbols),
    async (family) => ({ ...family, ...(await loadModel(ofFamily(config, family), clock)) }),
    ({ forecaster }) => forecaster,
  )
  try {
    const { schema } = served[0]!
    const parts = { config, tapes, instruments, schema, served, journal: memoryJournal(), monotonicMs }
    const summary = await replaySimulated(options.tape, parts)
    io.out(options.json ? JSON.stringify(summary) : describe(summary))
    return 0
  } finally {
    await releaseAll(served.map(({ forecaster }) => forecaster))
  }
}

/** Only a run knows what stood in its ledger. */
function ofRun({ sessions }: TapeSessions, mode: string, { config, tape }: ReplayOptions): SessionRecord {
  const [session] = sessions
  if (session?.mode === mode) return oneRun(tape, sessions)
  const was = session ? `recorded in mode ${session.mode}` : 'recorded by another program'
  throw new InputError(
    `config ${config}: mode was ${mode}, and ${tape[0]} was ${was}; use the configuration of the run that recorded the tape, or one of mode replay`,
  )
}

function describeRun({ symbols, bars, decisions, decisionHash, matches }: RecordedRunSummary): string {
  const verdict =
    matches === null
      ? 'the tape does not say how its run ended'
      : matches
        ? 'as the run decided'
        : 'THE RUN DECIDED OTHERWISE'
  return `${symbols.join(', ')}: ${bars} bars, ${decisions} decisions\ndecision hash ${decisionHash}: ${verdict}`
}

function describe(summary: ReplaySummary): string {
  const {
    bars,
    trades,
    bookUpdates,
    gaps,
    orders,
    fills,
    pnl,
    currency,
    realTimeFactor,
    decisionHash: digest,
  } = summary
  return [
    `${summary.symbols.join(', ')}: ${bars} bars, ${trades} trades, ${bookUpdates} book updates, ${gaps} gaps`,
    `${orders} orders, ${fills} fills, PnL ${pnl.toFixed(2)} ${currency}; ${realTimeFactor.toFixed(0)} x real time`,
    `decision hash ${digest}`,
  ].join('\n')
}
