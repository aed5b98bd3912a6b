import { z } from 'zod'
import { barMsSchema } from './market-sections.ts'

/** How `tickwright fit` makes a model bundle from simulated flow. */
export const fitSchema = z.strictObject({
  mode: z.literal('fit').describe('demo, paper, signal, live, replay or fit'),
  barMs: barMsSchema,
})

export type FitConfig = z.infer<typeof fitSchema>
