import { normal, seededRandom } from '../../src/core/random.ts'
import { epochMs } from '../../src/core/units.ts'
import type { FeatureWindow } from '../../src/features/feature-row.ts'
import type { Bar, Taint } from '../../src/market/bar.ts'
import type { DatasetShape } from '../../src/training/dataset.ts'
import { barOf } from '../features/bars.ts'

export const SHAPE: DatasetShape = { featureNames: ['signal', 'noise', 'flat'], steps: 4, barMs: 1_000, horizonBars: 3 }

const START_AT = 1_700_000_000_000

export const bar = (index: number, midTicks: number, taints: readonly Taint[] = []): Bar =>
  barOf(index + 1, {
    startAt: epochMs(START_AT + index * 1_000),
    endAt: epochMs(START_AT + (index + 1) * 1_000),
    bidTicks: midTicks - 1,
    askTicks: midTicks + 1,
    taints,
  })

export function windowsOf(
  bars: readonly Bar[],
  features: readonly (readonly number[])[],
  steps: number,
): FeatureWindow[] {
  let run = 0
  return bars.map((last, i) => {
    run = last.taints.length === 0 ? run + 1 : 0
    const rows = features.slice(Math.max(0, i - steps + 1), i + 1).flat()
    const row = { bar: last, values: Float32Array.from(features[i]!), schemaHash: 'synthetic', ready: run > 0 }
    return { row, values: Float32Array.from(rows), steps, ready: run >= steps }
  })
}

interface Settings {
  readonly seed: number
  readonly bars: number
  /** Basis points of the next bar's return per unit of today's signal; noise has 1. */
  readonly edge: number
  /** Puts the return over the horizon into the feature `noise`: a leak. */
  readonly planted?: boolean
}

/** One series: return of bar i + 1 = edge × signal of bar i + noise whose size follows |second feature|. */
export function syntheticWindows({ seed, bars, edge, planted = false }: Settings): FeatureWindow[] {
  const random = seededRandom(seed)
  const features: number[][] = []
  const mids: number[] = []
  let mid = 10_000_000
  let previous = 0
  for (let i = 0; i < bars; i += 1) {
    mid *= Math.exp((edge * previous + normal(random)) / 10_000)
    previous = normal(random)
    mids.push(mid)
    features.push([previous, normal(random), 7])
  }
  if (planted) {
    for (const [i, row] of features.entries()) row[1] = (mids[i + SHAPE.horizonBars] ?? mid) - mids[i]!
  }
  return windowsOf(
    mids.map((value, i) => bar(i, value)),
    features,
    SHAPE.steps,
  )
}
