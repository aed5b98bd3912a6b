import { z } from 'zod'

const costBps = z
  .number()
  .min(0)
  .max(1_000)
  .default(0)
  .describe('fees and slippage of a round trip that the label is net of, basis points')
const volatilityHalfLifeBars = z
  .number()
  .min(1)
  .max(100_000)
  .default(60)
  .describe('age at which a squared return counts half in the volatility that barriers are measured in')
const multiple = z.number().positive().max(100)

const barriers = z.strictObject({
  profit: multiple.default(1).describe('where the profit is taken, volatilities over the horizon'),
  stop: multiple.default(1).describe('where the loss is cut, volatilities over the horizon'),
  volatilityHalfLifeBars,
})

/**
 * What a model learns to forecast, over `horizonBars` bars.
 * `return`: sign(r) · max(|r| − cost, 0), r the log-return of the mid.
 * `triple-barrier`: the same of the log-return at the first touched of an upper barrier, a lower one and the horizon (López de Prado 2018, ch. 3).
 * `meta`: s · r − cost for the side s of a primary model; where that is above 0, following it paid (ibid., ch. 3.6).
 */
export const labelSettingsSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('return').describe('return, triple-barrier or meta'),
    costBps,
  }),
  z.strictObject({
    kind: z.literal('triple-barrier'),
    costBps,
    upper: multiple.default(1).describe('distance of the upper barrier, volatilities over the horizon'),
    lower: multiple.default(1).describe('distance of the lower barrier, volatilities over the horizon'),
    volatilityHalfLifeBars,
  }),
  z.strictObject({
    kind: z.literal('meta'),
    costBps,
    sideFeature: z
      .string()
      .min(1)
      .optional()
      .describe('feature whose sign is the side that a primary takes; at 0 it takes none, and the row is left out'),
    barriers: barriers.optional().describe('where a position is closed before the horizon; leave out: never'),
  }),
])

export type LabelSettings = z.infer<typeof labelSettingsSchema>
