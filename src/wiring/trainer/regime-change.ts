import { InputError } from '../../core/errors.ts'
import { createOversight, type Oversight } from '../../inference/oversight/oversight.ts'
import type { OversightSettings } from '../../inference/oversight/oversight-settings.ts'
import type { RowTable } from '../../training/rows/row-table.ts'
import type { TrainConfig } from '../config/schema.ts'
import { type RowTrading, tradeRows } from '../evaluation/trade-rows.ts'
import { recipeOf } from './recipe.ts'
import { recipeDataset } from './recipe-dataset.ts'
import { slicedTable } from './training-rows.ts'
import { marketRows, openCandidate, type TruthParts, termsOf, trainedOn } from './truth-market.ts'

/** Of equity at the flip: what may be lost until oversight has taken the size away. */
const LOSS_BOUND_FRACTION = 0.03

/** Lengths of the parts of the session, bars. */
export interface RegimeSession {
  /** That the model learns from. */
  readonly fitBars: number
  /** Traded before order flow begins to drive prices the other way. */
  readonly calmBars: number
  /** Traded after. */
  readonly flippedBars: number
}

/** What became of a model when the market that it had learnt turned into its opposite. Money in settle currency. */
export interface RegimeChange {
  readonly seed: number
  /** Of the model before the flip, by the gate. */
  readonly fittedOutcome: string
  /** That asked for another model before the flip: false ones. */
  readonly alarmsBefore: number
  /** From the flip to the first that asks for another model; null: none came. */
  readonly alarmAfterBars: number | null
  readonly alarmCause: string | null
  /** Greatest loss of equity from its value at the flip, ≥ 0: watched, unwatched, and what it may be at most. */
  readonly lossFromFlipQuote: number
  readonly lossUnwatchedQuote: number
  readonly lossBoundQuote: number
  /** What sizes are multiplied by at the end of the session, if no other model takes over. */
  readonly sizeAfter: number
  /** What the gate says of a model that has learnt from the bars since the alarm; null: there was none. */
  readonly retrainedOutcome: string | null
  /** The loss is within its bound and below the unwatched one, and the old model trades no more or a new one may. */
  readonly holds: boolean
}

/**
 * One simulated session in whose midst order flow begins to drive prices the other way: a model from before it goes on trading under
 * oversight, and another one learns from the bars since the alarm.
 */
export async function regimeChange(
  config: TrainConfig,
  alpha: number,
  seed: number,
  session: RegimeSession,
  parts: TruthParts,
): Promise<RegimeChange> {
  const { fitBars, calmBars, flippedBars } = session
  const flipAtBar = fitBars + calmBars
  const market = { alpha, seed, bars: flipAtBar + flippedBars, alphaFlipAtBar: flipAtBar }
  const tables = await marketRows(config, market, parts.schema)
  const candidate = await trainedOn(
    config,
    tables.map((table) => slicedTable(table, 0, fitBars)),
    alpha,
    parts,
  )
  const champion = await openCandidate(candidate, parts)
  try {
    const lived = tables.map((table) => slicedTable(table, fitBars, table.rows))
    const recipe = recipeOf(config.trainer)
    const data = recipeDataset(recipe, parts.schema, lived)
    const { manifest } = champion
    const { levels, thresholdBps } = manifest.calibration
    const { horizonBars, reference, version, features } = manifest
    const watch = watchFrom(
      createOversight({
        settings: oversightOf(config),
        ...{ reference, levels, thresholdBps, horizonBars, modelId: version, featureNames: features.names },
        symbols: lived.map(({ symbol }) => symbol),
      }),
      lived[0]!.startAt[calmBars]!,
    )
    const { series, endAt } = data
    const forecasts = { outputs: await champion.forecast(data), series, endAt, horizonBars, thresholdBps }
    const terms = termsOf(config, alpha)
    const watched = await tradeRows(lived, forecasts, terms, watch)
    const unwatched = await tradeRows(lived, forecasts, terms)
    const { alarm, alarmsBefore, sizeAfter } = watch.found()
    const since = alarm && tables.map((table) => rowsAfter(table, alarm.at))
    const retrained = since && (await trainedOn(config, since, alpha, parts))
    const flipAt = tables[0]!.endAt[flipAtBar - 1]!
    const losses = {
      lossFromFlipQuote: lossFrom(watched, flipAt),
      lossUnwatchedQuote: lossFrom(unwatched, flipAt),
      lossBoundQuote: LOSS_BOUND_FRACTION * equityAt(watched, flipAt),
    }
    const retrainedOutcome = retrained?.verdict.outcome ?? null
    return {
      ...{ seed, fittedOutcome: candidate.verdict.outcome, alarmsBefore },
      alarmAfterBars: alarm ? Math.round((alarm.at - flipAt) / config.barMs) : null,
      alarmCause: alarm?.cause ?? null,
      ...losses,
      ...{ sizeAfter, retrainedOutcome },
      holds:
        losses.lossFromFlipQuote <= losses.lossBoundQuote &&
        losses.lossFromFlipQuote < losses.lossUnwatchedQuote &&
        (sizeAfter === 0 || retrainedOutcome === 'pass'),
    }
  } finally {
    await champion.release()
  }
}

function oversightOf({ oversight }: TrainConfig): OversightSettings {
  if (oversight) return oversight
  throw new InputError('oversight is missing; it says how the model is watched', { key: 'oversight' })
}

interface Watch extends Pick<Oversight, 'step'> {
  found(): {
    readonly alarm: { readonly at: number; readonly cause: string } | undefined
    readonly alarmsBefore: number
    readonly sizeAfter: number
  }
}

/** Oversight with a memory of what it asked for. `flipAt`: milliseconds since the epoch. */
function watchFrom(oversight: Oversight, flipAt: number): Watch {
  let alarmsBefore = 0
  let alarm: { readonly at: number; readonly cause: string } | undefined
  let sizeAfter = 1
  return {
    step(closed) {
      const adjustments = oversight.step(closed)
      const { endAt } = closed[0]!.window.row.bar
      for (const { kind, cause } of oversight.alarms) {
        if (kind !== 'retrain') continue
        if (endAt <= flipAt) alarmsBefore += 1
        else alarm ??= { at: endAt, cause }
      }
      sizeAfter = Math.max(...Object.values(adjustments).map(({ sizeFactor }) => sizeFactor))
      return adjustments
    },
    found: () => ({ alarm, alarmsBefore, sizeAfter }),
  }
}

const rowsAfter = (table: RowTable, at: number): RowTable => {
  const first = table.startAt.findIndex((startAt) => startAt >= at)
  return slicedTable(table, first < 0 ? table.rows : first, table.rows)
}

function equityAt({ endAt, pnl, record }: RowTrading, at: number): number {
  return endAt.reduce((equity, moment, i) => (moment <= at ? equity + pnl[i]! : equity), record.startingBalance)
}

function lossFrom({ endAt, pnl }: RowTrading, at: number): number {
  let [earned, least] = [0, 0]
  for (const [i, moment] of endAt.entries()) {
    if (moment <= at) continue
    earned += pnl[i]!
    least = Math.min(least, earned)
  }
  return -least
}
