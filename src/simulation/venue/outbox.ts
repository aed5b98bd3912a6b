import { Subject } from 'rxjs'
import type { EpochMs } from '../../core/units.ts'
import type { AccountEvent } from '../../trading/order-gateway.port.ts'
import type { Agenda } from './agenda.ts'

/** Words about one order that are on their way. */
interface Line {
  /** When the last of them comes. */
  until: number
  waiting: number
}

/**
 * What the venue tells: events through one stream and answers to requests, each after its own way to us. Words about one order keep
 * their order; a position or wallet that a newer statement has overtaken is not told any more. Otherwise nothing waits for anything.
 */
export class Outbox {
  readonly events = new Subject<AccountEvent>()
  readonly #agenda: Agenda<() => void>
  /** Ends each promise that waits for an answer without one. Bounded by the agenda, which has an entry for each. */
  readonly #losses = new Set<() => void>()
  /** By order; only of those with a word on its way, so bounded by the agenda too. */
  readonly #lines = new Map<string, Line>()
  /** Number of the newest statement told, by position and by wallet: bounded by the account's. */
  readonly #newest = new Map<string, number>()
  #statements = 0

  constructor(agenda: Agenda<() => void>) {
    this.#agenda = agenda
  }

  /** Reaches us `delayMs` after `now`. */
  tell(now: EpochMs, delayMs: number, event: AccountEvent): void {
    const at = now + delayMs
    if (event.kind === 'order') this.#tellInOrder(event.report, now, at, event)
    else if (event.kind === 'fill') this.#tellInOrder(event.fill, now, at, event)
    else if (event.kind === 'position') {
      this.#tellNewest(`${event.report.symbol}\n${event.report.positionSide ?? ''}`, now, at, event)
    } else if (event.kind === 'balance') this.#tellNewest(event.report.currency, now, at, event)
    else this.#at(at, now, () => this.events.next(event))
  }

  #tellInOrder(
    { symbol, clientId }: { readonly symbol: string; readonly clientId: string },
    now: EpochMs,
    at: number,
    event: AccountEvent,
  ): void {
    if (at <= now && this.#lines.size === 0) {
      this.events.next(event)
      return
    }
    const key = `${symbol}\n${clientId}`
    const line = this.#lines.get(key) ?? { until: at, waiting: 0 }
    line.until = Math.max(at, line.until)
    if (line.until <= now && line.waiting === 0) {
      this.events.next(event)
      return
    }
    line.waiting += 1
    this.#lines.set(key, line)
    this.#agenda.add(line.until, () => {
      line.waiting -= 1
      if (line.waiting === 0) this.#lines.delete(key)
      this.events.next(event)
    })
  }

  #tellNewest(key: string, now: EpochMs, at: number, event: AccountEvent): void {
    const number = ++this.#statements
    this.#at(at, now, () => {
      if (number < (this.#newest.get(key) ?? 0)) return
      this.#newest.set(key, number)
      this.events.next(event)
    })
  }

  #at(at: number, now: EpochMs, give: () => void): void {
    if (at <= now) give()
    else this.#agenda.add(at, give)
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
