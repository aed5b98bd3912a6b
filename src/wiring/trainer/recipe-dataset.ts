import { InputError } from '../../core/errors.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { type Dataset, datasetFromRows } from '../../training/dataset.ts'
import type { RowTable } from '../../training/rows/row-table.ts'
import { withRecency } from '../../training/with-recency.ts'
import type { Recipe } from './recipe.ts'

/**
 * What a recipe learns from: windows and labels of all rows, with the weights and the columns that it names. Throws `InputError` where it
 * names a column that there is none of, or a meta-label without a side.
 */
export function recipeDataset(recipe: Recipe, schema: FeatureSchema, tables: readonly RowTable[]): Dataset {
  const { steps, horizonBars, labels, recencyHalfLifeBars } = recipe
  const { names, settings } = schema
  if (labels.kind === 'meta' && !(labels.sideFeature !== undefined && names.includes(labels.sideFeature))) {
    throw new InputError(
      `recipe.labels.sideFeature was ${labels.sideFeature}; meta-labels need the side that a primary takes, one of the features: ${names.join(', ')}`,
      { key: 'recipe.labels.sideFeature' },
    )
  }
  const shape = { featureNames: names, steps, barMs: settings.barMs, horizonBars }
  const data = datasetFromRows(tables, shape, labels)
  const ignored = ignoredBy(recipe, names)
  const seen = ignored ? { ...data, ignored } : data
  return recencyHalfLifeBars === undefined ? seen : withRecency(seen, recencyHalfLifeBars)
}

/** Columns that no beginning of `features` names; undefined: the model looks at all. */
function ignoredBy({ features }: Recipe, names: readonly string[]): ReadonlySet<number> | undefined {
  if (features === undefined) return undefined
  const idle = features.find((beginning) => !names.some((name) => name.startsWith(beginning)))
  if (idle !== undefined) {
    throw new InputError(
      `recipe.features has ${idle}; it must be the beginning of a feature's name: ${names.join(', ')}`,
      { key: 'recipe.features', value: idle },
    )
  }
  const isSeen = (name: string): boolean => features.some((beginning) => name.startsWith(beginning))
  return new Set(names.flatMap((name, at) => (isSeen(name) ? [] : [at])))
}
