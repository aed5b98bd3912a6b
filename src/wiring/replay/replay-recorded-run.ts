import type { SessionRecord } from '../../adapters/tape/tape-control.ts'
import { InputError } from '../../core/errors.ts'
import { converter } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import { FRESH_GUARD } from '../../risk/guard.ts'
import type { WallConfig } from '../config/schema.ts'
import { lateMsMax } from '../daemon/late-ms-max.ts'
import type { ModelLoader } from '../daemon/load-model.ts'
import { runCounter } from '../daemon/run-counts.ts'
import { createSession } from '../session/session.ts'
import { quoteCheck } from './quote-check.ts'
import { recordedModels } from './recorded-models.ts'
import { recordedDesk, recordedInputs } from './recorded-run.ts'
import { type ReplayTime, replayTapes } from './replay-tape.ts'
import { type TapeLines, tapeLines } from './tape-lines.ts'
import { tapeScheduler } from './tape-scheduler.ts'

export interface RecordedRunSummary {
  readonly mode: 'replay'
  /** Of the run that recorded the tape. */
  readonly recordedMode: string
  readonly symbols: readonly string[]
  readonly frames: number
  readonly bars: number
  readonly decisions: number
  readonly gaps: number
  readonly decisionHash: string
  /** What the run itself came to; null when it ended without saying so (a crash, a power cut). */
  readonly recordedDecisionHash: string | null
  /** Null when there is nothing to compare with. */
  readonly matches: boolean | null
  readonly truncatedMembers: number
  /** In the order in which they decided, each once. */
  readonly models: readonly string[]
  readonly tapeSeconds: number
  readonly realTimeFactor: number
}

/** Decides again what a recorded run decided, from the same frames and the ledger that it had. Sends nothing. */
export async function replayRecordedRun(
  files: readonly string[],
  config: WallConfig,
  recorded: SessionRecord,
  loader: ModelLoader,
  monotonicMs: () => number,
): Promise<RecordedRunSummary> {
  const { instruments } = recorded
  const time: ReplayTime = { now: epochMs(0), firstAt: epochMs(0) }
  const lines = tapeLines(files)
  const { featureState, modelId } = await startOf(lines, files[0] ?? '')
  const models = await recordedModels(loader, modelId)
  const session = createSession({
    instruments,
    schema: loader.schema,
    models,
    desk: recordedDesk,
    clock: { monotonicMs },
    settings: {
      policy: config.policy,
      limits: config.risk,
      collarBps: config.trading.collarBps,
      ledgerTag: '', // The recorded one takes its place.
    },
    staleMsMax: config.feed.staleMsMax,
    lateMsMax: lateMsMax(config),
    exchangeTimeOf: (local) => local,
    guard: FRESH_GUARD,
    featureState,
    recordedInputs: (symbol, endAt) => recordedInputs(lines, symbol, endAt),
    resync: () => undefined, // What the run asked for came, and is on the tape.
  })
  const counter = runCounter()
  session.events$.subscribe((event) => counter.onSession(event))
  const fromMs = monotonicMs()
  let end: RunEnd | undefined
  const told = watchEnd(lines, (said) => {
    end = said
  })
  const { frames } = await replayTapes(told, {
    ...{ session, venueId: recorded.venueId, isRecorded: true, barMs: config.barMs, latenessMs: 0, time },
    converters: instruments.map((one) => converter(one)),
    scheduler: tapeScheduler(),
    quotes: quoteCheck(),
  })
  await models.release()
  const tapeSeconds = (time.now - time.firstAt) / 1_000
  const { bars, decisions, gaps, decisionHash } = counter.counts()
  return {
    mode: 'replay',
    recordedMode: recorded.mode,
    symbols: instruments.map(({ symbol }) => symbol),
    ...{ frames, bars, decisions, gaps, decisionHash },
    recordedDecisionHash: end?.decisionHash ?? null,
    matches: end ? end.decisionHash === decisionHash : null,
    truncatedMembers: lines.truncatedMembers,
    models: models.used(),
    tapeSeconds,
    realTimeFactor: tapeSeconds / ((monotonicMs() - fromMs) / 1_000),
  }
}

type RunEnd = { readonly decisionHash: string }

/** What stands between the session line and the first frame: what the features remembered, if anything, and the first model. */
async function startOf(lines: TapeLines, file: string) {
  let featureState: unknown
  const first = await lines.ahead(({ control }) => {
    if (control?.kind === 'feature-state') featureState = control.payload
    return control?.kind !== 'session' && control?.kind !== 'feature-state'
  })
  if (first?.control?.kind === 'model') return { featureState, modelId: first.control.modelId }
  throw new InputError(
    `${file}: it does not say which model decided; it was recorded by another version of the program`,
    {
      file,
    },
  )
}

/** The same lines; hears of the end of the run. */
function watchEnd(lines: TapeLines, onEnd: (end: RunEnd) => void): TapeLines {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const line of lines) {
        if (line.control?.kind === 'run-end') onEnd(line.control)
        yield line
      }
    },
    ahead: (is) => lines.ahead(is),
    get truncatedLines() {
      return lines.truncatedLines
    },
    get truncatedMembers() {
      return lines.truncatedMembers
    },
  }
}
