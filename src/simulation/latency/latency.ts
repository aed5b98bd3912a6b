import type { EpochMs } from '../../core/units.ts'

/** Milliseconds ≥ 0 of one order or message. */
export interface Latency {
  /** From an event at the exchange to our seeing it. */
  readonly feedMs: number
  /** From our sending an order or cancel to the matching engine's seeing it. */
  readonly entryMs: number
  /** From the matching engine's answer or fill to our seeing it. */
  readonly responseMs: number
}

/** Latencies at a moment. Deterministic: the same sequence of questions gets the same answers. */
export interface LatencyModel {
  at(now: EpochMs): Latency
}

/** The same at all times. */
export const constantLatency = (latency: Latency): LatencyModel => ({ at: () => latency })
