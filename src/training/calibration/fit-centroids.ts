import type { Random } from '../../core/random.ts'

const ROUNDS = 20

export function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) sum += (a[i]! - b[i]!) ** 2
  return Math.sqrt(sum)
}

/**
 * At most `count` centres of `rows` (not empty, equally long): k-means of Lloyd 1982, begun from rows drawn with probability ∝ squared
 * distance to those drawn before (Arthur and Vassilvitskii 2007), 20 rounds at most.
 */
export function fitCentroids(rows: readonly Float64Array[], count: number, random: Random): readonly Float64Array[] {
  let centroids = begin(rows, count, random)
  let owners = rows.map((row) => nearestOf(row, centroids))
  for (let round = 0; round < ROUNDS; round += 1) {
    centroids = centroids.map((old, k) => centreOf(rows.filter((_, i) => owners[i] === k)) ?? old)
    const next = rows.map((row) => nearestOf(row, centroids))
    if (next.every((owner, i) => owner === owners[i])) break
    owners = next
  }
  return centroids
}

function begin(rows: readonly Float64Array[], count: number, random: Random): readonly Float64Array[] {
  const chosen = [rows[Math.floor(random() * rows.length)]!]
  const weights = rows.map((row) => distance(row, chosen[0]!) ** 2)
  while (chosen.length < count) {
    let left = random() * weights.reduce((sum, weight) => sum + weight, 0)
    // None is left that differs from those chosen.
    if (!(left > 0)) break
    const at = weights.findIndex((weight) => {
      left -= weight
      return left < 0
    })
    const next = rows[at]
    if (!next) break
    chosen.push(next)
    rows.forEach((row, i) => {
      weights[i] = Math.min(weights[i]!, distance(row, next) ** 2)
    })
  }
  return chosen
}

function nearestOf(row: Float64Array, centroids: readonly Float64Array[]): number {
  const distances = centroids.map((centroid) => distance(row, centroid))
  return distances.indexOf(Math.min(...distances))
}

function centreOf(rows: readonly Float64Array[]): Float64Array | undefined {
  const [first] = rows
  if (!first) return undefined
  return first.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length)
}
