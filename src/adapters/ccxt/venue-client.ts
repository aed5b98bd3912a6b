import ccxt from 'ccxt'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import type { EpochMs } from '../../core/units.ts'
import { parseExact } from './json-fields.ts'
import { causeOf, VenueRefusal } from './venue-refusal.ts'

export interface VenueClientOptions {
  readonly clock: Clock
  /** Absent: market data only. */
  readonly credentials?: { readonly apiKey: string; readonly secret: string }
  /** Origin of an exchange simulator, e.g. `http://127.0.0.1:8080`; absent: Binance itself. */
  readonly baseUrl?: string
  /** Limit of one REST call, milliseconds. */
  readonly requestTimeoutMs?: number
  /** How late the venue may see a signed request, milliseconds. */
  readonly recvWindowMs?: number
  /** Distance of websocket pings, milliseconds; a socket that misses two is closed. */
  readonly pingMs?: number
}

/** What happens on one dialled socket. Each dial has its own tap, so that a dead socket's rest reaches nobody. */
interface SocketTap {
  opened(): void
  frame(text: string, receivedAt: EpochMs): void
  closed(detail: string): void
}

type WsClient = ReturnType<InstanceType<typeof ccxt.pro.binanceusdm>['client']>

const REQUEST_TIMEOUT_MS = 5_000
const RECV_WINDOW_MS = 5_000
const PING_MS = 15_000
const DIAL_TIMEOUT_MS = 10_000
/** A depth frame of 1,000 levels has about 60 kB; a larger frame than this closes the socket. */
const FRAME_BYTES_MAX = 4 * 1024 * 1024
/** Silence after a rate limit that names no time of its own. */
const PAUSE_MS = { limited: 5_000, banned: 120_000 }
const PAUSE_MS_MAX = 3 * 24 * 3_600_000

/**
 * ccxt's Binance USD-M client as transport only: it signs, throttles, dials, pings and times out. Frames go to the tap and never
 * into ccxt's own caches (a second book would cost more than ours), errors carry Binance's numeric code instead of a class that
 * depends on the URL, and nobody but the caller paces redials.
 */
export class VenueClient extends ccxt.pro.binanceusdm {
  readonly #clock: Clock
  readonly #dialling = new Map<string, SocketTap>()
  readonly #taps = new WeakMap<WsClient, SocketTap>()
  #pausedUntil = 0

  constructor(options: VenueClientOptions) {
    super(settingsOf(options))
    this.#clock = options.clock
    if (options.baseUrl !== undefined) this.#pointAt(options.baseUrl)
  }

  /** `wss://…/public/ws/INDEX` and the like. */
  streamUrl(category: 'public' | 'market', index: number): string {
    return `${this.getWsUrl('future', category)}/${index}`
  }

  userStreamUrl(listenKey: string): string {
    return this.getPrivateWsUrl('future', listenKey)
  }

