import { z } from 'zod'
import type { FoldPlan, PathPart } from './fold.ts'
import { purgedFold } from './fold.ts'
import { allRows, evenCuts, momentsOf, rowsBetween } from './moments.ts'
import type { TimedRows } from './purge.ts'

const FOLDS_MAX = 200

export const combinatorialSettingsSchema = z
  .strictObject({
    kind: z.literal('combinatorial').describe('walk-forward, or combinatorial: purged folds'),
    groups: z.int().min(2).max(20).default(6).describe('N: parts of equal length that the bars are cut into'),
    testGroups: z.int().min(1).max(10).default(2).describe('k: parts that each fold is tested on; C(N, k) folds'),
    embargoBars: z.int().min(0).default(0).describe('kept clear around test rows beyond windows and labels'),
  })
  .superRefine(({ groups, testGroups }, context) => {
    const message =
      testGroups >= groups
        ? `must be below groups, which is ${groups}`
        : choose(groups, testGroups) > FOLDS_MAX
          ? `makes ${choose(groups, testGroups)} folds with groups: ${groups}; at most ${FOLDS_MAX}`
          : undefined
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['testGroups'], message })
  })

type CombinatorialSettings = z.infer<typeof combinatorialSettingsSchema>

/**
 * Combinatorial purged cross-validation (López de Prado 2018, ch. 12.4): each k of N groups are tested once by a model trained on the rest,
 * purged around every group. Each row is tested C(N − 1, k − 1) = φ times, which makes φ = C(N, k)·k/N paths over all rows. A model here is
 * trained on rows later than its test rows too: a distribution of results, not what would have been earned.
 */
export function combinatorialFolds(data: TimedRows, settings: Omit<CombinatorialSettings, 'kind'>): FoldPlan {
  const rows = allRows(data)
  const moments = momentsOf(data, rows)
  const cuts = evenCuts(0, moments.length, settings.groups)
  const groups = cuts.slice(0, -1).map((from, group) => rowsBetween(data, rows, moments, [from, cuts[group + 1]!]))
  const chosen = combinations(settings.groups, settings.testGroups)
  const folds = chosen.map((tested) => {
    const isTested = new Set(tested.flatMap((group) => Array.from(groups[group]!)))
    const rest = rows.filter((row) => !isTested.has(row))
    return purgedFold(
      data,
      rest,
      tested.map((group) => groups[group]!),
      settings.embargoBars,
    )
  })
  // Path number p takes each group from the p-th fold that tests it.
  const testers = groups.map((_, group) => chosen.flatMap((tested, fold) => (tested.includes(group) ? [fold] : [])))
  const paths = testers[0]!.map((_, path): readonly PathPart[] =>
    groups.map((rowsOf, group) => ({ fold: testers[group]![path]!, rows: rowsOf })),
  )
  return { folds, paths }
}

/** Binomial coefficient. */
function choose(n: number, k: number): number {
  let count = 1
  for (let i = 1; i <= k; i += 1) count = (count * (n - k + i)) / i
  return count
}

/** Every way to take `k` of 0 … `n` − 1, in lexicographic order. */
function combinations(n: number, k: number, from = 0): readonly (readonly number[])[] {
  if (k === 0) return [[]]
  return Array.from({ length: n - k - from + 1 }, (_, i) => from + i).flatMap((first) =>
    combinations(n, k - 1, first + 1).map((rest) => [first, ...rest]),
  )
}
