import type { Dataset, Split } from '../dataset.ts'
import { subsetOf } from '../dataset.ts'

/**
 * The rows of a split as a dataset of their own: a fit that is given no others cannot look into the test, whatever it does with all its
 * rows (scalers, principal components, shuffling).
 */
export function seenAlone(
  data: Dataset,
  { train, validation }: Split,
): { readonly seen: Dataset; readonly split: Split } {
  const isTrain = new Set(train)
  const rows = Int32Array.from([...train, ...validation]).sort()
  const numbers = Int32Array.from({ length: rows.length }, (_, i) => i)
  return {
    seen: subsetOf(data, rows),
    split: {
      train: numbers.filter((i) => isTrain.has(rows[i]!)),
      validation: numbers.filter((i) => !isTrain.has(rows[i]!)),
    },
  }
}
