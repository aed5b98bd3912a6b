const MINUTE_MS = 60_000

/** Minutes from `at` to the next funding, 0 when it is due; NaN while the venue has not told when. Both milliseconds since the epoch. */
export const minutesToFunding = (at: number, nextFundingAt: number): number =>
  Math.max(0, nextFundingAt - at) / MINUTE_MS
