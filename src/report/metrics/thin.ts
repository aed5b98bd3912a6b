const POINTS_MAX = 300

/** Indices of at most 300 of `count` ≥ 1 entries, evenly spread, the first and the last among them. */
export function thinnedIndices(count: number): readonly number[] {
  const points = Math.min(count, POINTS_MAX)
  return Array.from({ length: points }, (_, i) => (points === 1 ? 0 : Math.round((i * (count - 1)) / (points - 1))))
}
