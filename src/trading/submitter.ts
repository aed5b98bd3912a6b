import type { Clock } from '../core/clock.port.ts'
import { InvariantError } from '../core/errors.ts'
import { type ApprovedOrder, isImmediate } from '../core/order.ts'
import type { Background } from './background.ts'
import type { Journal, SendLatency } from './journal.port.ts'
import type { DecisionRecord } from './journal-records.ts'
import type { Ledger } from './ledger.ts'
import type { OrderGateway, Submission } from './order-gateway.port.ts'

/** One closed bar's decision, and the order made from it if any. */
export interface Decided {
  readonly record: DecisionRecord
  readonly order?: ApprovedOrder
  /** Monotonic time of the event that closed the bar, for `closeToSendMs`. */
  readonly closedAtMs?: number
}

export type Placement =
  /** Committed; there was no order. */
  | { readonly kind: 'recorded' }
  /** Committed, then handed to the gateway. */
  | {
      readonly kind: 'sent'
      readonly clientId: string
      readonly commitMs: number
      readonly closeToSendMs: number | null
    }
  /** This bar was decided before (a restart met it again): nothing was written or sent. */
  | { readonly kind: 'duplicate' }

interface Parts {
  readonly gateway: OrderGateway
  readonly journal: Journal
  readonly book: Ledger
  readonly clock: Clock
  readonly background: Background
  probe(clientId: string): Promise<boolean>
  /** Of an order that is over as soon as it is accepted: sees to it that we hear how it ended. */
  follow(clientId: string): Promise<void>
}

export interface Submitter {
  /** One durable transaction for all of it, then the orders leave, without waiting for answers. Throws when it cannot commit. */
  commit(decided: readonly Decided[]): readonly Placement[]
  inFlight(clientId: string): boolean
}

export function submitter({ gateway, journal, book, clock, background, probe, follow }: Parts): Submitter {
  const waiting = new Set<string>()
  // Intents of earlier lives count as sent: they are looked up, never sent again.
  let sends = journal.counts().intents

  function answered(order: ApprovedOrder, submission: Submission, latency: SendLatency): void {
    waiting.delete(order.clientId)
    const also = () => journal.recordLatency(order.decisionId, latency)
    if (submission.kind === 'accepted') {
      book.apply(order.clientId, { kind: 'accepted' }, { venueId: submission.venueId }, also)
      if (isImmediate(order)) background.run(() => follow(order.clientId))
    } else if (submission.kind === 'rejected') {
      const detail = `${submission.code}: ${submission.reason}`
      book.apply(order.clientId, { kind: 'rejected' }, { detail }, also)
    } else {
      book.apply(order.clientId, { kind: 'lost' }, { detail: submission.cause }, also)
      background.run(() => probe(order.clientId))
    }
  }

  function send(order: ApprovedOrder, closedAtMs: number | undefined, commitMs: number): Placement {
    const { ordersDecided, intents } = journal.counts()
    if (!(sends + 1 <= intents && intents <= ordersDecided)) {
      throw new InvariantError('decisions ≥ intents ≥ sends does not hold', {
        ordersDecided,
        intents,
        sends: sends + 1,
      })
    }
    sends++
    waiting.add(order.clientId)
    book.apply(order.clientId, { kind: 'sent' })
    const sentAtMs = clock.monotonicMs()
    const closeToSendMs = closedAtMs === undefined ? null : sentAtMs - closedAtMs
    const submitted = gateway.submit(order)
    background.run(async () => {
      const submission = await submitted
      // How long it took to lose an answer says nothing of the way to the venue.
      const sendToAnswerMs = submission.kind === 'unknown' ? null : clock.monotonicMs() - sentAtMs
      answered(order, submission, { commitMs, closeToSendMs, sendToAnswerMs })
    })
    return { kind: 'sent', clientId: order.clientId, commitMs, closeToSendMs }
  }

  return {
    inFlight: (clientId) => waiting.has(clientId),
    commit(decided) {
      for (const entry of decided) checkPair(entry)
      const startedAt = clock.monotonicMs()
      const isNew = journal.transaction(() =>
        decided.map(({ record, order }) => {
          if (!journal.recordDecision(record)) return false
          if (order) journal.addIntent(order)
          return true
        }),
      )
      const commitMs = clock.monotonicMs() - startedAt
      decided.forEach(({ order }, at) => {
        if (order && isNew[at]) book.added(order)
      })
      return decided.map(({ order, closedAtMs }, at): Placement => {
        if (!isNew[at]) return DUPLICATE
        return order ? send(order, closedAtMs, commitMs) : RECORDED
      })
    },
  }
}

const DUPLICATE: Placement = { kind: 'duplicate' }
const RECORDED: Placement = { kind: 'recorded' }

function checkPair({ record, order }: Decided): void {
  const matches = order
    ? record.verdict.kind === 'approved' &&
      record.clientId === order.clientId &&
      record.decisionId === order.decisionId &&
      record.symbol === order.symbol
    : record.clientId === null
  if (!matches) throw new InvariantError('a decision and its order must agree', { record: record.decisionId })
}
