import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { type RawData, WebSocketServer } from 'ws'
import type { Clock } from '../../core/clock.port.ts'
import { InputError, messageOf } from '../../core/errors.ts'
import type { EpochMs } from '../../core/units.ts'
import type { BinanceProtocol, Frames } from '../../simulation/binance/binance-protocol.ts'
import { adminRoutes, type Instance } from './admin-routes.ts'
import type { ApiKey } from './authenticate.ts'
import { listenKeys } from './listen-keys.ts'
import { answerApiRequest } from './order-api.ts'
import { orderCounts } from './order-counts.ts'
import { type OrderAction, type OrderFault, orderFaults } from './order-faults.ts'
import { restServer, type ServerCore } from './rest-server.ts'
import { type Session, type SessionKind, type StreamHub, streamHub } from './stream-hub.ts'
import { answerStreamRequest } from './stream-requests.ts'
import { readUpgrade, type Upgrade } from './upgrade.ts'

export interface ExchangeServerOptions {
  readonly protocol: BinanceProtocol
  readonly clock: Clock
  /** 0: any free port. */
  readonly port: number
  /** Default: 127.0.0.1. */
  readonly host?: string
  readonly keys: readonly ApiKey[]
  /** Said by `/simulator/instance`. */
  readonly seed: number
  /** How often the exchange is let live and frames go out. Default: 10. */
  readonly tickMs?: number
  /** Life of a listen key without a PUT. Default: 60 minutes, as on Binance. */
  readonly listenKeyLifeMs?: number
  /** A client that lets more than this wait is cut. Default: 4 MiB. */
  readonly sendBufferBytesMax?: number
  /** Without any client for so long, `onIdle` is called, and again after each further time like it. */
  readonly idleExitMs?: number
  readonly onIdle?: () => void
}

/** What tests do to their exchange. */
export interface ExchangeFaults {
  /** The next `count` depth frames of the instrument reach nobody. `name`: e.g. `BTCUSDT`. */
  dropDepthFrames(name: string, count: number): void
  /** Cuts websockets without a goodbye; number of those cut. */
  closeSockets(kind?: SessionKind): number
  /** The account's listen key ends now: `listenKeyExpired`. */
  expireListenKey(account: string): void
  /** The next `count` order requests, REST and websocket, placing unless said otherwise. */
  onOrders(count: number, fault: OrderFault, action?: OrderAction): void
  /** HTTP connections are cut now and new ones, websockets too, for so long; open websockets stay. */
  refuseConnections(ms: number): void
}

export interface ExchangeServer {
  readonly port: number
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly instance: Instance
  readonly faults: ExchangeFaults
  /** Open websockets, and clients cut because they did not read. */
  counters(): { readonly sockets: number; readonly slowClients: number }
  close(): Promise<void>
}

const TICK_MS = 10
const LISTEN_KEY_LIFE_MS = 3_600_000
const SEND_BUFFER_BYTES_MAX = 4 * 1024 * 1024
/** After a sleep of the process the market catches up in steps of this much: hours at once would block every client. */
const LEAP_MS_MAX = 1_000
/** Binance pings every three minutes. */
const PING_MS = 180_000
/** Largest message that a client may send. */
const MESSAGE_BYTES_MAX = 64 * 1024

/** Serves the protocol over HTTP and websockets. Throws `InputError` when the port cannot be had. */
export async function startExchangeServer(options: ExchangeServerOptions): Promise<ExchangeServer> {
  const { protocol } = options
  const hub = streamHub(options.sendBufferBytesMax ?? SEND_BUFFER_BYTES_MAX)
  const drops = new Map<string, number>()
  const core = serverCore(options, hub, drops)
  const instance = { id: randomUUID(), startedAt: core.now(), seed: options.seed }
  const app = restServer(core)
  adminRoutes(app, instance, core.keys, protocol, core.publish)
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MESSAGE_BYTES_MAX })
  app.server.on('upgrade', (request, socket, head) => upgrade(core, hub, sockets, request, socket, head))
  let refusedUntil = 0
  app.server.on('connection', (socket: Socket) => {
    if (options.clock.monotonicMs() < refusedUntil) socket.destroy()
  })
  const port = await listen(app, options)
  const timers = [
    setInterval(() => tick(core, hub, options), options.tickMs ?? TICK_MS),
    setInterval(() => hub.ping(), PING_MS),
  ]
  return {
    port,
    url: `http://${options.host ?? '127.0.0.1'}:${port}`,
    instance,
    faults: {
      dropDepthFrames: (name, count) => drops.set(name.toLowerCase(), count),
      closeSockets: (kind) => hub.cut(kind),
      expireListenKey: (account) => sayExpired(hub, core.listenKeys.stop(account), core.now()),
      onOrders: (count, fault, action = 'place') => core.faults.plan(count, fault, action),
      refuseConnections: (ms) => {
        refusedUntil = options.clock.monotonicMs() + ms
        app.server.closeAllConnections()
      },
    },
    counters: () => ({ sockets: hub.sessions.size, slowClients: hub.slowCount() }),
    close: async () => {
      for (const timer of timers) clearInterval(timer)
      hub.cut()
      sockets.close()
      await app.close()
    },
  }
}

