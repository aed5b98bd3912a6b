import type { ProbabilityCurve } from '../../model/bundle/recalibration-schema.ts'

/** A bundle holds no more. */
const POINTS_MAX = 256

interface Block {
  low: number
  high: number
  sum: number
  weight: number
}

/**
 * The never-falling function of `said` with the least squared error to `came` (0 or 1, or any number), by pooling adjacent violators (Ayer
 * et al. 1955; Zadrozny and Elkan 2002 for probabilities). Answers the corners: where each pooled block begins and ends. Not empty.
 */
export function fitIsotonic(said: ArrayLike<number>, came: ArrayLike<number>): ProbabilityCurve {
  const order = Int32Array.from({ length: said.length }, (_, i) => i).sort((a, b) => said[a]! - said[b]!)
  const blocks: Block[] = []
  for (const row of order) {
    const [x, y] = [said[row]!, came[row]!]
    const last = blocks.at(-1)
    // What was said alike is one point, whatever came.
    if (last && last.low === x && last.high === x) {
      last.sum += y
      last.weight += 1
    } else {
      if (last) pool(blocks)
      blocks.push({ low: x, high: x, sum: y, weight: 1 })
    }
  }
  pool(blocks)
  return cornersOf(blocks)
}

/** Merges the last block backwards while it lies at or below the one before. */
function pool(blocks: Block[]): void {
  for (let last = blocks.at(-1)!, before = blocks.at(-2); before; before = blocks.at(-2)) {
    if (before.sum * last.weight < last.sum * before.weight) return
    before.high = last.high
    before.sum += last.sum
    before.weight += last.weight
    blocks.pop()
    last = before
  }
}

function cornersOf(blocks: readonly Block[]): ProbabilityCurve {
  const corners = blocks.flatMap(({ low, high, sum, weight }) => {
    const came = sum / weight
    return low === high
      ? [{ said: low, came }]
      : [
          { said: low, came },
          { said: high, came },
        ]
  })
  const kept = thinned(corners)
  return { said: kept.map(({ said }) => said), came: kept.map(({ came }) => came) }
}

/** At most `POINTS_MAX` of them, evenly, the first and the last included. */
function thinned<T>(points: readonly T[]): readonly T[] {
  if (points.length <= POINTS_MAX) return points
  return Array.from({ length: POINTS_MAX }, (_, i) => points[Math.round((i * (points.length - 1)) / (POINTS_MAX - 1))]!)
}
