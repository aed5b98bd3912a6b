import type { WallConfig } from '../config/schema.ts'

const LATE_MS = { least: 500, most: 5_000, barFraction: 0.1 }

/** A closing bar is late when the process or the clock slept; such a bar is recorded and not traded. Milliseconds. */
export const lateMsMax = ({ barMs, feed }: Pick<WallConfig, 'barMs' | 'feed'>): number =>
  feed.graceMs + Math.min(LATE_MS.most, Math.max(LATE_MS.least, barMs * LATE_MS.barFraction))
