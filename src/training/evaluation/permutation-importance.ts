import { check } from '../../core/check.ts'
import type { Random } from '../../core/random.ts'
import { LEVELS } from '../../model/forecaster-outputs.ts'
import { meanOf, momentsOf } from '../../report/metrics/moments.ts'
import type { Dataset } from '../dataset.ts'
import { subsetOf } from '../dataset.ts'
import type { FittedForecaster } from '../fitted-forecaster.ts'
import { forecastDataset } from '../forecast-dataset.ts'
import type { WindowInputs } from '../window-inputs.ts'
import { crpsOf, crpsWeights } from './crps.ts'

export interface FeatureImportance {
  readonly feature: string
  /** Mean over the repeats of what the CRPS rises by, basis points; about 0 where the model does not use it. */
  readonly riseBps: number
  /** Standard deviation over the repeats. */
  readonly deviationBps: number
}

export interface ImportanceOptions {
  readonly random: Random
  /** ≥ 2. */
  readonly repeats: number
  /** More rows than this are thinned evenly: the cost is features × repeats × rows. */
  readonly rowsMax: number
}

/**
 * How much worse the forecasts get when one feature, at all steps of the window at once, comes from another row (Breiman 2001, § 10; Fisher,
 * Rudin and Dominici 2019). `data` must be out of sample. A feature that others repeat looks unimportant beside them. Most important first.
 */
export async function permutationImportance(
  fitted: Pick<FittedForecaster, 'forecast'>,
  data: Dataset,
  { random, repeats, rowsMax }: ImportanceOptions,
): Promise<readonly FeatureImportance[]> {
  check(repeats >= 2, 'at least 2 repeats', repeats)
  const chosen = thinned(data, rowsMax)
  const before = await meanCrps(fitted, chosen)
  const found: FeatureImportance[] = []
  for (const [at, feature] of data.shape.featureNames.entries()) {
    const rises: number[] = []
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const inputs = withFeatureOf(chosen, at, permutation(chosen.rows, random))
      rises.push((await meanCrps(fitted, { ...chosen, inputs })) - before)
    }
    found.push({ feature, riseBps: meanOf(rises), deviationBps: momentsOf(rises).deviation })
  }
  return found.sort((a, b) => b.riseBps - a.riseBps)
}

function thinned(data: Dataset, rowsMax: number): Dataset {
  const count = Math.min(data.rows, rowsMax)
  return subsetOf(
    data,
    Int32Array.from({ length: count }, (_, i) => Math.floor((i * data.rows) / count)),
  )
}

async function meanCrps(fitted: Pick<FittedForecaster, 'forecast'>, data: Dataset): Promise<number> {
  const { quantiles } = await forecastDataset(fitted, data)
  const weights = crpsWeights(LEVELS)
  const width = LEVELS.length
  return meanOf(
    data.targetsBps.map((actual, row) =>
      crpsOf(LEVELS, weights, quantiles.subarray(row * width, (row + 1) * width), actual),
    ),
  )
}

/** Windows with column `feature` from row `from[row]`, all else their own. */
function withFeatureOf({ inputs, shape }: Dataset, feature: number, from: Int32Array): WindowInputs {
  const features = shape.featureNames.length
  const other = new Float32Array(inputs.width)
  return {
    rows: inputs.rows,
    width: inputs.width,
    copy(row, into, offset) {
      inputs.copy(row, into, offset)
      inputs.copy(from[row]!, other, 0)
      for (let at = feature; at < inputs.width; at += features) into[offset + at] = other[at]!
    },
  }
}

/** Fisher and Yates. */
function permutation(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return order
}