interface IdleCore extends ServerCore {
  /** Monotonic ms since the last sign of a client. */
  idleMs(): number
}

function serverCore(options: ExchangeServerOptions, hub: StreamHub, drops: Map<string, number>): IdleCore {
  const { protocol, clock } = options
  let last = clock.now()
  let touchedAt = clock.monotonicMs()
  const keys = new Map(options.keys.map((key) => [key.apiKey, key]))
  const lives = listenKeys(options.listenKeyLifeMs ?? LISTEN_KEY_LIFE_MS)
  const startedAt = last - clock.monotonicMs()
  const now = (): EpochMs => {
    last = Math.min(startedAt + clock.monotonicMs(), last + LEAP_MS_MAX) as EpochMs
    return last
  }
  return {
    protocol,
    keys,
    listenKeys: lives,
    faults: orderFaults(),
    orderCounts: orderCounts(),
    now,
    publish: () => {
      const frames = protocol.frames(now(), hub.isWanted)
      send(hub, frames, drops, lives.keyOf)
    },
    touch: () => {
      touchedAt = clock.monotonicMs()
    },
    idleMs: () => clock.monotonicMs() - touchedAt,
  }
}

function send(
  hub: StreamHub,
  frames: Frames,
  drops: Map<string, number>,
  keyOf: (account: string) => string | undefined,
): void {
  for (const { stream, data } of frames.streams) {
    const [name = '', channel = ''] = stream.split('@')
    const left = channel === 'depth' ? (drops.get(name) ?? 0) : 0
    if (left > 0) drops.set(name, left - 1)
    else hub.publish(stream, data)
  }
  for (const { account, data } of frames.users) {
    const key = keyOf(account)
    if (key !== undefined) hub.publishPrivate(key, data)
  }
}

function tick(core: IdleCore, hub: StreamHub, options: ExchangeServerOptions): void {
  core.publish()
  for (const key of core.listenKeys.expire(core.now())) sayExpired(hub, key, core.now())
  if (hub.sessions.size > 0) core.touch()
  if (options.idleExitMs !== undefined && core.idleMs() >= options.idleExitMs) {
    core.touch()
    options.onIdle?.()
  }
}

function sayExpired(hub: StreamHub, listenKey: string | undefined, now: EpochMs): void {
  if (listenKey === undefined) return
  hub.publishPrivate(listenKey, JSON.stringify({ e: 'listenKeyExpired', E: Math.floor(now), listenKey }))
}

async function listen(app: FastifyInstance, options: ExchangeServerOptions): Promise<number> {
  const host = options.host ?? '127.0.0.1'
  try {
    await app.listen({ port: options.port, host })
  } catch (thrown) {
    throw new InputError(
      `port was ${options.port} on ${host}: it must be free to listen on (${messageOf(thrown)})`,
      { port: options.port, host },
      thrown,
    )
  }
  return (app.server.address() as AddressInfo).port
}

const REFUSALS = { 400: 'Bad Request', 404: 'Not Found' } as const

function upgrade(
  core: ServerCore,
  hub: StreamHub,
  sockets: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  core.touch()
  // Node takes its own listener off at the upgrade: a reset by the client must not end the process.
  socket.on('error', () => socket.destroy())
  const asked = readUpgrade(
    request.url ?? '/',
    core.protocol.category,
    (key) => core.listenKeys.accountOf(key) !== undefined,
  )
  if (!asked.ok) {
    socket.end(`HTTP/1.1 ${asked.status} ${REFUSALS[asked.status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    return
  }
  sockets.handleUpgrade(request, socket, head, (client) => {
    const { kind, isCombined } = asked
    const session: Session = { kind, isCombined, socket: client, streams: new Set(), ...keyPart(asked) }
    hub.open(session)
    for (const stream of asked.streams) hub.subscribe(session, stream)
    client.on('message', (data: RawData) => answer(core, hub, session, data))
  })
}

const keyPart = (asked: Extract<Upgrade, { ok: true }>) =>
  asked.listenKey === undefined ? {} : { listenKey: asked.listenKey }

function answer(core: ServerCore, hub: StreamHub, session: Session, data: RawData): void {
  // The default binary type gives one Buffer for every message.
  const text = (data as Buffer).toString('utf8')
  if (session.kind === 'api') void answerApiRequest(core, hub, session, text)
  else hub.send(session, JSON.stringify(answerStreamRequest(hub, session, text, core.protocol.category)))
}
