import { unreachable } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import type { RowTable } from '../rows/row-table.ts'
import { barrierLabels } from './barrier-labels.ts'
import type { LabelSettings } from './label-settings.ts'
import { metaLabels } from './meta-labels.ts'
import { netReturnBps } from './net-return.ts'
import { pricePath } from './price-path.ts'
import type { LabelOf } from './row-label.ts'

/**
 * How rows of `table` are labelled. A label depends on nothing after its end. `sides`: of the primary at each row, for meta-labels without
 * a `sideFeature`. Throws `InputError` where a meta-label has no side to judge.
 */
export function labelsOf(
  table: RowTable,
  horizonBars: number,
  settings: LabelSettings,
  sides?: ArrayLike<number>,
): LabelOf {
  const path = pricePath(table)
  switch (settings.kind) {
    case 'return':
      return (row) => {
        const end = row + horizonBars
        if (end > path.reach[row]!) return undefined
        const targetBps = netReturnBps(path.returnBps(row, end), settings.costBps)
        return { targetBps, varianceBps2: path.varianceBps2(row, end), end }
      }
    case 'triple-barrier':
      return barrierLabels(table, path, horizonBars, settings)
    case 'meta':
      return metaLabels(table, path, horizonBars, settings, sides ?? sidesOf(table, settings.sideFeature))
    default:
      return unreachable(settings)
  }
}

/** Sign of a feature at each row. */
function sidesOf({ featureNames, values, rows }: RowTable, feature: string | undefined): ArrayLike<number> {
  const at = feature === undefined ? -1 : featureNames.indexOf(feature)
  if (at < 0) {
    throw new InputError(
      `labels.sideFeature was ${feature}; it must be one of the features: ${featureNames.join(', ')}`,
      {
        feature,
      },
    )
  }
  return Float64Array.from({ length: rows }, (_, row) => Math.sign(values[row * featureNames.length + at]!))
}
