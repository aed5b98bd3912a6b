/** What may be found. */
export const CAUSES = ['inputs', 'outliers', 'coverage', 'loss', 'change'] as const
export type Cause = (typeof CAUSES)[number]

export type Action = 'retrain' | 'shrink' | 'abstain' | 'rollback'

/** `drift`: found. `retrain`, `rollback`: wanted for it. */
export interface OversightAlarm {
  readonly kind: 'drift' | 'retrain' | 'rollback'
  readonly cause: Cause
  /** What it was found by, e.g. `lossRatio` and `lossRatioMax`. */
  readonly numbers: Readonly<Record<string, number>>
}

/** A cause is over only well below its limit: what swings about the limit is told once. */
const OVER_BELOW = 0.8

/** Which causes hold, and what is told of them: each once, until it is over, and once more after a restart. */
export class Causes {
  readonly #does: Readonly<Record<Cause, readonly Action[]>>
  readonly #holding: Set<Cause>
  /** Hold since before a restart: nobody knows whether what they asked for was done. */
  readonly #restored: Set<Cause>
  #alarms: OversightAlarm[] = []

  constructor(does: Readonly<Record<Cause, readonly Action[]>>, holding: readonly Cause[] = []) {
    this.#does = does
    this.#holding = new Set(holding)
    this.#restored = new Set(holding)
  }

  /** Since the last `begin`. */
  get alarms(): readonly OversightAlarm[] {
    return this.#alarms
  }

  get holding(): readonly Cause[] {
    return [...this.#holding]
  }

  begin(): void {
    this.#alarms = []
  }

  /** `excess`: what was found ÷ its limit; above 1 the cause holds. */
  judge(cause: Cause, excess: number, numbers: Readonly<Record<string, number>>): void {
    if (excess < OVER_BELOW) this.#holding.delete(cause)
    const isNew = !this.#holding.has(cause) || this.#restored.has(cause)
    if (!(excess > 1) || !isNew) return
    this.#restored.delete(cause)
    this.#holding.add(cause)
    this.#alarms.push({ kind: 'drift', cause, numbers })
    for (const kind of ['retrain', 'rollback'] as const) {
      if (this.#does[cause].includes(kind)) this.#alarms.push({ kind, cause, numbers })
    }
  }

  /** The first cause that holds and asks for `action`. */
  asking(action: Action): Cause | undefined {
    return this.holding.find((cause) => this.#does[cause].includes(action))
  }
}
