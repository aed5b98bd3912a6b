/** A series over time: one value for each moment. */
export interface MomentSeries {
  /** Milliseconds since the epoch, ascending, each once. */
  readonly at: Float64Array
  readonly values: Float64Array
}

/**
 * Mean of the rows of each moment. Instruments move together, so rows of one moment are close to one observation: counted apart they would
 * make any test too sure. `endAt` in any order.
 */
export function momentMeans(endAt: Float64Array, values: Float64Array): MomentSeries {
  const sums = new Map<number, { sum: number; count: number }>()
  for (const [row, at] of endAt.entries()) {
    const moment = sums.get(at) ?? { sum: 0, count: 0 }
    moment.sum += values[row]!
    moment.count += 1
    sums.set(at, moment)
  }
  const at = Float64Array.from(sums.keys()).sort()
  return { at, values: at.map((moment) => sums.get(moment)!.sum / sums.get(moment)!.count) }
}
