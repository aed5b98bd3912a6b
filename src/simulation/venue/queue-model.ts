import type { QueueSettings } from './simulation-settings.ts'

/** Where one of our orders stands among the strangers at its price. */
export interface QueuePosition {
  /** Lots of strangers before it; an estimate, not whole, ≥ 0 between two events up to a rounding of half a lot. */
  ahead: number
  /** Lots traded at the price since the level was last reported: the next report's decrease holds them too. */
  traded: number
}

/** The share of cancelled lots that stood behind us, from the lots `ahead` of us and `behind`. In [0, 1] for whole positions. */
type BehindShare = (ahead: number, behind: number) => number

/**
 * hftbacktest, `backtest/models/queue.rs` (`RiskAdverseQueueModel`, `ProbQueueModel` with `PowerProbQueueFunc`, `LogProbQueueFunc`,
 * their variants 2 and 3) after https://rigtorp.se/2013/06/08/estimating-order-queue-position.html:
 *
 * - trade of q at our price: ahead ← ahead − q; what is below zero is ours;
 * - decrease of the display by c, less what traded since: with p the share behind us,
 *   ahead ← min(ahead − (1 − p) × c + min(behind − p × c, 0), display), where behind = the former display − ahead.
 *
 * `risk-averse` is the documented one ("advances only when trades occur at the same price level"); hftbacktest's code also caps what
 * is ahead by what is displayed, which we do not believe: a display may shrink below the queue before it is consumed.
 */
export class QueueModel {
  readonly #behindShare: BehindShare | undefined

  constructor(settings: QueueSettings) {
    this.#behindShare = shareOf(settings)
  }

  /** Whether changes of the display matter at all. */
  get watchesDisplay(): boolean {
    return this.#behindShare !== undefined
  }

  /** Lots of a trade that reach us: of `printed` lots, `available` are left after what our older orders took. Whole, ≥ 0. */
  onTrade(position: QueuePosition, available: number, printed: number): number {
    position.ahead -= available
    position.traded += printed
    const reach = Math.round(-position.ahead)
    if (reach <= 0) return 0
    position.ahead = 0
    return Math.min(reach, available)
  }

  /** The display at our price went from `before` lots to `after`. */
  onDisplay(position: QueuePosition, before: number, after: number): void {
    if (!this.#behindShare) return
    const decrease = before - after - position.traded
    position.traded = 0
    const ahead = Math.max(0, position.ahead)
    if (decrease < 0) {
      position.ahead = Math.min(ahead, after)
      return
    }
    const behind = Math.max(0, before - ahead)
    const share = ahead === 0 ? 1 : this.#behindShare(ahead, behind)
    const estimate = ahead - (1 - share) * decrease + Math.min(behind - share * decrease, 0)
    position.ahead = Math.max(0, Math.min(estimate, after))
  }
}

function shareOf(settings: QueueSettings): BehindShare | undefined {
  switch (settings.kind) {
    case 'risk-averse':
      return undefined
    case 'power': {
      const f = power(settings.exponent)
      return (ahead, behind) => f(behind) / (f(behind) + f(ahead))
    }
    case 'power2': {
      const f = power(settings.exponent)
      return (ahead, behind) => f(behind) / f(behind + ahead)
    }
    case 'power3': {
      const f = power(settings.exponent)
      return (ahead, behind) => 1 - f(ahead / (ahead + behind))
    }
    case 'log':
      return (ahead, behind) => Math.log1p(behind) / (Math.log1p(behind) + Math.log1p(ahead))
    case 'log2':
      return (ahead, behind) => Math.log1p(behind) / Math.log1p(behind + ahead)
  }
}

const power =
  (exponent: number) =>
  (x: number): number =>
    x ** exponent
