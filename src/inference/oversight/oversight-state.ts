import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Reference } from '../../model/bundle/reference-schema.ts'
import type { AdaptiveIntervalState } from '../calibration/adaptive-interval.ts'
import { blockRowsOf, WINDOW_BLOCKS } from '../drift/input-drift.ts'
import { CAUSES, type Cause } from './causes.ts'
import type { InputWatchState } from './input-watch.ts'
import type { LiveScoresState } from './live-scores.ts'
import type { OutcomeTrackState } from './outcome-track.ts'
import type { OversightSettings } from './oversight-settings.ts'

/** Plain JSON; its size is bounded by the windows of the settings. */
export interface OversightState {
  /** Of what it is: model, settings, instruments. */
  readonly key: string
  readonly bars: number
  readonly holding: readonly Cause[]
  readonly tracks: Readonly<Record<InstrumentSymbol, OutcomeTrackState>>
  readonly intervals: readonly AdaptiveIntervalState[]
  readonly scores: LiveScoresState
  readonly inputs: InputWatchState | null
}

/** What a state must agree with. */
export interface StateShape {
  readonly key: string
  readonly settings: OversightSettings
  readonly reference: Reference | undefined
  readonly horizonBars: number
  readonly symbols: readonly InstrumentSymbol[]
  /** Quantile levels, and intervals formed of them, count. */
  readonly levels: number
  readonly pairs: number
}

/**
 * A state as it was read from disk. Undefined: it is that of another model, or was kept under other settings. Throws `InputError` naming
 * what is damaged: a number that is missing or not finite, a list of another length.
 */
export function restoredState(saved: unknown, shape: StateShape): OversightState | undefined {
  const named = checked(z.looseObject({ key: z.string() }), saved)
  return named.key === shape.key ? checked(stateSchema(shape), saved) : undefined
}

function checked<T>(schema: z.ZodType<T>, saved: unknown): T {
  const result = schema.safeParse(saved)
  if (result.success) return result.data
  throw new InputError(`state of oversight: ${z.prettifyError(result.error)}`)
}

const finite = z.number()
const count = z.int().min(0)
const listOf = (length: number): z.ZodArray<z.ZodNumber> => z.array(finite).length(length)

function stateSchema({ key, settings, reference, horizonBars, symbols, levels, pairs }: StateShape) {
  const track = trackSchema(horizonBars, levels, pairs)
  return z.strictObject({
    key: z.literal(key),
    bars: count,
    holding: z.array(z.enum(CAUSES)).max(CAUSES.length),
    tracks: z.strictObject(Object.fromEntries(symbols.map((symbol) => [symbol, track]))),
    intervals: z
      .array(
        z.strictObject({
          ...{ alpha: finite, steps: count, misses: finite.min(0) },
          scores: z.array(finite).max(settings.conformal.scoresMax),
        }),
      )
      .length(pairs),
    scores: scoresSchema(settings, pairs),
    inputs: reference ? inputsSchema(settings, reference) : z.null(),
  })
}

/** Of a forecast whose outcome would never come the track would never be rid. */
function trackSchema(horizonBars: number, levels: number, pairs: number) {
  const pending = z.strictObject({
    ...{ quantilesBps: listOf(levels), issuedBps: listOf(levels), classes: z.tuple([finite, finite, finite]) },
    ...{ volatilityBps: finite.positive(), thresholds: z.array(finite.nullable()).length(pairs) },
    ...{ dueBar: count, mid: finite.positive(), baselineBps: finite.positive().nullable() },
  })
  return z
    .strictObject({
      ...{ endAt: finite.nullable(), mid: finite.positive().nullable(), bar: count },
      ...{ variance: finite.min(0), returns: count, pending: z.array(pending).max(horizonBars) },
    })
    .refine(
      ({ bar, pending: waiting }) =>
        waiting.every(({ dueBar }, i) => dueBar > (waiting[i - 1]?.dueBar ?? bar) && dueBar <= bar + horizonBars),
      { path: ['pending'], error: 'due one after another, within the horizon' },
    )
}

const meanSchema = (size: number) =>
  z
    .strictObject({
      ...{ values: z.array(finite).max(size), sum: finite, next: count.max(size - 1), total: finite, count },
    })
    .refine(({ values, next }) => values.length === size || next === values.length, {
      path: ['next'],
      error: 'behind the last value until the window is full',
    })

function scoresSchema({ loss, coverage, change }: OversightSettings, pairs: number) {
  const mean = meanSchema(loss.windowBars)
  const covered = z.array(meanSchema(coverage.windowBars)).length(pairs)
  return z.strictObject({
    ...{ modelLoss: mean, baselineLoss: mean, brier: mean, stated: covered, issued: covered },
    change: z.strictObject({ count, mean: finite, sum: finite.min(0) }),
    changeBarsLeft: count.max(change.holdBars),
  })
}

function inputsSchema({ inputs }: OversightSettings, { shares }: Reference) {
  const bins = z.array(count).length(shares.reduce((sum, each) => sum + each.length, 0))
  return z.strictObject({
    drift: z.strictObject({
      blocks: z.array(bins).max(WINDOW_BLOCKS),
      filling: bins,
      rows: count.max(blockRowsOf(inputs) - 1),
    }),
    outliers: meanSchema(inputs.windowRows),
  })
}
