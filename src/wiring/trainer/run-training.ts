import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { checkpointFile } from '../../adapters/bundle/checkpoint-file.ts'
import { readBundle } from '../../adapters/bundle/read-bundle.ts'
import { writeBundle } from '../../adapters/bundle/write-bundle.ts'
import { workerRuntime } from '../../adapters/onnx/worker-runtime.ts'
import { openTrialStore } from '../../adapters/sqlite/trial-store.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { OPTIMIZER_FILE } from '../../model/bundle/manifest.ts'
import { decodeOptimizerState } from '../../model/bundle/optimizer-state.ts'
import { trainingReport } from '../../report/training/training-report.ts'
import type { NetworkSettings } from '../../training/network/network-settings.ts'
import { type WarmStart, warmStartOf } from '../../training/network/warm-start.ts'
import { keptReturns, sharpeOf } from '../../training/search/trial-returns.ts'
import type { TrialStore } from '../../training/search/trial-store.port.ts'
import type { Config } from '../config/schema.ts'
import type { TrainerConfig } from '../config/trainer-section.ts'
import { tradingTerms } from '../evaluation/trading-terms.ts'
import { chooseFitter } from '../fit/choose-fitter.ts'
import { epochWatch, type FitProgress } from '../fit/fit-progress.ts'
import type { Io } from '../io.ts'
import { currentOrNone } from '../models/find-model.ts'
import { identityOf } from '../rows/bar-source.ts'
import { type Champion, openChampion } from './champion.ts'
import type { TrainResult } from './job.ts'
import { type Recipe, recipeOf } from './recipe.ts'
import { reportData } from './report-data.ts'
import { trainCandidate } from './train-candidate.ts'
import type { TrainingRows } from './training-rows.ts'
import { familyTrials, trialsSoFar } from './trials-so-far.ts'

export interface TrainingParts {
  readonly config: Config & { readonly trainer: TrainerConfig }
  readonly schema: FeatureSchema
  readonly rows: TrainingRows
  readonly clock: Clock
  readonly io: Io
  /** Why it was due, for the report. */
  readonly because: string
  onProgress(progress: FitProgress): void
}

/** Trials of the family, in `trainer.dir`. */
export const trialsFile = (trainer: Pick<TrainerConfig, 'dir'>): string => join(trainer.dir, 'trainer.sqlite')

/**
 * One training from rows to a bundle on disk, with its page beside the others in `trainer.dir`. It counts as a trial on its data. Nothing
 * becomes current by it. Throws `InputError`.
 */
export async function runTraining(parts: TrainingParts): Promise<TrainResult> {
  const { config, schema, rows, clock, io, onProgress } = parts
  const { trainer } = config
  const startedAt = clock.now()
  const familyFolder = config.model.path
  const recipe = recipeOf(trainer)
  const about = { family: basename(familyFolder), because: parts.because, madeAt: new Date(startedAt).toISOString() }
  const champion = await championOf(familyFolder, parts)
  const store = await openStore(trainer, startedAt)
  const trials = trialsSoFar(store, [familyTrials(familyFolder, schema), rows.dataHash])
  const watch = epochWatch(onProgress, clock)
  const key = identityOf('training', rows.dataHash, recipe.plain, schema.hash, trainer.start, champion?.version ?? null)
  const checkpoint = checkpointFile(join(trainer.dir, 'checkpoints'), key)
  try {
    const fit = await chooseFitter(recipe.model, io, {
      warmStart: (settings) => warmStart(parts, recipe, settings, champion),
      checkpoint,
      threadsMax: trainer.limits.threads,
      onEpoch: watch.onEpoch,
    })
    const {
      model,
      verdict,
      returns,
      rows: count,
    } = await trainCandidate({
      ...{ family: basename(familyFolder), trainer, recipe, schema, fit: watch.around(fit), champion, trials },
      ...{ tables: rows.tables, instruments: rows.instruments },
      terms: tradingTerms(config, rows),
      source: `${rows.source} of ${config.symbols.join(', ')}`,
      createdAt: about.madeAt,
      onPhase: (text) => onProgress({ text }),
      report: (findings, version) => trainingReport(reportData(findings, version, about)),
    })
    await writeBundle(familyFolder, model.version, model.files)
    const report = await keepReport(trainer, model.version, model.files)
    const kept = keptReturns(returns)
    store.recordTrial({
      ...{
        dataHash: familyTrials(familyFolder, schema),
        params: recipe.plain,
        seed: trainer.seed,
        startedAt,
        finishedAt: clock.now(),
      },
      ...{ metrics: model.metrics, returns: kept, sharpe: sharpeOf(returns) },
    })
    await checkpoint.remove()
    return {
      ...{ version: model.version, outcome: verdict.outcome, summary: verdict.summary, report, rows: count },
      numbers: Object.fromEntries(verdict.checks.map(({ name, value }) => [name, value ?? null])),
      seconds: (clock.now() - startedAt) / 1_000,
      epochs: watch.epochs(),
      samplesPerSecond: Math.round(
        (watch.epochs() * count * (1 - shareLeftOut(trainer))) / Math.max(1e-3, watch.seconds()),
      ),
    }
  } finally {
    store.close()
    await champion?.release()
  }
}

const shareLeftOut = ({ shares }: TrainerConfig): number => shares.validation + shares.calibration + shares.test

async function openStore(trainer: TrainerConfig, at: number): Promise<TrialStore> {
  await mkdir(trainer.dir, { recursive: true })
  return openTrialStore(trialsFile(trainer), at)
}

async function championOf(
  familyFolder: string,
  { schema, clock, config }: TrainingParts,
): Promise<Champion | undefined> {
  const version = await currentOrNone(familyFolder)
  if (version === undefined) return undefined
  const runtime = workerRuntime({ intraOpThreads: config.trainer.limits.threads })
  return await openChampion(familyFolder, version, schema, runtime, clock)
}

async function warmStart(
  { config, schema, onProgress }: TrainingParts,
  { steps, horizonBars }: Recipe,
  settings: NetworkSettings,
  champion: Champion | undefined,
): Promise<WarmStart | undefined> {
  if (config.trainer.start === 'scratch' || !champion) return undefined
  const { files, folder } = await readBundle(config.model.path, champion.version)
  const bytes = files.get(OPTIMIZER_FILE)
  if (bytes === undefined) return undefined
  try {
    const shape = { steps, barMs: schema.settings.barMs, horizonBars, schemaHash: schema.hash }
    const start = warmStartOf(
      champion.manifest,
      decodeOptimizerState(bytes, `${folder}/${OPTIMIZER_FILE}`),
      settings,
      shape,
    )
    onProgress({ text: `begins from the weights of ${champion.version}` })
    return start
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    onProgress({ text: `begins from fresh weights: ${error.message}` })
    return undefined
  }
}

async function keepReport(
  { dir }: TrainerConfig,
  version: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<string> {
  const folder = join(dir, 'reports')
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${version}.html`)
  const page = files.get('report.html')
  if (page) await writeFile(file, page)
  return file
}
