import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { LEVELS } from '../../model/forecaster-outputs.ts'
import type { Dataset } from '../../training/dataset.ts'

/** Side that a primary takes at each row: sign of the newest value of `feature`, which is one of the features. */
export function sidesOf({ inputs, rows, shape: { featureNames } }: Dataset, feature: string): Int8Array {
  const window = new Float32Array(inputs.width)
  const at = inputs.width - featureNames.length + featureNames.indexOf(feature)
  return Int8Array.from({ length: rows }, (_, row) => {
    inputs.copy(row, window, 0)
    return Math.sign(window[at]!)
  })
}

/**
 * Forecasts of what following `sides` earns (meta-labels), told as forecasts of the price, so that they can be traded: for the side −1 all
 * that was said of a gain holds of a fall. Levels lie symmetrically about a half.
 */
export function turnedBySides(said: ForecasterOutputs, sides: Int8Array): ForecasterOutputs {
  const turned = (values: Float32Array, width: number, sign: 1 | -1): Float32Array =>
    values.map((value, i) => {
      const row = Math.floor(i / width)
      return sides[row]! < 0 ? sign * values[row * width + (width - 1 - (i % width))]! : value
    })
  return {
    mean: turned(said.mean, 1, -1),
    volatility: said.volatility,
    quantiles: turned(said.quantiles, LEVELS.length, -1),
    classes: turned(said.classes, 3, 1),
  }
}
