import { check } from '../../core/check.ts'
import { normal, type Random } from '../../core/random.ts'
import type { EpochMs } from '../../core/units.ts'
import type { Latency, LatencyModel } from './latency.ts'

/** A one-way latency by two of its quantiles, milliseconds: 0 < median ≤ p99, or both 0 for none. */
export interface OneWayLaw {
  readonly medianMs: number
  readonly p99Ms: number
}

export interface LatencyLaws {
  readonly feed: OneWayLaw
  readonly entry: OneWayLaw
  readonly response: OneWayLaw
}

/** Of the standard normal. */
const Z99 = 2.3263478740408408

/**
 * Log-normal, each of the three drawn on its own: ln x ~ N(ln median, σ²) with σ = ln(p99 / median) / z₀.₉₉. A feed that is slow just
 * when orders are is not in it: `bootstrappedLatency` of measured rows keeps that.
 */
export function sampledLatency({ feed, entry, response }: LatencyLaws, random: Random): LatencyModel {
  const draws = { feed: lawOf(feed, random), entry: lawOf(entry, random), response: lawOf(response, random) }
  return { at: () => ({ feedMs: draws.feed(), entryMs: draws.entry(), responseMs: draws.response() }) }
}

function lawOf({ medianMs, p99Ms }: OneWayLaw, random: Random): () => number {
  const isNone = medianMs === 0 && p99Ms === 0
  check(isNone || (medianMs > 0 && p99Ms >= medianMs && Number.isFinite(p99Ms)), '0 < medianMs ≤ p99Ms', p99Ms)
  if (isNone) return () => 0
  const sigma = Math.log(p99Ms / medianMs) / Z99
  return () => medianMs * Math.exp(sigma * normal(random))
}

/** Whole measured rows, drawn with replacement: what belongs together stays together, nothing beyond the worst measured comes. */
export function bootstrappedLatency(measured: readonly Latency[], random: Random): LatencyModel {
  check(measured.length > 0, 'measured latencies to draw from', measured.length)
  return { at: (_now: EpochMs) => measured[Math.floor(random() * measured.length)]! }
}
