/** How far the realised coverage of an interval lies from the one that was stated. */
export interface CoverageError {
  readonly coverage: number
  readonly stated: number
  /** Half width of the band in which chance may leave it. */
  readonly band: number
}

/**
 * Score test of a binomial share (Wilson 1927): √(p(1 − p) / n) × `deviations`. Outcomes of neighbouring bars overlap over `horizonBars`, so
 * n is a `horizonBars`-th of `outcomes`.
 */
export function coverageError(
  coverage: number,
  stated: number,
  outcomes: number,
  horizonBars: number,
  deviations: number,
): CoverageError {
  return { coverage, stated, band: deviations * Math.sqrt((stated * (1 - stated) * horizonBars) / outcomes) }
}
