import { constantLatency, type LatencyModel } from '../latency/latency.ts'

/** Where a resting order stands among the strangers at its price; formulas in `queue-model.ts`. */
export type QueueSettings =
  /** Only trades shorten the queue ahead. */
  | { readonly kind: 'risk-averse' }
  /** A cancel is ahead of us with probability f(ahead) / (f(ahead) + f(behind)), f(x) = x^exponent. */
  | { readonly kind: 'power'; readonly exponent: number }
  /** The same with f(x) = ln(1 + x). */
  | { readonly kind: 'log' }
  /** A cancel is behind us with probability f(behind) / f(ahead + behind), f as for `power` and `log`. */
  | { readonly kind: 'power2'; readonly exponent: number }
  | { readonly kind: 'log2' }
  /** A cancel is ahead of us with probability (ahead / (ahead + behind))^exponent. */
  | { readonly kind: 'power3'; readonly exponent: number }

/** How orders fill where only candles are known. */
export interface CandleFillSettings {
  /** Half of the bid-ask spread, basis points of the price, ≥ 0. */
  readonly halfSpreadBps: number
  /** Paid by takers on top, basis points: `slippageBps` + `impactBps` × √(share of the candle's volume). */
  readonly slippageBps: number
  readonly impactBps: number
  /** Most of a candle's volume that our orders get, 0 < x ≤ 1. */
  readonly participationMax: number
  /** In a cross account the worst prices of the candles of one moment meet. Absent: true. */
  readonly jointExtremes?: boolean | undefined
}

/** What the simulated venue of paper, replay and backtest is told about the world. */
export interface SimulationSettings {
  readonly latency: LatencyModel
  readonly queue: QueueSettings
  readonly candles: CandleFillSettings
  /** Orders and cancels per minute past which the venue refuses; 0: no limit. */
  readonly messagesPerMinuteMax: number
}

/** Of a venue that follows a book: orders reach it `entryMs` after they were sent, and wait behind all that is displayed. */
export const bookSimulation = (entryMs: number): SimulationSettings => ({
  latency: constantLatency({ feedMs: 0, entryMs, responseMs: 0 }),
  queue: { kind: 'risk-averse' },
  candles: { halfSpreadBps: 1, slippageBps: 1, impactBps: 10, participationMax: 0.1 },
  messagesPerMinuteMax: 0,
})
