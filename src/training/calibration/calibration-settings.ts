import { z } from 'zod'

/** What is corrected in a fitted model's answers, on recent rows that its fit has not seen. `{}` is a whole setting. */
export const calibrationSettingsSchema = z.strictObject({
  classes: z
    .enum(['none', 'temperature', 'isotonic'])
    .default('temperature')
    .describe('how class probabilities are corrected; isotonic bends freely and wants thousands of rows'),
  quantiles: z
    .enum(['none', 'bps', 'volatility'])
    .default('volatility')
    .describe(
      'unit of the conformal widths: the same number of basis points, or of forecast volatilities, for all rows',
    ),
  volatility: z
    .enum(['none', 'width'])
    .default('width')
    .describe('width: the volatility follows the widest interval where that fits the newer half of the rows better'),
})

export type CalibrationSettings = z.infer<typeof calibrationSettingsSchema>
