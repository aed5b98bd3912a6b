import type { MarketEvent, WatermarkEvent } from '../core/market-event.ts'
import type { EpochMs } from '../core/units.ts'

export interface WatermarkSettings {
  /** Distance of the boundaries, milliseconds. */
  readonly barMs: number
  /** How far the exchange's own times may run backwards before a trade counts as late, milliseconds. */
  readonly latenessMs: number
}

export const LATENESS_MS = 500

/** Milliseconds. A longer step forward of the exchange clock needs a second event: one mad time must not close the day's bars. */
const LEAP_MS_MAX = 600_000

/** Pure step for streams that carry no watermarks (foreign tapes): a watermark that belongs before `event`, or none. */
export type Watermarker = (event: MarketEvent) => WatermarkEvent | undefined

/**
 * Boundary T is passed when an event with exchange time ≥ T + lateness arrives. One watermark stands for all boundaries passed at
 * once. Local events (gap, connection, external) carry no exchange clock and pass none.
 */
export function watermarker({ barMs, latenessMs }: WatermarkSettings): Watermarker {
  let passed = Number.NEGATIVE_INFINITY
  let leapt = Number.NaN
  const leapMsMax = Math.max(LEAP_MS_MAX, barMs)
  return (event) => {
    const { kind } = event
    if (kind === 'gap' || kind === 'connection' || kind === 'watermark' || kind === 'external') return undefined
    // Cheap test first: this runs for every frame.
    if (event.exchangeTime < passed + barMs + latenessMs) return undefined
    const boundary = Math.floor((event.exchangeTime - latenessMs) / barMs) * barMs
    if (passed === Number.NEGATIVE_INFINITY) {
      passed = boundary
      return undefined
    }
    if (boundary - passed > leapMsMax && !(Math.abs(boundary - leapt) <= leapMsMax)) {
      leapt = boundary
      return undefined
    }
    passed = boundary
    const { symbol, receivedAt } = event
    return { kind: 'watermark', symbol, exchangeTime: boundary as EpochMs, receivedAt }
  }
}
