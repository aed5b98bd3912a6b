import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { type WebSocket, WebSocketServer } from 'ws'

type Params = Readonly<Record<string, string>>

/** What one venue says: its REST answers, and how it answers on a socket. */
export interface VenueScript {
  /** By `METHOD /path`. */
  readonly routes: Readonly<Record<string, (params: Params) => unknown>>
  /** Path of the socket with market data. */
  readonly path: string
  /** Frames are compressed. */
  readonly gzip?: true
  /** Answers to one message; an object is sent as JSON. */
  answer(text: string): readonly (object | string)[]
}

/** A venue of this machine that says what its script says. */
export interface ScriptedVenue {
  readonly url: string
  /** Every message of every socket, in the order of arrival. */
  readonly heard: string[]
  readonly requests: string[]
  /** REST answers of the script; a test may put others in their place. */
  readonly routes: Map<string, (params: Params) => unknown>
  readonly sockets: ReadonlySet<WebSocket>
  /** Sockets ever opened. */
  opened: number
  /** Set to leave messages unanswered. */
  isMute: boolean
  /** Set to answer in another way for once; undefined: as the script says. */
  instead: ((text: string) => readonly (object | string)[] | undefined) | undefined
  send(...frames: readonly (object | string)[]): void
  close(): Promise<void>
}

export async function scriptedVenue(script: VenueScript): Promise<ScriptedVenue> {
  const requests: string[] = []
  const routes = new Map(Object.entries(script.routes))
  const sockets = new Set<WebSocket>()
  const server = createServer((request, response) => void respond(routes, request, response, requests))
  const hub = new WebSocketServer({ server })
  const packed = (frame: object | string) => {
    const text = typeof frame === 'string' ? frame : JSON.stringify(frame)
    return script.gzip ? gzipSync(text) : text
  }
  hub.on('connection', (socket, request) => {
    if (!(request.url ?? '').startsWith(script.path)) return socket.close(1008, `no ${request.url}`)
    venue.opened += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.on('message', (data) => {
      const text = (data as Buffer).toString()
      venue.heard.push(text)
      if (venue.isMute) return
      for (const frame of venue.instead?.(text) ?? script.answer(text)) socket.send(packed(frame))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const venue: ScriptedVenue = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard: [],
    requests,
    routes,
    sockets,
    opened: 0,
    isMute: false,
    instead: undefined,
    send: (...frames) => {
      for (const frame of frames) for (const socket of sockets) socket.send(packed(frame))
    },
    close: async () => {
      for (const socket of sockets) socket.terminate()
      hub.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return venue
}

async function respond(
  routes: ReadonlyMap<string, (params: Params) => unknown>,
  request: IncomingMessage,
  response: ServerResponse,
  requests: string[],
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://venue')
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const params = { ...Object.fromEntries(searchParams), ...(body.startsWith('{') ? (JSON.parse(body) as Params) : {}) }
  const route = `${request.method} ${pathname}`
  requests.push(route)
  const reply = routes.get(route)?.(params)
  response.writeHead(reply === undefined ? 404 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(reply ?? { route }))
}
