import { gunzipSync } from 'node:zlib'
import type { Exchange } from 'ccxt'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import type { EpochMs } from '../../core/units.ts'
import { parseExact } from './json-fields.ts'
import { causeOf, VenueRefusal } from './venue-refusal.ts'

export interface VenueClientOptions {
  readonly clock: Clock
  /** Absent: market data only. */
  readonly credentials?: { readonly apiKey: string; readonly secret: string }
  /** Origin of an exchange simulator, e.g. `http://127.0.0.1:8080`; absent: the venue itself. */
  readonly baseUrl?: string
  /** Limit of one REST call, milliseconds. */
  readonly requestTimeoutMs?: number
  /** How late the venue may see a signed request, milliseconds. */
  readonly recvWindowMs?: number
  /** Distance of our pings, milliseconds; a socket on which nothing comes for two of them is closed. */
  readonly pingMs?: number
}

/** What happens on one dialled socket. Each dial has its own tap, so that a dead socket's rest reaches nobody. */
interface SocketTap {
  opened(): void
  frame(text: string, receivedAt: EpochMs): void
  closed(detail: string): void
}

type WsClient = ReturnType<Exchange['client']>

const REQUEST_TIMEOUT_MS = 5_000
const RECV_WINDOW_MS = 5_000
const PING_MS = 15_000
const DIAL_TIMEOUT_MS = 10_000
/** A depth frame of 1,000 levels has about 60 kB; a larger frame than this, decompressed, closes the socket. */
const FRAME_BYTES_MAX = 4 * 1024 * 1024
/** Silence after a rate limit that names no time of its own. */
const PAUSE_MS = { limited: 5_000, banned: 120_000 }
const PAUSE_MS_MAX = 3 * 24 * 3_600_000

/**
 * ccxt's client of one venue as transport only: it signs, throttles, dials, pings and times out. Frames go to the tap and never into
 * ccxt's own caches (a second book would cost more than ours), errors carry the venue's numeric code instead of a class that depends
 * on the URL, and nobody but the caller paces redials.
 */
export class VenueTransport {
  readonly #exchange: Exchange
  readonly #clock: Clock
  readonly #dialling = new Map<string, SocketTap>()
  readonly #taps = new WeakMap<WsClient, { readonly key: string; readonly tap: SocketTap }>()
  #pausedUntil = 0

  constructor(exchange: Exchange, { clock, baseUrl }: VenueClientOptions) {
    this.#exchange = exchange
    this.#clock = clock
    if (baseUrl !== undefined) pointAt(exchange, baseUrl)
    this.#hookSockets()
    this.#hookRequests()
  }

