import type { SessionRecord } from '../../adapters/tape/tape-control.ts'
import type { TapeCursor } from '../../adapters/tape/tape-cursor.ts'
import { eachOrNone, releaseAll } from '../../core/each-or-none.ts'
import { InputError } from '../../core/errors.ts'
import { converter } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { FRESH_GUARD } from '../../risk/guard.ts'
import type { WallConfig } from '../config/schema.ts'
import { lateMsMax } from '../daemon/late-ms-max.ts'
import type { ModelLoader } from '../daemon/load-model.ts'
import { runCounter } from '../daemon/run-counts.ts'
import { type ModelFamily, modelFamilies } from '../models/model-families.ts'
import type { ModelRoute } from '../session/ask-models.ts'
import { createSession } from '../session/session.ts'
import { quoteCheck } from './quote-check.ts'
import { type RecordedModels, recordedModels } from './recorded-models.ts'
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
  /** Of each family in turn, in the order in which they decided, each once. */
  readonly models: readonly string[]
  readonly tapeSeconds: number
  readonly realTimeFactor: number
}

/** Decides again what a recorded run decided, from the same frames and the ledger that it had. Sends nothing. */
export async function replayRecordedRun(
  files: readonly string[],
  config: WallConfig,
  recorded: SessionRecord,
  loaderOf: LoaderOf,
  monotonicMs: () => number,
): Promise<RecordedRunSummary> {
  const lines = tapeLines(files)
  try {
    const { featureState, families } = await startOf(lines, files[0] ?? '', config)
    const models = await eachOrNone(
      families,
      (first) => familyModels(first, loaderOf),
      ({ source }) => source,
    )
    try {
      return await decidedAgain({ lines, featureState, models, config, recorded, monotonicMs })
    } finally {
      await releaseAll(models.map(({ source }) => source))
    }
  } finally {
    await lines.close()
  }
}

type LoaderOf = (family: ModelFamily) => Promise<ModelLoader>

interface RecordedReplay {
  readonly lines: TapeLines
  readonly featureState: unknown
  readonly models: readonly FamilyRun[]
  readonly config: WallConfig
  readonly recorded: SessionRecord
  readonly monotonicMs: () => number
}

async function decidedAgain(parts: RecordedReplay): Promise<RecordedRunSummary> {
  const { lines, featureState, models, config, recorded, monotonicMs } = parts
  const { instruments } = recorded
  const time: ReplayTime = { now: epochMs(0), firstAt: epochMs(0) }
  const session = createSession({
    instruments,
    schema: models[0]!.schema,
    models: models.map(({ route }) => route),
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
    models: models.flatMap(({ source }) => source.used()),
    tapeSeconds,
    realTimeFactor: tapeSeconds / ((monotonicMs() - fromMs) / 1_000),
  }
}

type RunEnd = { readonly decisionHash: string }

/** The models of a family as the run had them. */
interface FamilyRun {
  readonly schema: FeatureSchema
  readonly source: RecordedModels
  readonly route: ModelRoute
}

/** A family and the model that it began with. */
interface FirstModel {
  readonly family: ModelFamily
  readonly modelId: string
}

async function familyModels({ family, modelId }: FirstModel, loaderOf: LoaderOf): Promise<FamilyRun> {
  const loader = await loaderOf(family)
  const source = await recordedModels(loader, modelId)
  return { schema: loader.schema, source, route: { group: family.group, symbols: family.symbols, source } }
}

/** Where a recorded run began. */
interface RunStart {
  readonly featureState: unknown
  readonly families: readonly FirstModel[]
}

/** What stands between the session line and the first frame: what the features remembered, if anything, and the first models. */
async function startOf(lines: TapeLines, file: string, config: WallConfig): Promise<RunStart> {
  let featureState: unknown
  const first = new Map<string | undefined, string>()
  await lines.ahead(({ control }) => {
    if (control?.kind === 'feature-state') featureState = control.payload
    if (control?.kind === 'model' && !first.has(control.group)) first.set(control.group, control.modelId)
    return control?.kind !== 'session' && control?.kind !== 'feature-state' && control?.kind !== 'model'
  })
  if (first.size === 0) {
    throw new InputError(
      `${file}: it does not say which model decided; it was recorded by another version of the program`,
      { file },
    )
  }
  const families = modelFamilies(config).map((family): FirstModel => {
    const modelId = first.get(family.group)
    if (modelId !== undefined) return { family, modelId }
    const were = [...first.keys()].map((group) => group ?? 'one for all').join(', ')
    throw new InputError(
      `${file}: its models were ${were}; the configuration has ${family.group ?? 'one for all'}: use the model.groups of the run`,
      { file, key: 'model.groups' },
    )
  })
  return { featureState, families }
}

/** The same lines; hears of the end of the run. */
function watchEnd(lines: TapeCursor, onEnd: (end: RunEnd) => void): TapeCursor {
  return {
    take() {
      const line = lines.take()
      if (line?.control?.kind === 'run-end') onEnd(line.control)
      return line
    },
    read: () => lines.read(),
    close: () => lines.close(),
  }
}
