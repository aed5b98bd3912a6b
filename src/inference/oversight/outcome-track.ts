import type { Bar } from '../../market/bar.ts'

const BPS = 10_000
/** Returns from which on the baseline's variance means anything. */
const RETURNS_MIN = 20

/** What was said at a close, until its outcome is known. */
export interface Said {
  /** As the model stated them, and as they were adjusted. */
  readonly quantilesBps: readonly number[]
  readonly issuedBps: readonly number[]
  readonly classes: readonly [down: number, flat: number, up: number]
  readonly volatilityBps: number
  /** Conformal thresholds by interval; null: none yet. In volatilities, finite. */
  readonly thresholds: readonly (number | null)[]
}

interface Pending extends Said {
  readonly dueBar: number
  readonly mid: number
  /** Standard deviation of the return over the horizon as the baseline has it, basis points; null: not known yet. */
  readonly baselineBps: number | null
}

/** What came of it. */
export interface Outcome extends Said {
  readonly actualBps: number
  readonly baselineBps: number | null
}

/** Plain JSON. */
export interface OutcomeTrackState {
  /** Close of the last bar, milliseconds since the epoch, and the mid there, ticks; null: void or tainted. */
  readonly endAt: number | null
  readonly mid: number | null
  /** Bars since the start. */
  readonly bar: number
  /** Of one-bar returns, square basis points. */
  readonly variance: number
  readonly returns: number
  /** Oldest first, at most one per bar of the horizon. */
  readonly pending: readonly Pending[]
}

const FRESH: OutcomeTrackState = { endAt: null, mid: null, bar: 0, variance: 0, returns: 0, pending: [] }

/**
 * Forecasts of one instrument on their way to their outcomes, ln(mid `horizonBars` later / mid) as in training: never across a bar that
 * is missing or tainted. Beside them the baseline: zero mean, variance exponentially weighted by `decay` per bar (RiskMetrics 1996).
 */
export class OutcomeTrack {
  readonly #horizonBars: number
  readonly #decay: number
  #state: OutcomeTrackState

  constructor(horizonBars: number, decay: number, saved: OutcomeTrackState = FRESH) {
    this.#horizonBars = horizonBars
    this.#decay = decay
    this.#state = saved
  }

  /** The next closed bar, tainted ones included. Answers the outcome that became known with it. */
  close(bar: Bar): Outcome | undefined {
    const mid = midOf(bar)
    const last = this.#state
    const follows = mid !== null && last.mid !== null && bar.startAt === last.endAt
    const next = { ...last, endAt: bar.endAt, mid, bar: last.bar + 1 }
    if (!follows) {
      this.#state = { ...next, pending: [] }
      return undefined
    }
    const returns = last.returns + 1
    // The plain mean until that has more weight than the newest return is to have.
    const weight = Math.max(1 / returns, 1 - this.#decay)
    const variance = last.variance + weight * ((BPS * Math.log(mid / last.mid)) ** 2 - last.variance)
    const due = last.pending[0]?.dueBar === next.bar ? last.pending[0] : undefined
    this.#state = { ...next, returns, variance, pending: due ? last.pending.slice(1) : last.pending }
    return due && { ...due, actualBps: BPS * Math.log(mid / due.mid) }
  }

  /** What was said at the bar that closed last. Nothing where its mid is not known. */
  say(said: Said): void {
    const { mid, bar, variance, returns, pending } = this.#state
    if (mid === null) return
    const baselineBps = returns >= RETURNS_MIN && variance > 0 ? Math.sqrt(variance * this.#horizonBars) : null
    const one = { ...said, mid, dueBar: bar + this.#horizonBars, baselineBps }
    this.#state = { ...this.#state, pending: [...pending, one] }
  }

  save(): OutcomeTrackState {
    return this.#state
  }
}

function midOf({ bidTicks, askTicks, taints }: Bar): number | null {
  const mid = (bidTicks + askTicks) / 2
  return taints.length === 0 && Number.isFinite(mid) && mid > 0 ? mid : null
}
