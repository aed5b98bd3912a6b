import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { seededRandom } from '../../src/core/random.ts'
import { epochMs } from '../../src/core/units.ts'
import { exchangeInfo } from '../../src/simulation/binance/exchange-info.ts'
import { listingOf } from '../../src/simulation/binance/listing.ts'
import { BTCUSDT } from '../market/instruments.ts'
import { type FloodMarket, floodMarket } from './flood-market.ts'

/** What the parent asks for, as the first argument, JSON. */
export interface FloodSettings {
  readonly seed: number
  readonly instruments: number
  readonly messagesPerSecond: number
  readonly faults: boolean
}

/** Every second, to the parent. Counts since the start of frames handed to sockets that live, and of harm done. */
export interface FloodReport {
  readonly port: number
  readonly sent: number
  readonly deltas: number
  readonly trades: number
  readonly droppedFrames: number
  readonly repeatedFrames: number
  readonly brokenFrames: number
  readonly cutSockets: number
  /** Nothing more is sent. */
  readonly isSilent: boolean
  /** Messages that the clock asked for and the machine did not make. */
  readonly behind: number
}

const settings = JSON.parse(process.argv[2] ?? '{}') as FloodSettings
const TICK_MS = 10
const FAULT_MS = 2_000
/** Bytes that wait in a socket; a reader slower than this loses frames, as at a real venue, and the socket with them. */
const BACKLOG_BYTES_MAX = 32 * 1024 * 1024

const random = seededRandom(settings.seed)
const names = Array.from({ length: settings.instruments }, (_, nth) => `C${String(nth).padStart(2, '0')}USDT`)
const markets = new Map<string, FloodMarket>(names.map((name) => [name, floodMarket(name, random)]))
const ring = [...markets.values()]
/** Sockets by stream, e.g. `c00usdt@depth@100ms`. */
const listeners = new Map<string, Set<WebSocket>>()
const report = {
  port: 0,
  sent: 0,
  deltas: 0,
  trades: 0,
  droppedFrames: 0,
  repeatedFrames: 0,
  brokenFrames: 0,
  cutSockets: 0,
  behind: 0,
  isSilent: false,
}
let dropNext = 0
let repeatNext = 0
let breakNext = 0

const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T

function send(stream: string, text: string): void {
  const sockets = listeners.get(stream)
  if (!sockets || sockets.size === 0) return
  if (dropNext > 0) {
    dropNext -= 1
    report.droppedFrames += 1
    return
  }
  const isBroken = breakNext > 0
  if (isBroken) {
    breakNext -= 1
    report.brokenFrames += 1
  }
  const copies = repeatNext > 0 ? 2 : 1
  if (copies === 2) {
    repeatNext -= 1
    report.repeatedFrames += 1
  }
  for (const socket of sockets) {
    if (socket.bufferedAmount > BACKLOG_BYTES_MAX) {
      socket.terminate()
      report.cutSockets += 1
      continue
    }
    for (let copy = 0; copy < copies; copy += 1) socket.send(isBroken ? text.slice(0, text.length / 2) : text)
    if (isBroken) continue
    report.sent += copies
    if (stream.includes('@depth')) report.deltas += copies
    else if (stream.includes('@aggTrade')) report.trades += copies
  }
}

let turn = 0
function sayOne(at: number): void {
  const market = ring[turn % ring.length] as FloodMarket
  const name = market.venueSymbol.toLowerCase()
  const round = Math.floor(turn / ring.length)
  turn += 1
  const kind = round % 20
  if (kind === 19) send(`${name}@markPrice@1s`, market.mark(at))
  else if (kind % 4 === 3) send(`${name}@bookTicker`, market.quote(at))
  else if (kind % 4 === 2) send(`${name}@aggTrade`, market.trade(at))
  else send(`${name}@depth@100ms`, market.depth(at))
}

/** `calm`: no harm from now on; `silent`: no message either. */
let mood: 'wild' | 'calm' | 'silent' = settings.faults ? 'wild' : 'calm'
const startedAt = performance.now()
let made = 0
/** At most this much is made up after a stall: more would be a burst of its own. */
const CATCH_UP_MS = 1_000
setInterval(() => {
  const due = Math.floor(((performance.now() - startedAt) / 1_000) * settings.messagesPerSecond)
  const most = (settings.messagesPerSecond * CATCH_UP_MS) / 1_000
  if (due - made > most) {
    report.behind += due - made - most
    made = due - most
  }
  if (mood === 'silent') return
  const at = Date.now()
  for (; made < due; made += 1) sayOne(at)
}, TICK_MS)

setInterval(() => {
  if (mood !== 'wild') return
  const kind = random()
  if (kind < 0.5) dropNext = 1 + Math.floor(random() * 5)
  else if (kind < 0.8) repeatNext = 1 + Math.floor(random() * 5)
  else if (kind < 0.95) breakNext = 1
  else {
    pick([...server.clients])?.terminate()
    report.cutSockets += 1
  }
}, FAULT_MS)
process.on('message', (next: typeof mood) => {
  mood = next
  report.isSilent = next === 'silent'
  dropNext = 0
  repeatNext = 0
  breakNext = 0
})
setInterval(() => process.send?.(report), 1_000)

const reply = (response: ServerResponse, body: string): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(body)
}
const listings = names.map((venueSymbol) => {
  const base = venueSymbol.slice(0, -4)
  return listingOf({ ...BTCUSDT, symbol: `${base}/USDT:USDT`, venueSymbol, base })
})
const http = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const market = markets.get(url.searchParams.get('symbol') ?? '')
  if (url.pathname.endsWith('/exchangeInfo')) {
    reply(response, JSON.stringify(exchangeInfo(listings, 1_000_000, epochMs(Date.now()))))
  } else if (url.pathname.endsWith('/depth') && market) reply(response, market.snapshot(Date.now()))
  else if (url.pathname.endsWith('/time')) reply(response, JSON.stringify({ serverTime: Date.now() }))
  else response.writeHead(404).end('{"code":-1,"msg":"not here"}')
})
const server = new WebSocketServer({ server: http, perMessageDeflate: false })
server.on('connection', (socket) => {
  socket.on('error', () => socket.terminate())
  socket.on('message', (data: Buffer) => {
    const { method, params, id } = JSON.parse(data.toString()) as { method: string; params: string[]; id: number }
    for (const stream of params) {
      const set = listeners.get(stream) ?? new Set()
      listeners.set(stream, set)
      if (method === 'SUBSCRIBE') set.add(socket)
      else set.delete(socket)
    }
    socket.send(JSON.stringify({ result: null, id }))
  })
  socket.on('close', () => {
    for (const set of listeners.values()) set.delete(socket)
  })
})
http.listen(0, '127.0.0.1', () => {
  report.port = (http.address() as AddressInfo).port
  process.send?.(report)
})
process.on('disconnect', () => process.exit(0))
