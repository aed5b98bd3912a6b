import { z } from 'zod'
import { InputError } from '../../core/errors.ts'

/** By name; null: there are not enough data for it. */
export type TrialMetrics = Readonly<Record<string, number | null>>

const TERMS_MAX = 16

const termSchema = z.strictObject({
  goal: z.enum(['max', 'min']).describe('min: the smaller, the better'),
  weight: z.number().positive().default(1).describe('what a unit of the metric counts in the mixture'),
})

/**
 * What a search makes large: one metric, `{ crps: { goal: min } }`, or a mixture. Left out: the Sharpe ratio of the walk-forward per
 * year, less 5 times the maximum drawdown: a fall by a tenth of the peak costs half a point.
 */
export const objectiveSchema = z
  .record(z.string().min(1), termSchema)
  .refine((terms) => Object.keys(terms).length > 0, 'name at least one metric')
  .refine((terms) => Object.keys(terms).length <= TERMS_MAX, `at most ${TERMS_MAX} metrics`)
  .default({ sharpe: { goal: 'max', weight: 1 }, maxDrawdown: { goal: 'min', weight: 5 } })
  .describe('metrics that make a trial good, by name')

export type Objective = z.infer<typeof objectiveSchema>

/**
 * Σ ± weight · metric, greater is better; null where a metric has too few data or is no finite number. Throws `InputError` for a metric
 * that there is not.
 */
export function objectiveValue(objective: Objective, metrics: TrialMetrics): number | null {
  let sum = 0
  for (const [name, { goal, weight }] of Object.entries(objective)) {
    if (!Object.hasOwn(metrics, name)) {
      throw new InputError(
        `objective: ${name} is no metric of a trial; one of ${Object.keys(metrics).join(', ') || 'none'}`,
        { name },
      )
    }
    const value = metrics[name] ?? Number.NaN
    sum += (goal === 'max' ? weight : -weight) * value
  }
  return Number.isFinite(sum) ? sum : null
}
