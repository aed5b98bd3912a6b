import { Subject } from 'rxjs'
import { type EpochMs, epochMs } from '../../core/units.ts'
import type { AccountEvent } from '../../trading/order-gateway.port.ts'
import type { Agenda } from './agenda.ts'

/** What the venue tells: events through one stream, in order, and answers to requests, each after its way to us. */
export class Outbox {
  readonly events = new Subject<AccountEvent>()
  readonly #agenda: Agenda<() => void>
  /** Ends each promise that waits for an answer without one. Bounded by the agenda, which has an entry for each. */
  readonly #losses = new Set<() => void>()
  #toldUntil = epochMs(0)
  #waiting = 0

  constructor(agenda: Agenda<() => void>) {
    this.#agenda = agenda
  }

  /** Reaches us `delayMs` after `now`, not before what was told earlier: one stream keeps its order. */
  tell(now: EpochMs, delayMs: number, event: AccountEvent): void {
    const at = Math.max(now + delayMs, this.#toldUntil)
    if (at <= now && this.#waiting === 0) {
      this.events.next(event)
      return
    }
    this.#toldUntil = epochMs(at)
    this.#waiting += 1
    this.#agenda.add(at, () => {
      this.#waiting -= 1
      this.events.next(event)
    })
  }

  /** A promise of what `answer` is called with; should the venue close before, it is `lost`. */
  request<T>(lost: T, ask: (answer: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve) => {
      const lose = () => resolve(lost)
      this.#losses.add(lose)
      ask((value) => {
        this.#losses.delete(lose)
        resolve(value)
      })
    })
  }

  /** Nothing more will be told: who waits for an answer gets none. */
  close(): void {
    for (const lose of this.#losses) lose()
    this.#losses.clear()
    this.events.complete()
  }
}
