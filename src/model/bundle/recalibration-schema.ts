import { z } from 'zod'

const finite = z.number()
const CURVE_POINTS_MAX = 256

const isAscending = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v > values[i - 1]!)
const neverFalls = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v >= values[i - 1]!)
const probability = finite.min(0).max(1)

/** A curve that never falls, straight between its points and flat beyond them. */
const curve = z
  .strictObject({
    said: z.array(probability).min(1).max(CURVE_POINTS_MAX).refine(isAscending, 'ascending'),
    came: z.array(probability).min(1).max(CURVE_POINTS_MAX).refine(neverFalls, 'never falling'),
  })
  .refine((c) => c.said.length === c.came.length, { path: ['came'], error: 'one per value of said' })

/**
 * What is corrected in the answers of the graph, fitted on rows that its fit has not seen. Golden vectors are those of the graph, before
 * it. Each part that is absent leaves its outputs as they are.
 */
export const recalibrationSchema = z.strictObject({
  /** Rows that it was fitted on. */
  rows: z.int().positive(),
  classes: z
    .discriminatedUnion('method', [
      /** p ∝ p^(1 / temperature) (Guo et al. 2017). */
      z.strictObject({ method: z.literal('temperature'), temperature: finite.min(0.05).max(20) }),
      /** A curve each for down, flat, up; then divided by their sum (Zadrozny and Elkan 2002). */
      z.strictObject({ method: z.literal('isotonic'), curves: z.tuple([curve, curve, curve]) }),
    ])
    .optional(),
  /** Added to the quantiles, one per level; in basis points, or in forecast volatilities. */
  quantiles: z.strictObject({ unit: z.enum(['bps', 'volatility']), shifts: z.array(finite).min(1).max(99) }).optional(),
  volatilityFactor: finite.min(0.1).max(10).optional(),
})

export type Recalibration = z.infer<typeof recalibrationSchema>
/** Of one class. */
export type ProbabilityCurve = z.infer<typeof curve>
