import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import { seededRandom } from '../../core/random.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import type { Dataset } from '../../training/dataset.ts'
import { subsetOf } from '../../training/dataset.ts'
import { forecastOutcomes } from '../../training/evaluation/forecast-outcomes.ts'
import { seenAlone } from '../../training/evaluation/seen-alone.ts'
import type { Assessed, Assessment, FittedModel } from '../../training/fit-bundle.ts'
import { fitBundle } from '../../training/fit-bundle.ts'
import type { FitForecaster } from '../../training/fitted-forecaster.ts'
import type { GateTrials } from '../../training/gate/contender.ts'
import { judge, type Verdict } from '../../training/gate/judge.ts'
import type { RowTable } from '../../training/rows/row-table.ts'
import { type FinalCut, finalCut } from '../../training/splits/final-cut.ts'
import type { TrainerConfig } from '../config/trainer-section.ts'
import { type Earned, fieldOf, type Said } from '../evaluation/contenders.ts'
import type { TradingTerms } from '../evaluation/forecast-trader.ts'
import { type RowTrading, tradeRows } from '../evaluation/trade-rows.ts'
import type { Champion } from './champion.ts'
import type { Recipe } from './recipe.ts'
import { recipeDataset } from './recipe-dataset.ts'

export interface CandidateParts {
  readonly family: string
  readonly trainer: TrainerConfig
  readonly recipe: Recipe
  readonly schema: FeatureSchema
  readonly tables: readonly RowTable[]
  readonly instruments: readonly Instrument[]
  readonly terms: TradingTerms
  readonly fit: FitForecaster
  /** The model that decides now, if it can be asked about these windows. */
  readonly champion: Champion | undefined
  /** All that was ever tried on these data, this one included. */
  readonly trials: GateTrials
  readonly source: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  onPhase?(text: string): void
  /** The page of the training. */
  report(candidate: CandidateFindings, version: string): string
}

/** What is known of a candidate before it has a name. */
export interface CandidateFindings {
  readonly recipe: Recipe
  readonly cut: FinalCut
  readonly data: Dataset
  readonly test: Dataset
  readonly assessed: Assessed
  readonly trading: RowTrading
  readonly champion:
    | { readonly name: string; readonly outputs: ForecasterOutputs; readonly trading: RowTrading }
    | undefined
  readonly verdict: Verdict
  readonly trials: GateTrials
}

export interface Candidate {
  readonly model: FittedModel
  readonly verdict: Verdict
  /** Simple returns of equity on the test bars, for the record of trials. */
  readonly returns: Float64Array
  readonly rows: number
}

/** Rows below which nothing is fitted. */
const ROWS_MIN = 50

/**
 * Makes one model: fits it on the older bars, chooses on the next, calibrates on the next, and judges it on the latest, which none of
 * that has seen, beside the champion and the baselines, after costs in the simulated venue. Deterministic. Throws `InputError` for too few
 * rows, a feature that knows the future, or meta-labels.
 */
export async function trainCandidate(parts: CandidateParts): Promise<Candidate> {
  const { family, trainer, recipe, schema, tables } = parts
  requireServed(recipe)
  const data = recipeDataset(recipe, schema, tables)
  if (data.rows < ROWS_MIN) {
    throw new InputError(`${data.rows} rows with a whole window and a known label; it takes at least ${ROWS_MIN}`, {
      rows: data.rows,
    })
  }
  const cut = finalCut(data, { ...trainer.shares, embargoBars: trainer.embargoBars })
  const test = subsetOf(data, cut.test)
  const { seen, split } = seenAlone(data, cut)
  let findings: CandidateFindings | undefined
  parts.onPhase?.(`fits on ${cut.train.length} rows, chooses on ${cut.validation.length}`)
  const model = await fitBundle({
    ...{ family, fitData: seen, split },
    ...{ evaluationData: test, history: { data, rows: cut.test } },
    calibration: { data: subsetOf(data, cut.calibration), settings: trainer.calibration },
    reference: seededRandom(trainer.seed),
    ...{ schemaHash: schema.hash, createdAt: parts.createdAt, source: parts.source },
    window: spanOf(data, cut),
    ...{ seeds: [], evaluationSeeds: [], withLogistic: false, fit: parts.fit },
    ...taughtOtherwise(recipe),
    async assess(assessed): Promise<Assessment> {
      parts.onPhase?.(`judges on ${test.rows} rows`)
      findings = await judged(parts, { data, test, cut, assessed })
      return { verdict: plainVerdict(findings.verdict), report: (version) => parts.report(findings!, version) }
    },
  })
  const { verdict, trading } = findings!
  return { model, verdict, returns: returnsOf(trading), rows: data.rows }
}

/** Where the labels are not plain forward returns. */
const taughtOtherwise = ({ labels: { kind, costBps } }: Recipe) =>
  kind === 'return' && costBps === 0 ? {} : { labels: { kind, costBps } }

