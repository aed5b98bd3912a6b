import { InputError, messageOf } from '../core/errors.ts'
import type { Scheduler } from '../core/scheduler.port.ts'
import type { EpochMs } from '../core/units.ts'
import type { Forecaster } from './forecaster.ts'

/** A model that may decide. */
export interface InForce {
  readonly forecaster: Forecaster
  /** No entries from then on; undefined: never. */
  readonly expiresAt: EpochMs | undefined
}

/** Where a session has its model from. */
export interface ModelSource {
  /** Rows of the windows that it is shown: no model of the run looks back further. */
  readonly steps: number
  /**
   * The model for the bars that are decided now, together. Models change here and nowhere else. `recordedId`: the one that decided when
   * the run was recorded.
   */
  take(recordedId?: string): InForce | Promise<InForce>
}

/** `swapped`: `modelId` decides from now on. `refused`: the model in force stays. */
export type ModelChange =
  | { readonly kind: 'swapped'; readonly modelId: string; readonly previousId: string; readonly wasKept: boolean }
  | { readonly kind: 'refused'; readonly version: string; readonly cause: string }

export interface ModelServiceParts {
  /** Version of the model in force, and the model. */
  readonly version: string
  readonly inForce: InForce
  /** Loads another version, proved and warm. Throws what is wrong with it. */
  load(version: string): Promise<InForce>
  /** How long the model before is kept warm, milliseconds. */
  readonly keepMs: number
  readonly scheduler: Scheduler
  /** In the middle of `take`: it must not throw. */
  onChange?(change: ModelChange): void
}

/** The model in force, the one before it, and the one that comes. */
export interface ModelService extends ModelSource {
  readonly inForce: InForce
  /** The windows hold `steps` rows, for other models of the run look back further. Before the first `take`. */
  widen(steps: number): void
  /**
   * Makes `version` ready behind the bars; it decides from the next `take` on. Back to the version before is a change at once, while it is
   * kept. One that is refused is not tried again before another version was offered. Never throws.
   */
  offer(version: string): Promise<void>
  take(): InForce
  /** Releases all of them, also one that is still being loaded. */
  close(): Promise<void>
}

interface Held extends InForce {
  readonly version: string
}

export const modelService = (parts: ModelServiceParts): ModelService => new LiveModelService(parts)

class LiveModelService implements ModelService {
  steps: number
  readonly #parts: ModelServiceParts
  readonly #closing = new AbortController()
  #serving: Held
  /** Decides from the next `take` on. */
  #next: Held | undefined
  /** Decided before, and is still warm. */
  #kept: Held | undefined
  #keeping = new AbortController()
  #wanted: string
  #offers: Promise<void> = Promise.resolve()

  constructor(parts: ModelServiceParts) {
    const { version, inForce } = parts
    this.#parts = parts
    this.#serving = { version, ...inForce }
    this.#wanted = version
    this.steps = inForce.forecaster.steps
  }

  get inForce(): InForce {
    return this.#serving
  }

  widen(steps: number): void {
    this.steps = Math.max(this.steps, steps)
  }

  take(): InForce {
    const next = this.#next
    if (!next) return this.#serving
    this.#next = undefined
    const previous = this.#serving
    const wasKept = next === this.#kept
    this.#serving = next
    this.#keep(previous, wasKept)
    const { modelId } = next.forecaster
    this.#parts.onChange?.({ kind: 'swapped', modelId, previousId: previous.forecaster.modelId, wasKept })
    return next
  }

  async offer(version: string): Promise<void> {
    if (version === this.#wanted) return
    this.#wanted = version
    // One after another: of two that come together the later one is in force at the end.
    this.#offers = this.#offers.then(() => this.#prepare(version))
    await this.#offers
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#keeping.abort()
    const held = new Set([this.#serving, this.#next, this.#kept])
    this.#next = undefined
    this.#kept = undefined
    for (const one of held) await one?.forecaster.release()
  }

  async #prepare(version: string): Promise<void> {
    if (version !== this.#wanted || this.#closing.signal.aborted) return
    const ready = await this.#ready(version)
    const { aborted } = this.#closing.signal
    // Ready already, and not taken: nobody has seen it.
    if (this.#next && this.#next !== this.#kept && this.#next !== ready) discard(this.#next)
    this.#next = undefined
    if (!ready || ready === this.#serving) return
    if (aborted) discard(ready)
    else this.#next = ready
  }

  /** Undefined: refused, and told. */
  async #ready(version: string): Promise<Held | undefined> {
    const known = [this.#serving, this.#kept, this.#next].find((one) => one?.version === version)
    if (known) return known
    try {
      return this.#fitting({ version, ...(await this.#parts.load(version)) })
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        this.#parts.onChange?.({ kind: 'refused', version, cause: messageOf(error) })
      }
      return undefined
    }
  }

  #fitting(held: Held): Held {
    const { steps, modelId } = held.forecaster
    if (steps <= this.steps) return held
    discard(held)
    const rule = `the windows of this run hold ${this.steps}; a restart begins longer ones`
    throw new InputError(`${modelId}: it looks back on ${steps} bars; ${rule}`, { modelId })
  }

  /** For a way back that takes no time. The one kept until now has had its time, unless it is in force again. */
  #keep(previous: Held, isBack: boolean): void {
    this.#keeping.abort()
    const stale = isBack ? undefined : this.#kept
    this.#kept = previous
    // Not in the pause of the switch.
    if (stale) void this.#parts.scheduler.sleep(0).then(() => discard(stale))
    const keeping = new AbortController()
    this.#keeping = keeping
    void this.#parts.scheduler.sleep(this.#parts.keepMs, keeping.signal).then(() => {
      if (keeping.signal.aborted || this.#kept !== previous || this.#next === previous) return
      this.#kept = undefined
      discard(previous)
    })
  }
}

const discard = ({ forecaster }: Held): void => {
  forecaster.release().catch(() => undefined)
}
