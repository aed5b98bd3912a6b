import type { Bar } from '../market/bar.ts'
import type { FeatureInputs } from './feature-definition.ts'
import type { FeatureRow } from './feature-row.ts'
import type { FeatureSchema } from './feature-schema.ts'

/** Pure step of one instrument: the row of each closed bar. */
export type FeatureRows = (bar: Bar) => FeatureRow

/**
 * Keeps the unbroken run of clean bars that the schema looks back on. A tainted bar or a hole in time ends the run; where the book of
 * a tainted bar is valid at its close, its mid still starts the next return. `tickSize` in quote currency.
 */
export function featureRows(schema: FeatureSchema, tickSize: number): FeatureRows {
  const { lookBack, hash, features } = schema
  const bars: Bar[] = []
  /** Closing mids, one longer than `bars`: the first is the mid before the run. */
  const mids: number[] = []
  let endAt = Number.NaN
  const inputs = (bar: Bar): FeatureInputs => ({
    bar,
    tickSize,
    mid: mids.at(-1)!,
    recent: (count) => bars.slice(-count),
    returnBps: (count, ago = 0) => 1e4 * Math.log(mids[mids.length - 1 - ago]! / mids[mids.length - 1 - ago - count]!),
  })
  return (bar) => {
    if (bar.startAt !== endAt) {
      bars.length = 0
      mids.length = 0
    }
    endAt = bar.endAt
    const mid = (tickSize * (bar.bidTicks + bar.askTicks)) / 2
    if (bar.taints.length > 0) {
      bars.length = 0
      mids.length = 0
      // The run begins behind this bar, but its end is a true price.
      if (Number.isFinite(mid)) mids.push(mid)
    } else {
      bars.push(bar)
      mids.push(mid)
      if (bars.length >= lookBack) bars.shift()
      if (mids.length > lookBack) mids.shift()
    }
    const isFilled = bar.taints.length === 0 && mids.length === lookBack && bars.length === lookBack - 1
    const values = new Float32Array(features.length)
    if (!isFilled) return { bar, values, schemaHash: hash, ready: false }
    const now = inputs(bar)
    let isUsable = true
    for (const [column, { of }] of features.entries()) {
      values[column] = of(now)
      isUsable &&= Number.isFinite(values[column])
    }
    return { bar, values, schemaHash: hash, ready: isUsable }
  }
}
