import { check } from '../../core/check.ts'
import type { EpochMs } from '../../core/units.ts'
import type { Latency, LatencyModel } from './latency.ts'

/** What one order measured. */
export interface TimedLatency extends Latency {
  /** When it was sent, local clock. */
  readonly at: EpochMs
}

/**
 * Straight lines in time between measured orders; before the first and after the last, the nearest: `IntpOrderLatency` of hftbacktest
 * (docs/latency_models.rst). There a latency below 0 says that the exchange rejected the order; here nothing is rejected by a
 * latency, so a series holds no order that was (`measuredLatency` gives none for it), and a value below 0 is a bug.
 * `measured`: at least one, ascending by `at`.
 */
export function interpolatedLatency(measured: readonly TimedLatency[]): LatencyModel {
  check(measured.length > 0, 'measured latencies', measured.length)
  for (const [index, { at, feedMs, entryMs, responseMs }] of measured.entries()) {
    check(Math.min(feedMs, entryMs, responseMs) >= 0, 'measured latency ≥ 0', entryMs)
    check(index === 0 || at >= measured[index - 1]!.at, 'order of the measured latencies', at)
  }
  return {
    at(now) {
      const after = firstAfter(measured, now)
      const before = measured[after - 1] ?? measured[0]!
      const next = measured[after] ?? before
      const weight = next.at > before.at ? (now - before.at) / (next.at - before.at) : 0
      return between(before, next, weight)
    },
  }
}

function between(a: Latency, b: Latency, weight: number): Latency {
  const at = (from: number, to: number): number => from + weight * (to - from)
  return {
    feedMs: at(a.feedMs, b.feedMs),
    entryMs: at(a.entryMs, b.entryMs),
    responseMs: at(a.responseMs, b.responseMs),
  }
}

/** Index of the first row later than `now`; their number when none is. */
function firstAfter(measured: readonly TimedLatency[], now: EpochMs): number {
  let from = 0
  for (let end = measured.length; from < end; ) {
    const middle = (from + end) >>> 1
    if (measured[middle]!.at <= now) from = middle + 1
    else end = middle
  }
  return from
}