  /**
   * Opens one socket. Never throws: the tap is told. At most one socket per `url`, whose fragment (`#1`) only tells apart several
   * sockets to one address.
   */
  async dial(url: string, tap: SocketTap): Promise<void> {
    this.hangUp(url, 'dialled again')
    this.#dialling.set(url, tap)
    try {
      // ws:// needs an agent that ccxt loads only when asked.
      await this.#exchange.loadHttpProxyAgent()
      if (this.#dialling.get(url) !== tap) return
      // The future settles only by rejection, when the socket dies: acknowledgements come through the tap.
      await this.#exchange.watch(url, 'alive')
    } catch (thrown) {
      tap.closed(causeOf(thrown))
    }
  }

  /** On an open socket. Whatever hinders it closes the socket, and its tap is told. */
  send(url: string, text: string): void {
    const client = this.#exchange.clients[url]
    client?.send(text).catch((thrown: unknown) => this.#forget(client, causeOf(thrown)))
  }

  /** Drops the socket at once, half-open ones too; its tap is told. */
  hangUp(url: string, detail: string): void {
    this.#dialling.delete(url)
    const client = this.#exchange.clients[url]
    if (!client) return
    delete this.#exchange.clients[url]
    client.error = new Error(detail)
    client.reset(client.error)
    client.connection?.terminate()
    this.#taps.get(client)?.tap.closed(detail)
  }

  /** Ends all sockets and idle connections. */
  async shutDown(): Promise<void> {
    for (const url of [...this.#dialling.keys(), ...Object.keys(this.#exchange.clients)])
      this.hangUp(url, 'closed by us')
    await this.#exchange.close()
    await this.#exchange.fetchDispatcher?.destroy()
  }

  #hookSockets(): void {
    const exchange = this.#exchange
    const clientOf = exchange.client.bind(exchange)
    exchange.client = (key: string): WsClient => {
      const known = exchange.clients[key] !== undefined
      const client = clientOf(key)
      const tap = this.#dialling.get(key)
      if (known || !tap) return client
      this.#dialling.delete(key)
      this.#taps.set(client, { key, tap })
      client.url = key.replace(/#.*$/, '')
      client.onMessage = (event: { readonly data: unknown }) => this.#message(client, tap, event.data)
      return client
    }
    exchange.onConnected = (client: WsClient) => this.#taps.get(client)?.tap.opened()
    exchange.onError = (client: WsClient, error: unknown) => this.#forget(client, causeOf(error))
    exchange.onClose = (client: WsClient, event: { readonly code?: number }) =>
      this.#forget(client, `closed, code ${event.code ?? 'unknown'}`)
    // The caller's backoff is the only one.
    exchange.calculateWsBackoffDelay = () => 0
  }

  #message(client: WsClient, tap: SocketTap, data: unknown): void {
    // ccxt counts pongs of its own handlers, which this bypasses: whatever comes proves that the peer lives.
    client.lastPong = Date.now()
    const receivedAt = this.#clock.now()
    let text: string
    try {
      text = typeof data === 'string' ? data : textOf(data as Uint8Array)
    } catch (thrown) {
      this.#forget(client, `a frame could not be decompressed: ${causeOf(thrown)}`)
      return
    }
    tap.frame(text, receivedAt)
  }

  #forget(client: WsClient, detail: string): void {
    const key = this.#taps.get(client)?.key ?? client.url
    // A late event of an old socket must not take the new one with it.
    if (this.#exchange.clients[key] === client) delete this.#exchange.clients[key]
    client.clearPingInterval()
    // ccxt closes politely and would wait 30 s for a peer that is gone.
    client.connection?.terminate()
    this.#taps.get(client)?.tap.closed(detail)
  }

  #hookRequests(): void {
    const exchange = this.#exchange
    const fetchNow = exchange.fetch.bind(exchange)
    exchange.fetch = (url: string, method?: string, headers?: unknown, body?: unknown): Promise<unknown> => {
      const leftMs = this.#pausedUntil - this.#clock.now()
      if (leftMs <= 0) return fetchNow(url, method, headers, body)
      const text = `not sent: the venue asked for silence for another ${Math.ceil(leftMs)} ms`
      return Promise.reject(new VenueRefusal(429, -1003, text, leftMs))
    }
    // ccxt's own rounds order ids beyond 2^53 where a blank follows the colon.
    exchange.parseJson = (text: string): unknown => parseExact(text)
    const isBinance = exchange.id.startsWith('binance')
    const ownErrors = exchange.handleErrors.bind(exchange)
    exchange.handleErrors = (status, reason, url, method, headers, body, reply, ...rest: [unknown, unknown]) => {
      this.#refuse(status, reason, headers as Headers, body, reply)
      // Binance is judged by its numeric code alone; others tell their errors in ways of their own, with status 200.
      return isBinance ? undefined : ownErrors(status, reason, url, method, headers, body, reply, ...rest)
    }
  }

  #refuse(status: number, reason: string, headers: Headers, body: string, reply: unknown): void {
    const fields = typeof reply === 'object' && reply !== null ? (reply as Readonly<Record<string, unknown>>) : {}
    const code = Number(fields['code'] ?? Number.NaN)
    if (status < 400 && !(code < 0)) return
    const text = typeof fields['msg'] === 'string' ? fields['msg'] : body || reason
    const pauseMs = status === 429 || status === 418 ? pauseOf(status, headers, text, this.#clock.now()) : 0
    if (pauseMs > 0) this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + pauseMs)
    throw new VenueRefusal(status, Number.isFinite(code) ? code : undefined, text, pauseMs)
  }
}

type Headers = Readonly<Record<string, unknown>>

/** Binary frames are gzip (BingX) or plain text. Throws when they are neither, or too long. */
const textOf = (data: Uint8Array): string =>
  (data[0] === 0x1f && data[1] === 0x8b
    ? gunzipSync(data, { maxOutputLength: FRAME_BYTES_MAX })
    : Buffer.from(data)
  ).toString()

/** Every address of the venue moved to one origin, paths kept. */
function pointAt(exchange: Exchange, baseUrl: string): void {
  const { host, protocol } = new URL(baseUrl)
  const http = `${protocol}//${host}`
  const ws = http.replace(/^http/, 'ws')
  const api = exchange.urls['api'] as Record<string, unknown>
  const move = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const { pathname } = new URL(exchange.implodeHostname(value))
      return (value.startsWith('ws') ? ws : http) + (pathname === '/' ? '' : pathname)
    }
    const entries = Object.entries(value as Record<string, unknown>)
    return Object.fromEntries(entries.map(([key, inner]) => [key, move(inner)]))
  }
  for (const [key, value] of Object.entries(api)) api[key] = move(value)
}

/** Settings of a ccxt client that serves as transport. Throws `InputError` for a `baseUrl` that is none. `more`: ccxt's own options. */
export function transportSettings(options: VenueClientOptions, more: object = {}): object {
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
    has: { fetchCurrencies: false },
    options: {
      ...more,
      fetchCurrencies: false,
      recvWindow: options.recvWindowMs ?? RECV_WINDOW_MS,
      ws: {
        connectionTimeout: DIAL_TIMEOUT_MS,
        options: { perMessageDeflate: false, maxPayload: FRAME_BYTES_MAX, handshakeTimeout: DIAL_TIMEOUT_MS },
      },
    },
  }
}

/** `Retry-After` in seconds, or the time in "banned until 1573770000000", or a default. */
function pauseOf(status: number, headers: Headers, text: string, now: number): number {
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1]
  const seconds = header === undefined ? Number.NaN : Number(header)
  const until = Number(/until (\d{13})/.exec(text)?.[1] ?? Number.NaN)
  const usual = status === 418 ? PAUSE_MS.banned : PAUSE_MS.limited
  const asked = Number.isFinite(seconds) ? seconds * 1_000 : Number.isFinite(until) ? until - now : usual
  return Math.min(Math.max(asked, 1), PAUSE_MS_MAX)
}
