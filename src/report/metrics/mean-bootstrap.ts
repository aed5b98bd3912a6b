import type { Random } from '../../core/random.ts'
import { blockLength } from './block-length.ts'
import { meanOf } from './moments.ts'
import { resample } from './stationary-bootstrap.ts'

export interface MeanBootstrapOptions {
  readonly random: Random
  readonly resamples: number
  /** Least mean block, for a dependence that is known, e.g. of outcomes that overlap. Never used above a third of the values. */
  readonly blockMin: number
}

export interface MeanBootstrap {
  /** Share of resamples with a mean above 0. */
  readonly probabilityAbove0: number
  readonly mean: number
  /** Of the resampled means. */
  readonly deviation: number
  /** Mean length, values. */
  readonly meanBlock: number
}

/**
 * How sure the mean of a dependent series is above 0: stationary block bootstrap (Politis and Romano 1994). A mean of exactly 0 is not
 * above, so that a series of zeros has the probability 0. `values` not empty.
 */
export function bootstrapMean(
  values: Float64Array,
  { random, resamples, blockMin }: MeanBootstrapOptions,
): MeanBootstrap {
  const meanBlock = Math.max(blockLength(values), Math.min(blockMin, values.length / 3), 1)
  const drawn = new Float64Array(values.length)
  let [above, sum, squares] = [0, 0, 0]
  const mean = meanOf(values)
  for (let round = 0; round < resamples; round += 1) {
    resample(values, drawn, meanBlock, random)
    const drawnMean = meanOf(drawn)
    if (drawnMean > 0) above += 1
    sum += drawnMean - mean
    squares += (drawnMean - mean) ** 2
  }
  const variance = (squares - sum ** 2 / resamples) / (resamples - 1)
  return {
    probabilityAbove0: above / resamples,
    mean,
    deviation: Math.sqrt(Math.max(0, variance)),
    meanBlock,
  }
}
