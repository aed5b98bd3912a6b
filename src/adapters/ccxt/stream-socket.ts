import type { Clock } from '../../core/clock.port.ts'
import type { Random } from '../../core/random.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { EpochMs } from '../../core/units.ts'
import { backoffMs } from './backoff.ts'
import type { Fields } from './json-fields.ts'
import { type StreamRequests, streamRequests } from './stream-requests.ts'
import type { StreamProtocol, Topic } from './venue-profile.ts'
import { causeOf } from './venue-refusal.ts'
import type { VenueTransport } from './venue-transport.ts'

interface StreamSocketOptions {
  readonly transport: VenueTransport
  readonly protocol: StreamProtocol
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly random: Random
  readonly url: string
  readonly topics: readonly Topic[]
  /** A connection that lived this long starts the backoff afresh, milliseconds. */
  readonly stableMs: number
  /** All topics are acknowledged: what was held back and what comes from now on follows. */
  onUp(): void
  /** After every `onUp`, once. */
  onDown(detail: string): void
  /** A dial did not come up: the venue's refusal, its silence, no network. Told again only when the cause is another one. */
  onFailed(detail: string): void
  onFrame(frame: unknown, text: string, receivedAt: EpochMs): void
  /** No JSON. */
  onBroken(text: string, receivedAt: EpochMs): void
}

/** One socket, kept subscribed. */
export interface StreamSocket {
  /** Redials for ever, until `close`. Every retry waits at least one timer tick. */
  run(): Promise<void>
  /** Subscribes topics anew, so that their state comes whole. Rejects when that fails; the socket is replaced then. */
  renew(topics: readonly Topic[]): Promise<void>
  /** Replaces the socket. */
  hangUp(detail: string): void
  close(): void
}

const BACKOFF = { baseMs: 250, maxMs: 15_000 }
const ACK_MS_MAX = 10_000
/** `Ping`: no frame with data is as short. */
const HEARTBEAT_CHARACTERS_MAX = 8
/** Frames held back until all topics are acknowledged, count and characters; past it the socket is replaced. */
const HELD_MAX = { frames: 10_000, characters: 32 * 1024 * 1024 }

export const createStreamSocket = (options: StreamSocketOptions): StreamSocket => new Socket(options)

class Socket implements StreamSocket {
  readonly #options: StreamSocketOptions
  readonly #ending = new AbortController()
  /** Of the connection that is up. */
  #requests: StreamRequests | undefined
  /** Cause of the last failure told since the last `onUp`. */
  #failure: string | undefined

  constructor(options: StreamSocketOptions) {
    this.#options = options
  }

  async run(): Promise<void> {
    const { clock, scheduler, random, stableMs } = this.#options
    const { signal } = this.#ending
    let attempt = 0
    while (!signal.aborted) {
      const dialledAt = clock.monotonicMs()
      await this.#connection(signal)
      if (clock.monotonicMs() - dialledAt >= stableMs) attempt = 0
      await scheduler.sleep(backoffMs(attempt, BACKOFF, random), signal)
      attempt += 1
    }
  }

  async renew(topics: readonly Topic[]): Promise<void> {
    const requests = this.#requests
    if (!requests) throw new Error('not connected')
    try {
      await requests.ask('unsubscribe', topics)
      await requests.ask('subscribe', topics)
    } catch (thrown) {
      if (this.#requests === requests) this.hangUp(causeOf(thrown))
      throw thrown
    }
  }

  hangUp(detail: string): void {
    this.#options.transport.hangUp(this.#options.url, detail)
  }

  close(): void {
    this.#ending.abort()
  }

  /** One dial, from the handshake to the end of the socket. */
  #connection(signal: AbortSignal): Promise<void> {
    const { transport, protocol, scheduler, url, topics } = this.#options
    const send = (text: string) => transport.send(url, text)
    const requests = streamRequests({ protocol, scheduler, ackMsMax: ACK_MS_MAX, send })
    return new Promise((resolve) => {
      const receiver = this.#receiver(requests)
      let isClosed = false
      const closed = (detail: string) => {
        if (isClosed) return
        isClosed = true
        signal.removeEventListener('abort', hangUp)
        const wasUp = this.#requests === requests
        this.#requests = undefined
        requests.end(detail)
        if (wasUp) this.#options.onDown(detail)
        else if (!signal.aborted) this.#tell(detail)
        resolve()
      }
      const failed = (detail: string) => {
        this.hangUp(detail)
        // A dial that has no socket yet is told by nobody else.
        closed(detail)
      }
      const hangUp = () => failed('closed by us')
      signal.addEventListener('abort', hangUp)
      const opened = () => {
        requests.ask('subscribe', topics).then(
          () => {
            if (isClosed) return
            this.#requests = requests
            this.#failure = undefined
            this.#options.onUp()
            receiver.release()
          },
          (thrown: unknown) => {
            if (!isClosed) failed(causeOf(thrown))
          },
        )
      }
      const frame = (text: string, receivedAt: EpochMs) => {
        if (!isClosed) receiver.take(text, receivedAt)
      }
      void transport.dial(url, { opened, frame, closed })
    })
  }

  #tell(failure: string): void {
    if (failure === this.#failure) return
    this.#failure = failure
    this.#options.onFailed(failure)
  }

  /** Tells answers from market data, which wait until the subscription is whole. */
  #receiver(requests: StreamRequests) {
    const { protocol, transport, url, onFrame, onBroken } = this.#options
    let held: (() => void)[] | undefined = []
    let heldCharacters = 0
    const pass = (text: string, deliver: () => void) => {
      if (!held) return deliver()
      heldCharacters += text.length
      held.push(deliver)
      if (held.length <= HELD_MAX.frames && heldCharacters <= HELD_MAX.characters) return
      this.hangUp(`${held.length} frames before the subscription was acknowledged`)
    }
    return {
      take(text: string, receivedAt: EpochMs): void {
        const answer = text.length <= HEARTBEAT_CHARACTERS_MAX ? protocol.heartbeats.get(text) : undefined
        if (answer !== undefined) {
          if (answer !== '') transport.send(url, answer)
          return
        }
        const parsed = parsedOf(text)
        if (parsed === undefined) {
          pass(text, () => onBroken(text, receivedAt))
          return
        }
        const reply = typeof parsed === 'object' && parsed !== null ? protocol.reply(parsed as Fields) : undefined
        if (reply) requests.answer(reply)
        else pass(text, () => onFrame(parsed, text, receivedAt))
      },
      /** Frames that come while it runs come after it: all of it happens at once. */
      release(): void {
        const waiting = held ?? []
        held = undefined
        for (const deliver of waiting) deliver()
      },
    }
  }
}

/** Undefined: no JSON. */
function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
