import { z } from 'zod'

const FEATURES_MAX = 2_000
/** Bins of a feature are one more than its edges. */
const EDGES_MAX = 31
const CENTROIDS_MAX = 32
const SHARE_SUM_TOLERANCE = 1e-6

const finite = z.number()
const isAscending = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v > values[i - 1]!)
const sumsToOne = (shares: readonly number[]): boolean =>
  Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) <= SHARE_SUM_TOLERANCE

/**
 * What the features looked like in training, small enough to travel with the model: live rows are held against it. Lists have one
 * element per feature, in the schema's order; values are raw, as the engine gives them.
 */
export const referenceSchema = z
  .strictObject({
    /** Training rows that it was made from. */
    rows: z.int().min(2),
    means: z.array(finite).min(1).max(FEATURES_MAX),
    /** 0: the feature never moved. */
    deviations: z.array(finite.min(0)).min(1).max(FEATURES_MAX),
    /** Borders between bins, a value on one belongs below it. None: one bin, and no move is seen. */
    edges: z.array(z.array(finite).max(EDGES_MAX).refine(isAscending, 'ascending')).min(1).max(FEATURES_MAX),
    /** Share of the training rows in each bin, lowest first. */
    shares: z
      .array(
        z
          .array(finite.min(0).max(1))
          .min(1)
          .max(EDGES_MAX + 1)
          .refine(sumsToOne, 'of sum 1'),
      )
      .min(1)
      .max(FEATURES_MAX),
    /** Where the training rows lay, [centroids][features], in deviations from the mean; see `dissimilarity.ts`. */
    centroids: z.array(z.array(finite).min(1).max(FEATURES_MAX)).min(1).max(CENTROIDS_MAX),
    /** Mean distance of two training rows, and the 99.9 % quantile of their dissimilarity to the centroids. */
    pairDistanceMean: finite.positive(),
    dissimilarityHigh: finite.positive(),
    /** Positions of the features that the model does not look at; none of the above knows anything of them. Absent: it looks at all. */
    ignored: z.array(z.int().min(0)).min(1).max(FEATURES_MAX).refine(isAscending, 'ascending').optional(),
  })
  .superRefine(({ means, deviations, edges, shares, centroids, ignored }, context) => {
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message })
    const width = means.length
    for (const [name, list] of Object.entries({ deviations, edges, shares })) {
      if (list.length !== width) refuse([name], `one per value of means, ${width}`)
    }
    const last = ignored?.at(-1) ?? -1
    if (last >= width) refuse(['ignored'], `below the number of features, ${width}`)
    if (ignored && ignored.length >= width) refuse(['ignored'], 'not all features: the model looks at something')
    for (const i of ignored ?? []) {
      if (deviations[i] !== 0 || edges[i]?.length !== 0)
        refuse(['ignored'], `feature ${i} must have no deviation and no edges`)
    }
    shares.forEach((each, i) => {
      if (each.length !== (edges[i]?.length ?? 0) + 1) refuse(['shares', i], 'one more than edges')
    })
    centroids.forEach((each, i) => {
      if (each.length !== width) refuse(['centroids', i], `one per value of means, ${width}`)
    })
  })

export type Reference = z.infer<typeof referenceSchema>
