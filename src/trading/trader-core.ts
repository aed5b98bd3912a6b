import { Subject } from 'rxjs'
import type { Clock } from '../core/clock.port.ts'
import { InvariantError, messageOf } from '../core/errors.ts'
import type { Instrument } from '../core/instrument.ts'
import type { Scheduler } from '../core/scheduler.port.ts'
import { background } from './background.ts'
import { coalesced } from './coalesced.ts'
import { follower } from './follower.ts'
import { type Freezes, freezes } from './freezes.ts'
import type { Journal } from './journal.port.ts'
import { ledger } from './ledger.ts'
import type { OrderGateway } from './order-gateway.port.ts'
import { prober } from './prober.ts'
import { reconciler } from './reconciler.ts'
import { submitter } from './submitter.ts'
import type { ReconcileReason, ReconcileReport, TraderEvent } from './trader-event.ts'
import { TRADER_DEFAULTS, type TraderSettings } from './trader-settings.ts'

export interface TraderParts {
  readonly gateway: OrderGateway
  readonly journal: Journal
  /** Every instrument that may be traded; orders and fills of others are not ours. */
  readonly instruments: readonly Instrument[]
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly settings?: Partial<TraderSettings>
}

/** Latch of a broken order protocol: no entry until a person has looked. */
export const PROTOCOL_LATCH = 'order-protocol'

/** The parts that a trader is made of, put together. */
export function traderCore(parts: TraderParts) {
  const { gateway, journal, clock, scheduler } = parts
  const settings: TraderSettings = { ...TRADER_DEFAULTS, ...parts.settings }
  const events = new Subject<TraderEvent>()
  const stopping = new AbortController()
  const { signal } = stopping
  const book = ledger(journal, parts.instruments, publish)
  const frozen = freezes(book)
  frozen.set('starting', true)
  if (journal.latches().some(({ name }) => name === PROTOCOL_LATCH)) frozen.set('halted', true)

  function publish(event: TraderEvent): void {
    if (event.kind === 'overfill') frozen.set('overfill', true, event.order.symbol)
    events.next(event)
  }
  /** What we did not foresee: a journal that cannot write, or a bug. Entries are over; exits and cancels may still work. */
  function halt(error: unknown): void {
    const code = error instanceof InvariantError ? 'bug' : 'journal'
    frozen.set('halted', true)
    publish({ kind: 'halt', code, detail: messageOf(error), at: clock.now() })
  }
  /** Since when, in turns, the account's stream is up or down. */
  const stream = { isUp: true, turns: 0 }
  function streamTurned(isUp: boolean): void {
    stream.isUp = isUp
    stream.turns++
    frozen.set('stream-down', true)
  }
  const work = background(halt)
  const probe = prober(gateway, book, clock, scheduler, settings, signal)
  const follow = follower({ book, scheduler, settings, signal, probe, reconcile: (reason) => reconcile(reason) })
  const submit = submitter({ gateway, journal, book, clock, background: work, probe, follow })
  const reconcileNow = reconciler({ ...parts, settings, book, signal, probe, inFlight: submit.inFlight })
  const reconcile = coalesced(async (reason: ReconcileReason) => {
    const { turns, isUp } = stream
    const freezing = reason !== 'periodic' && reason !== 'stop' // Routine must not cost a trade.
    frozen.set('reconciling', freezing)
    const report = await reconcileNow(reason)
    freezeUnreconciled(frozen, parts.instruments, report)
    frozen.set('reconciling', false)
    // Whichever run was answered first: the one that the reconnect asked for may have met a silent venue.
    if (report.answered && isUp && turns === stream.turns) frozen.set('stream-down', false)
    publish({ kind: 'reconciled', report, at: clock.now() })
    return report
  })
  return {
    settings,
    events,
    stopping,
    signal,
    book,
    frozen,
    work,
    probe,
    submit,
    publish,
    halt,
    reconcile,
    streamTurned,
  }
}

function freezeUnreconciled(frozen: Freezes, instruments: readonly Instrument[], report: ReconcileReport): void {
  const differs = new Set(report.mismatches.filter(({ what }) => what === 'position').map(({ of }) => of))
  for (const { symbol } of instruments) frozen.set('unreconciled', !report.answered || differs.has(symbol), symbol)
}
