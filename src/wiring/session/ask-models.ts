import { check } from '../../core/check.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import { type Forecast, isForecast, type NoForecast } from '../../inference/forecast.ts'
import type { Forecaster } from '../../inference/forecaster.ts'
import type { InForce, ModelSource } from '../../inference/model-service.ts'
import type { Oversight, Watched } from '../../inference/oversight/oversight.ts'
import type { Adjustments, DecisionInputs, ModelInputs } from './decision-inputs.ts'

/** Whose forecasts the bars of some instruments are decided by. */
export interface ModelRoute {
  /** Name of the group; absent: one route serves all instruments. */
  readonly group?: string | undefined
  /** Those of the group; absent: all. */
  readonly symbols?: readonly InstrumentSymbol[]
  readonly source: ModelSource
  /** Who watches a model; absent or undefined: nobody. A recorded run says itself how its forecasts were taken. */
  oversightOf?(forecaster: Forecaster): Pick<Oversight, 'step'> | undefined
}

/** A model and what it says of those bars of a moment that it decides. */
export interface Asked {
  readonly route: ModelRoute
  readonly model: InForce
  /** As the run was recorded; live, by the clock. */
  readonly expired: boolean
  readonly watched: readonly Watched[]
}

/** What the models say of the bars that closed together. */
export interface Answers {
  readonly asked: readonly Asked[]
  /** Until the last of them had answered; null when none was asked. */
  readonly ms: number | null
  of(window: FeatureWindow): Watched['forecast']
  /** No entries in its instrument. */
  isExpired(window: FeatureWindow): boolean
  /** Of the instruments without a forecast. */
  readonly failures: Readonly<Record<InstrumentSymbol, string>>
}

/**
 * Each model in one run for its own bars, all of them at once. `said`: as a recorded run had it; its failures are taken over. Throws
 * `InputError` for a recorded run whose groups were others.
 */
export async function askModels(
  routes: readonly ModelRoute[],
  windows: readonly FeatureWindow[],
  now: EpochMs,
  clock: Pick<Clock, 'monotonicMs'>,
  said?: DecisionInputs,
): Promise<Answers> {
  const shares = routes
    .map((route) => ({ route, own: windows.filter(({ row }) => decides(route, row.bar.symbol)) }))
    .filter(({ own }) => own.length > 0)
  const fromMs = clock.monotonicMs()
  const asked = await Promise.all(shares.map(({ route, own }) => askOne(route, own, now, said)))
  const ms = asked.some(({ watched }) => watched.some(({ forecast }) => forecast)) ? clock.monotonicMs() - fromMs : null
  return { asked, ms, ...byWindow(asked) }
}

const decides = ({ symbols }: ModelRoute, symbol: InstrumentSymbol): boolean => symbols?.includes(symbol) ?? true

async function askOne(
  route: ModelRoute,
  windows: readonly FeatureWindow[],
  now: EpochMs,
  said: DecisionInputs | undefined,
): Promise<Asked> {
  const recorded = said && recordedModel(said, route.group)
  const model = await route.source.take(recorded?.modelId)
  const { forecaster, expiresAt } = model
  const { modelId } = forecaster
  const usable = windows.filter(({ ready, row }) => ready && row.bar.taints.length === 0)
  const answers = usable.length === 0 ? [] : await forecaster.forecast(usable)
  const outcomes = new Map(
    usable.map((window, at): [FeatureWindow, Forecast | NoForecast] => {
      const failure = said?.failures[window.row.bar.symbol]
      return [window, failure === undefined ? answers[at]! : { modelId, failure }]
    }),
  )
  const expired = recorded ? recorded.modelExpired : expiresAt !== undefined && now >= expiresAt
  return { route, model, expired, watched: windows.map((window) => ({ window, forecast: outcomes.get(window) })) }
}

function byWindow(asked: readonly Asked[]): Pick<Answers, 'of' | 'isExpired' | 'failures'> {
  const all = new Map(
    asked.flatMap(({ expired, watched }) =>
      watched.map(({ window, forecast }) => [window, { forecast, expired }] as const),
    ),
  )
  const failed = [...all].flatMap(([{ row }, { forecast }]) =>
    !forecast || isForecast(forecast) ? [] : [[row.bar.symbol, forecast.failure] as const],
  )
  return {
    of: (window) => all.get(window)?.forecast,
    isExpired(window) {
      const found = all.get(window)
      return check(found !== undefined, 'a model for the instrument', found)!.expired
    },
    failures: Object.fromEntries(failed),
  }
}

function recordedModel(said: DecisionInputs, group: string | undefined): ModelInputs {
  const found = group === undefined && said.models === undefined ? said : said.models?.[group ?? '']
  if (found) return found
  const were = said.models ? Object.keys(said.models).join(', ') : 'none'
  throw new InputError(
    `the run was recorded with other model.groups: ${were}; ${group ?? 'one for all'} is not among them`,
    { group },
  )
}

/** How the forecasts are to be taken; undefined where nobody watches. */
export function overseen(asked: readonly Asked[]): Adjustments | undefined {
  const said = asked.flatMap(({ route, model, watched }) => {
    const oversight = route.oversightOf?.(model.forecaster)
    return oversight ? [Object.entries(oversight.step(watched))] : []
  })
  return said.length === 0 ? undefined : Object.fromEntries(said.flat())
}

/** For the record of the decision: pooled, the one model; else by group, those of the first in front. */
export function modelInputs(asked: readonly Asked[]): Pick<DecisionInputs, 'modelId' | 'modelExpired' | 'models'> {
  const all = asked.map(({ route, model, expired }): readonly [string | undefined, ModelInputs] => [
    route.group,
    { modelId: model.forecaster.modelId, modelExpired: expired },
  ])
  const [first] = all
  const pooled = check(first !== undefined, 'a model that was asked', first)![1]
  const grouped = all.flatMap(([group, one]) => (group === undefined ? [] : [[group, one] as const]))
  return grouped.length === 0 ? pooled : { ...pooled, models: Object.fromEntries(grouped) }
}
