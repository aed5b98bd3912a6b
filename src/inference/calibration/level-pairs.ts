const TOLERANCE = 1e-9

/** Two quantile levels that lie as far from ½, at positions `low` and `high`: an interval. */
export interface LevelPair {
  readonly low: number
  readonly high: number
  /** Share of outcomes that should miss it: 1 − (upper level − lower level). */
  readonly miss: number
}

/** Intervals that `levels`, ascending, make up, widest first. Levels without a partner, and ½, belong to none. */
export function levelPairs(levels: readonly number[]): readonly LevelPair[] {
  return levels.flatMap((level, low): LevelPair[] => {
    if (level >= 0.5) return []
    const high = levels.findIndex((other) => Math.abs(level + other - 1) < TOLERANCE)
    return high < 0 ? [] : [{ low, high, miss: 1 - (levels[high]! - level) }]
  })
}
