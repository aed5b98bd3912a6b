import type { Alert } from '../../core/alert.ts'
import type { AlertOutbox } from '../../core/alert-outbox.port.ts'
import type { Clock } from '../../core/clock.port.ts'
import { messageOf } from '../../core/errors.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import { epochMs } from '../../core/units.ts'
import type { AlertSink } from './alert-sink.ts'

export interface DispatcherParts {
  readonly outbox: AlertOutbox
  readonly sinks: readonly AlertSink[]
  readonly clock: Clock
  readonly scheduler: Scheduler
  /** Hears of every failed delivery and of an outbox that does not work; must not throw. */
  readonly onFailure: (sink: string, cause: string) => void
  /** First pause after a failure, milliseconds; doubles with each further one up to `BACKOFF_MS_MAX`. */
  readonly backoffMs?: number
}

export interface AlertDispatcher {
  /** Durable when it returns, unless the outbox fails: that is reported, never thrown. Never waits for a network. */
  raise(alert: Alert): void
  /** Tries what is due once more, for at most `timeoutMs` milliseconds; what is left stays in the outbox for the next start. */
  stop(timeoutMs: number): Promise<void>
}

const BACKOFF_MS = 1_000
const BACKOFF_MS_MAX = 300_000
/** No peer can silence us for longer. */
const RETRY_AFTER_MS_MAX = 3_600_000
/** The outbox is looked at again at least so often, should the wall clock have been set back. */
const IDLE_MS_MAX = 60_000
/** Due alerts looked at together. */
const DUE_MAX = 64

/**
 * Delivers the outbox, at least once each: one delivery at a time per sink, and no sink waits for another. A failure puts off its
 * alert and pauses its sink; nothing is given up here (the outbox bounds how many it keeps).
 */
export function alertDispatcher(parts: DispatcherParts): AlertDispatcher {
  const workers = parts.sinks.map((sink) => worker(sink, parts))
  const names = parts.sinks.map(({ name }) => name)
  return {
    raise: (alert) => {
      if (names.length === 0) return
      try {
        parts.outbox.add(alert, names)
      } catch (error) {
        parts.onFailure('outbox', messageOf(error))
      }
      for (const { wake } of workers) wake()
    },
    stop: async (timeoutMs) => {
      const timeUp = new AbortController()
      const settled = Promise.all(workers.map(({ finish }) => finish(timeUp.signal))).then(() => timeUp.abort())
      await parts.scheduler.sleep(timeoutMs, timeUp.signal)
      timeUp.abort()
      await settled
    },
  }
}

interface Worker {
  wake(): void
  /** Resolves when nothing is due any more, a delivery failed, or `timeUp` is aborted. */
  finish(timeUp: AbortSignal): Promise<void>
}

function worker(sink: AlertSink, parts: DispatcherParts): Worker {
  const { clock, scheduler, outbox } = parts
  const delivering = new AbortController()
  const stopping = new AbortController()
  let idle = new AbortController()
  let failures = 0

  const waitForWork = async () => {
    const dueAt = outbox.nextDueAt(sink.name)
    const waitMs = dueAt === undefined ? IDLE_MS_MAX : Math.min(Math.max(0, dueAt - clock.now()), IDLE_MS_MAX)
    await scheduler.sleep(waitMs, idle.signal)
    if (idle.signal.aborted) idle = new AbortController()
  }
  const pause = async (cause: string, ms: number) => {
    parts.onFailure(sink.name, cause)
    await scheduler.sleep(ms, stopping.signal)
  }
  /** One delivery, one wait, or nothing left to do. */
  const step = async (): Promise<'delivered' | 'failed' | 'waited' | 'empty'> => {
    const due = outbox.due(sink.name, clock.now(), DUE_MAX)
    // In trouble the least tried goes first: an alert that is never taken must not hold up the others.
    const next = failures === 0 ? due[0] : due.toSorted((a, b) => a.attempts - b.attempts)[0]
    if (!next) {
      if (stopping.signal.aborted) return 'empty'
      await waitForWork()
      return 'waited'
    }
    const delivery = await sink.deliver(next.alert, delivering.signal)
    if (delivery.kind === 'delivered') {
      failures = 0
      outbox.delivered(next.alert.id, sink.name, clock.now())
      return 'delivered'
    }
    failures++
    const askedMs = Math.min(delivery.afterMs ?? 0, RETRY_AFTER_MS_MAX)
    const ownMs = backoff(parts, Math.max(failures, next.attempts + 1))
    outbox.failed(next.alert.id, sink.name, epochMs(clock.now() + Math.max(ownMs, askedMs)), delivery.cause)
    await pause(delivery.cause, Math.max(backoff(parts, failures), askedMs))
    return 'failed'
  }
  const loop = async () => {
    for (;;) {
      const outcome = await step().catch(async (error: unknown) => {
        failures++
        await pause(messageOf(error), backoff(parts, failures))
        return 'failed' as const
      })
      const over = outcome === 'empty' || outcome === 'failed' || delivering.signal.aborted
      if (stopping.signal.aborted && over) return
    }
  }
  const running = loop()
  return {
    wake: () => idle.abort(),
    finish: (timeUp) => {
      timeUp.addEventListener('abort', () => delivering.abort())
      stopping.abort()
      idle.abort()
      return running
    },
  }
}

const backoff = ({ backoffMs = BACKOFF_MS }: DispatcherParts, failures: number): number =>
  Math.min(backoffMs * 2 ** (failures - 1), BACKOFF_MS_MAX)