  /** Opens one socket and sends `message` once it is open. Never throws: the tap is told. At most one socket per URL. */
  async dial(url: string, tap: SocketTap, message?: object): Promise<void> {
    this.hangUp(url, 'dialled again')
    this.#dialling.set(url, tap)
    try {
      // ws:// needs an agent that ccxt loads only when asked.
      await this.loadHttpProxyAgent()
      if (this.#dialling.get(url) !== tap) return
      // The future settles only by rejection, when the socket dies: acknowledgements come through the tap.
      await this.watch(url, 'alive', message, 'alive')
    } catch (thrown) {
      tap.closed(causeOf(thrown))
    }
  }

  /** Drops the socket at once, half-open ones too; its tap is told. */
  hangUp(url: string, detail: string): void {
    this.#dialling.delete(url)
    const client = this.clients[url]
    if (!client) return
    delete this.clients[url]
    client.error = new Error(detail)
    client.reset(client.error)
    client.connection?.terminate()
    this.#taps.get(client)?.closed(detail)
  }

  /** Ends all sockets and idle connections. */
  async shutDown(): Promise<void> {
    for (const url of [...this.#dialling.keys(), ...Object.keys(this.clients)]) this.hangUp(url, 'closed by us')
    await this.close()
    await this.fetchDispatcher?.destroy()
  }

  override client(url: string | undefined): WsClient {
    const known = url !== undefined && this.clients[url] !== undefined
    const client = super.client(url)
    const tap = this.#dialling.get(client.url)
    if (known || !tap) return client
    this.#dialling.delete(client.url)
    this.#taps.set(client, tap)
    const clock = this.#clock
    client.onMessage = (event: { readonly data: unknown }) => tap.frame(String(event.data), clock.now())
    return client
  }

  override onConnected(client: WsClient): void {
    this.#taps.get(client)?.opened()
  }

  override onError(client: WsClient, error: unknown): void {
    this.#forget(client, causeOf(error))
  }

  override onClose(client: WsClient, event: { readonly code?: number }): void {
    this.#forget(client, `closed, code ${event.code ?? 'unknown'}`)
  }

  #forget(client: WsClient, detail: string): void {
    // A late event of an old socket must not take the new one with it.
    if (this.clients[client.url] === client) delete this.clients[client.url]
    // ccxt closes politely and would wait 30 s for a peer that is gone.
    client.connection?.terminate()
    this.#taps.get(client)?.closed(detail)
  }

  /** The caller's backoff is the only one. */
  override calculateWsBackoffDelay(): number {
    return 0
  }

  override fetch(url: string, method?: string, headers?: unknown, body?: unknown): Promise<unknown> {
    const leftMs = this.#pausedUntil - this.#clock.now()
    if (leftMs > 0) {
      const text = `not sent: the venue asked for silence for another ${Math.ceil(leftMs)} ms`
      return Promise.reject(new VenueRefusal(429, -1003, text, leftMs))
    }
    return super.fetch(url, method, headers, body)
  }

  /** ccxt's own rounds order ids beyond 2^53 where a blank follows the colon. */
  override parseJson(text: string): unknown {
    return parseExact(text)
  }

  override handleErrors(
    status: number,
    reason: string,
    _url: string,
    _method: string,
    headers: Readonly<Record<string, unknown>>,
    body: string,
    reply: unknown,
  ): undefined {
    const fields = typeof reply === 'object' && reply !== null ? (reply as Readonly<Record<string, unknown>>) : {}
    const code = Number(fields['code'] ?? Number.NaN)
    if (status < 400 && !(code < 0)) return undefined
    const text = typeof fields['msg'] === 'string' ? fields['msg'] : body || reason
    const pauseMs = status === 429 || status === 418 ? pauseOf(status, headers, text, this.#clock.now()) : 0
    if (pauseMs > 0) this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + pauseMs)
    throw new VenueRefusal(status, Number.isFinite(code) ? code : undefined, text, pauseMs)
  }

  #pointAt(baseUrl: string): void {
    const { host, protocol } = new URL(baseUrl)
    const http = `${protocol}//${host}`
    const ws = http.replace(/^http/, 'ws')
    const api = this.urls['api'] as Record<string, unknown>
    const move = (value: unknown): unknown => {
      if (typeof value === 'string') return (value.startsWith('ws') ? ws : http) + new URL(value).pathname
      const entries = Object.entries(value as Record<string, unknown>)
      return Object.fromEntries(entries.map(([key, inner]) => [key, move(inner)]))
    }
    for (const [key, value] of Object.entries(api)) api[key] = move(value)
  }
}

function settingsOf(options: VenueClientOptions): object {
  const { credentials, baseUrl } = options
  if (baseUrl !== undefined && !URL.canParse(baseUrl)) {
    throw new InputError(`baseUrl was ${JSON.stringify(baseUrl)}; it must be an origin such as http://127.0.0.1:8080`)
  }
  return {
    ...(credentials ? { apiKey: credentials.apiKey, secret: credentials.secret } : {}),
    timeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    // The default (leaky bucket) gives no credit for idle time: every lone order waits 200 ms.
    rateLimiterAlgorithm: 'rollingWindow',
    streaming: { keepAlive: options.pingMs ?? PING_MS },
    options: {
      fetchCurrencies: false,
      adjustForTimeDifference: true,
      recvWindow: options.recvWindowMs ?? RECV_WINDOW_MS,
      ws: {
        connectionTimeout: DIAL_TIMEOUT_MS,
        options: { perMessageDeflate: false, maxPayload: FRAME_BYTES_MAX, handshakeTimeout: DIAL_TIMEOUT_MS },
      },
    },
  }
}

/** `Retry-After` in seconds, or the time in "banned until 1573770000000", or a default. */
function pauseOf(status: number, headers: Readonly<Record<string, unknown>>, text: string, now: number): number {
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1]
  const seconds = header === undefined ? Number.NaN : Number(header)
  const until = Number(/until (\d{13})/.exec(text)?.[1] ?? Number.NaN)
  const usual = status === 418 ? PAUSE_MS.banned : PAUSE_MS.limited
  const asked = Number.isFinite(seconds) ? seconds * 1_000 : Number.isFinite(until) ? until - now : usual
  return Math.min(Math.max(asked, 1), PAUSE_MS_MAX)
}
