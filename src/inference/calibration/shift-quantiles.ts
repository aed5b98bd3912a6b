/**
 * `quantiles` + `shifts`, kept in order from the middle outwards: a quantile below ½ never ends above the next one inwards, and so above.
 * Each interval thus holds the one that was asked for, so what conformal shifts promise of its coverage stays true; sorting would not keep
 * that. `levels` ascending, all three of one length.
 */
export function shiftQuantiles(
  quantiles: readonly number[],
  shifts: readonly number[],
  levels: readonly number[],
): readonly number[] {
  const moved = quantiles.map((quantile, i) => quantile + (shifts[i] ?? 0))
  const below = levels.findLastIndex((level) => level < 0.5)
  const above = levels.findIndex((level) => level > 0.5)
  const middle = levels.indexOf(0.5)
  // Without a median the two inmost meet half way where they have passed each other.
  if (middle < 0 && below >= 0 && above >= 0 && moved[below]! > moved[above]!) {
    moved[below] = moved[above] = (moved[below]! + moved[above]!) / 2
  }
  for (let i = below; i >= 0; i -= 1) moved[i] = Math.min(moved[i]!, moved[i + 1] ?? Number.POSITIVE_INFINITY)
  if (above >= 0) {
    for (let i = above; i < moved.length; i += 1) moved[i] = Math.max(moved[i]!, moved[i - 1] ?? -Infinity)
  }
  return moved
}
