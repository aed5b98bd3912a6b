import { normal, type Random, seededRandom } from '../../../src/core/random.ts'
import type { Candidate, Contender } from '../../../src/training/gate/contender.ts'

const START_AT = 1_700_000_000_000
const BAR_MS = 60_000

export interface SampleOptions {
  readonly seed: number
  readonly bars: number
  /** Mean CRPS below that of the others, basis points; all have a deviation of 1. */
  readonly crpsEdge?: number
  /** Mean profit per bar above that of the others; all have a deviation of 1. */
  readonly pnlEdge?: number
  /** Autocorrelation of losses and, to a fifth, of profits. */
  readonly persistence?: number
  /** Rows of each moment. */
  readonly instruments?: number
}

/** Stationary AR(1) with unit deviation. */
export function wave(length: number, persistence: number, random: Random): Float64Array {
  const values = new Float64Array(length)
  let last = normal(random)
  for (let i = 0; i < length; i += 1) {
    values[i] = last
    last = persistence * last + Math.sqrt(1 - persistence ** 2) * normal(random)
  }
  return values
}

/** Losses and profits of strangers on the same bars: a candidate, a champion and a baseline without trades. */
export function sampleContenders({
  seed,
  bars,
  crpsEdge = 0,
  pnlEdge = 0,
  persistence = 0,
  instruments = 1,
}: SampleOptions) {
  const random = seededRandom(seed)
  const pnlAt = Float64Array.from({ length: bars }, (_, i) => START_AT + i * BAR_MS)
  // Grouped by instrument, as a dataset is.
  const endAt = Float64Array.from({ length: bars * instruments }, (_, row) => pnlAt[row % bars]!)
  const contenderOf = (name: string, edge: number, profit: number): Contender => {
    const shared = wave(bars, persistence, random)
    return {
      name,
      crpsBps: Float64Array.from(endAt, (_, row) => 10 - edge + shared[row % bars]!),
      endAt,
      pnl: wave(bars, persistence / 5, random).map((value) => value + profit),
      pnlAt,
      trades: 60,
    }
  }
  const candidate: Candidate = {
    ...contenderOf('new', crpsEdge, pnlEdge),
    horizonBars: 5,
    trials: { count: 1 },
    coverage: [
      { level: 0.05, coverage: 0.06 },
      { level: 0.5, coverage: 0.47 },
      { level: 0.95, coverage: 0.94 },
    ],
    classError: 0.02,
  }
  const { name, crpsBps } = contenderOf('ridge', 0, 0)
  return { candidate, champion: contenderOf('old', 0, 0), ridge: { name, crpsBps, endAt } }
}
