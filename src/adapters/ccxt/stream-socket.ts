import type { Clock } from '../../core/clock.port.ts'
import type { Random } from '../../core/random.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { EpochMs } from '../../core/units.ts'
import { backoffMs } from './backoff.ts'
import type { VenueClient } from './venue-client.ts'

interface StreamSocketOptions {
  readonly client: VenueClient
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly random: Random
  readonly url: string
  /** E.g. `btcusdt@depth@100ms`. */
  readonly streams: readonly string[]
  /** Ends the socket for good. */
  readonly signal: AbortSignal
  /** A connection that lived this long starts the backoff afresh, milliseconds. */
  readonly stableMs: number
  /** Subscribed: frames follow. */
  onUp(): void
  /** After every `onUp`, once. */
  onDown(detail: string): void
  onFrame(frame: unknown, text: string, receivedAt: EpochMs): void
  /** No JSON. */
  onBroken(text: string, receivedAt: EpochMs): void
}

const BACKOFF = { baseMs: 250, maxMs: 15_000 }
const ACK_MS_MAX = 10_000

/** Keeps one socket subscribed until aborted, redialling for ever. Every retry waits at least one timer tick. */
export async function keepSubscribed(options: StreamSocketOptions): Promise<void> {
  const { clock, scheduler, random, signal, stableMs } = options
  let attempt = 0
  while (!signal.aborted) {
    const dialledAt = clock.monotonicMs()
    await connection(options)
    if (clock.monotonicMs() - dialledAt >= stableMs) attempt = 0
    await scheduler.sleep(backoffMs(attempt, BACKOFF, random), signal)
    attempt += 1
  }
}

/** One dial, from the handshake to the end of the socket. */
function connection(options: StreamSocketOptions): Promise<void> {
  const { client, scheduler, url, streams, signal } = options
  const id = 1
  const settled = new AbortController()
  return new Promise((resolve) => {
    let isUp = false
    let isClosed = false
    const up = () => {
      if (isUp) return
      isUp = true
      options.onUp()
    }
    const reply = (frame: { readonly error?: unknown }) => {
      settled.abort()
      if (frame.error === undefined) up()
      else client.hangUp(url, `subscription refused: ${JSON.stringify(frame.error)}`)
    }
    const frame = (text: string, receivedAt: EpochMs) => {
      if (isClosed) return
      let parsed: unknown
      try {
        parsed = JSON.parse(text)
      } catch {
        return options.onBroken(text, receivedAt)
      }
      if (isReply(parsed, id)) return reply(parsed)
      // Frames may overtake the acknowledgement.
      up()
      options.onFrame(parsed, text, receivedAt)
    }
    const closed = (detail: string) => {
      if (isClosed) return
      isClosed = true
      settled.abort()
      signal.removeEventListener('abort', hangUp)
      if (isUp) options.onDown(detail)
      resolve()
    }
    const hangUp = () => {
      client.hangUp(url, 'closed by us')
      // A dial that has no socket yet is told by nobody else.
      closed('closed by us')
    }
    signal.addEventListener('abort', hangUp)
    void scheduler.sleep(ACK_MS_MAX, settled.signal).then(() => {
      if (!settled.signal.aborted) client.hangUp(url, `subscription not acknowledged in ${ACK_MS_MAX} ms`)
      if (!isClosed && !settled.signal.aborted) closed('no socket')
    })
    void client.dial(url, { opened: () => {}, frame, closed }, { method: 'SUBSCRIBE', params: streams, id })
  })
}

const isReply = (frame: unknown, id: number): frame is { readonly error?: unknown } =>
  typeof frame === 'object' && frame !== null && 'id' in frame && frame.id === id && !('e' in frame)