/** A meta-label says whether to follow a primary; the daemon has none to follow, and would take it for a return. */
function requireServed({ labels }: Recipe): void {
  if (labels.kind !== 'meta') return
  throw new InputError(
    'recipe.labels.kind was meta; a model that decides needs return or triple-barrier: nothing live says the side to follow (evaluate and search take meta)',
    { key: 'recipe.labels.kind' },
  )
}

async function judged(
  { terms, tables, trainer, trials, recipe, champion }: CandidateParts,
  { data, test, cut, assessed }: Pick<CandidateFindings, 'data' | 'test' | 'cut' | 'assessed'>,
): Promise<CandidateFindings> {
  const { outputs, fitted, baselines } = assessed
  const { thresholdBps } = fitted.calibration
  const thresholds = new Float64Array(test.rows).fill(thresholdBps)
  const saidOf = (name: string, said: ForecasterOutputs): Said => ({
    name,
    outcomes: forecastOutcomes(name, said, test, thresholds),
  })
  const traded = async (said: ForecasterOutputs): Promise<RowTrading> =>
    tradeRows(
      tables,
      { outputs: said, ...{ series: test.series, endAt: test.endAt, thresholdBps }, horizonBars: recipe.horizonBars },
      terms,
    )
  const trading = await traded(outputs)
  const rival = champion && (await rivalOf(champion, test, traded))
  const field = fieldOf(
    { ...earnedBy(saidOf('candidate', outputs), trading), horizonBars: recipe.horizonBars, trials },
    champion && rival && unseen(earnedBy(saidOf(rival.name, rival.outputs), rival.trading), champion, test),
    baselines.filter(({ name }) => isRival(name, recipe)).map((one) => saidOf(one.name, one.outputs)),
  )
  const said = judge(field.candidate, field.champion, field.baselines, trainer.gate)
  const verdict = lacksRival(recipe, baselines) ? unprovenVerdict(said) : said
  return { recipe, cut, data, test, assessed, trading, champion: rival, verdict, trials }
}

async function rivalOf(
  champion: Champion,
  test: Dataset,
  traded: (said: ForecasterOutputs) => Promise<RowTrading>,
): Promise<NonNullable<CandidateFindings['champion']>> {
  const outputs = await champion.forecast(test)
  return { name: champion.version, outputs, trading: await traded(outputs) }
}

const earnedBy = (said: Said, { pnl, endAt, record }: RowTrading): Earned => ({
  ...said,
  ...{ pnl, pnlAt: endAt, tripsAt: record.trips.map(({ closedAt }) => closedAt) },
})

/** A ridge is not asked to beat itself: the baseline of that name is one on a summary of the same window. */
export const isRival = (baseline: string, { model }: Recipe): boolean => model !== undefined || baseline !== 'ridge'

/** There were too few rows to fit the ridge that it must beat. */
const lacksRival = ({ model }: Recipe, baselines: Assessed['baselines']): boolean =>
  model !== undefined && !baselines.some(({ name }) => name === 'ridge')

const unprovenVerdict = ({ checks, summary }: Verdict): Verdict => ({
  outcome: 'not enough data',
  checks,
  summary: `Too few rows to fit the ridge that it must beat. ${summary}`,
})

/** Without the rows and moments that the champion may have learnt from: nobody knows what it is worth there. */
function unseen(one: Earned, { learntUntil }: Champion, { shape }: Dataset): Earned {
  const lookBackMs = shape.steps * shape.barMs
  const isUnseen = (at: number): boolean => at - lookBackMs > learntUntil
  const moments = Array.from(one.pnlAt, (at, i) => [at, i] as const).filter(([at]) => isUnseen(at))
  return {
    ...one,
    outcomes: one.outcomes.filter(({ at }) => isUnseen(at)),
    pnl: moments.map(([, i]) => one.pnl[i]!),
    pnlAt: moments.map(([at]) => at),
  }
}

/** Of all that the model learns from: up to the last label that it is calibrated on. */
function spanOf({ endAt, labelEndAt, shape }: Dataset, { train, calibration }: FinalCut) {
  const from = train.reduce((least, row) => Math.min(least, endAt[row]!), Number.POSITIVE_INFINITY)
  const to = calibration.reduce((most, row) => Math.max(most, labelEndAt[row]!), 0)
  return { from: iso(from - shape.steps * shape.barMs), to: iso(to) }
}

const iso = (at: number): string => new Date(at).toISOString()

function plainVerdict({ outcome, summary, checks }: Verdict): Assessment['verdict'] {
  return { outcome, summary, checks: checks.map((check) => ({ ...check, numbers: { ...check.numbers } })) }
}

export function returnsOf({ pnl, record }: RowTrading): Float64Array {
  let equity = record.startingBalance
  return pnl.map((change) => {
    const before = equity
    equity += change
    return before > 0 ? change / before : 0
  })
}
