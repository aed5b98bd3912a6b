import type { EpochMs } from '../../core/units.ts'
import type { TimedLatency } from './interpolated-latency.ts'

/** What a recorded session knows of one order's way to the venue and back. Undefined: nobody wrote it down. */
export interface OrderTimes {
  /** Handed to the socket, local clock. */
  readonly sentAt: EpochMs
  /** When the matching engine dealt with it, venue clock. */
  readonly matchedAt: EpochMs | undefined
  /** When the venue's answer arrived, local clock. */
  readonly answeredAt: EpochMs | undefined
  /** Exchange clock − local clock, milliseconds. */
  readonly offsetMs: number | undefined
  /** Of the market data at that time, milliseconds. */
  readonly feedMs: number
}

/**
 * `measured`: both ways from the venue's own time. `entry`: the way there alone; the way back is taken for as long. `halved`: only the
 * round trip is known, each way is half of it. `interpolated`: nothing is known; from the orders around it.
 */
export type LatencySource = 'measured' | 'entry' | 'halved' | 'interpolated'

export interface MeasuredLatency extends TimedLatency {
  readonly source: Exclude<LatencySource, 'interpolated'>
}

/**
 * Undefined where nothing can be said. What the clocks' error makes negative is 0, and no way is longer than the round trip: an error
 * of the clock offset moves time from one way to the other.
 */
export function measuredLatency(times: OrderTimes): MeasuredLatency | undefined {
  const { sentAt, matchedAt, answeredAt, offsetMs } = times
  const feedMs = Math.max(0, times.feedMs)
  const roundTripMs = answeredAt === undefined ? undefined : Math.max(0, answeredAt - sentAt)
  if (matchedAt === undefined || offsetMs === undefined) {
    if (roundTripMs === undefined) return undefined
    return { at: sentAt, feedMs, entryMs: roundTripMs / 2, responseMs: roundTripMs / 2, source: 'halved' }
  }
  const thereMs = Math.max(0, matchedAt - offsetMs - sentAt)
  if (roundTripMs === undefined) return { at: sentAt, feedMs, entryMs: thereMs, responseMs: thereMs, source: 'entry' }
  const entryMs = Math.min(thereMs, roundTripMs)
  return { at: sentAt, feedMs, entryMs, responseMs: roundTripMs - entryMs, source: 'measured' }
}
