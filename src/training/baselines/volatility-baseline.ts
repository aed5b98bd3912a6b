import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { LEVELS } from '../../model/forecaster-outputs.ts'
import type { Dataset, Split } from '../dataset.ts'
import type { BaselineFit } from './baseline-fit.ts'
import { empiricalLaw, meanOf } from './empirical-law.ts'

/** Volatility of each row, basis points, > 0, up to a factor. */
type Volatilities = (data: Dataset) => Float64Array

/**
 * Zero mean and a volatility that changes. From the validation slice, so that the forecast is calibrated out of sample: the factor that
 * has the least QLIKE, which makes realised ÷ forecast variance 1 on average, and the law of returns ÷ volatility.
 */
export function volatilityBaseline(
  name: string,
  volatilities: Volatilities,
  dataset: Dataset,
  { validation }: Split,
  thresholdBps: number,
): BaselineFit {
  const raw = volatilities(dataset)
  const ratios = Float64Array.from(validation, (row) => dataset.targetsBps[row]! / raw[row]!)
  const factor = Math.sqrt(meanOf(Float64Array.from(validation, (row) => dataset.variancesBps2[row]! / raw[row]! ** 2)))
  const law = empiricalLaw(ratios)
  const quantiles = law.quantiles(LEVELS)
  return {
    name,
    forecast(data): ForecasterOutputs {
      const found = volatilities(data)
      return {
        mean: new Float32Array(data.rows),
        volatility: Float32Array.from(found, (value) => factor * value),
        quantiles: Float32Array.from(
          { length: data.rows * LEVELS.length },
          (_, i) => quantiles[i % LEVELS.length]! * found[Math.floor(i / LEVELS.length)]!,
        ),
        classes: Float32Array.from([...found].flatMap((value) => law.classShares(thresholdBps / value))),
      }
    },
  }
}
