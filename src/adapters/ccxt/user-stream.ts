import type { Random } from '../../core/random.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import { backoffMs } from './backoff.ts'
import type { VenueClient } from './venue-client.ts'
import { causeOf, VenueRefusal } from './venue-refusal.ts'

interface UserStreamOptions {
  readonly client: VenueClient
  readonly scheduler: Scheduler
  readonly random: Random
  readonly signal: AbortSignal
  /** How often the listen key is prolonged, milliseconds; Binance drops it after 60 minutes. */
  readonly keepAliveMs: number
  onUp(): void
  /** After every `onUp`, once. */
  onDown(detail: string): void
  onFrame(text: string): void
  /** No listen key, or no socket; it is tried again. */
  onFailure(thrown: unknown): void
}

const BACKOFF = { baseMs: 250, maxMs: 15_000 }
const KEY_GONE = -1125
/** After a failed prolongation; the key lives long enough for many of them. */
const PROLONG_RETRY_MS = 60_000

/** Keeps the account's own stream alive until aborted: key, socket, prolongation, new key after it expired. */
export async function keepUserStream(options: UserStreamOptions): Promise<void> {
  const { client, scheduler, random, signal } = options
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      const reply = await client.fapiPrivatePostListenKey()
      const url = client.userStreamUrl(String(reply['listenKey']))
      if (!signal.aborted && (await connection(options, url))) failures = 0
    } catch (thrown) {
      options.onFailure(thrown)
    }
    await scheduler.sleep(backoffMs(failures, BACKOFF, random), signal)
  }
}

/** One socket, from the handshake to its end. True when it was open. */
function connection(options: UserStreamOptions, url: string): Promise<boolean> {
  const { client, signal } = options
  const ended = new AbortController()
  const hangUp = () => client.transport.hangUp(url, 'closed by us')
  signal.addEventListener('abort', hangUp)
  return new Promise((resolve) => {
    let isUp = false
    const opened = () => {
      isUp = true
      options.onUp()
      void prolong(options, url, ended.signal)
    }
    const frame = (text: string) => {
      if (ended.signal.aborted) return
      options.onFrame(text)
      if (text.includes('"listenKeyExpired"')) client.transport.hangUp(url, 'the listen key expired')
    }
    const closed = (detail: string) => {
      if (ended.signal.aborted) return
      ended.abort()
      signal.removeEventListener('abort', hangUp)
      if (isUp) options.onDown(detail)
      else options.onFailure(new Error(detail))
      resolve(isUp)
    }
    void client.transport.dial(url, { opened, frame, closed })
  })
}

async function prolong(options: UserStreamOptions, url: string, signal: AbortSignal): Promise<void> {
  const { client, scheduler, keepAliveMs } = options
  let waitMs = keepAliveMs
  for (;;) {
    await scheduler.sleep(waitMs, signal)
    if (signal.aborted) return
    try {
      await client.fapiPrivatePutListenKey()
      waitMs = keepAliveMs
    } catch (thrown) {
      if (thrown instanceof VenueRefusal && thrown.code === KEY_GONE) client.transport.hangUp(url, causeOf(thrown))
      waitMs = Math.min(keepAliveMs, PROLONG_RETRY_MS)
    }
  }
}
