import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Instrument } from '../../../../src/core/instrument.ts'

export interface StubReply {
  readonly status?: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}
/** `drop`: the connection breaks without an answer. `hang`: no answer at all. */
export type StubAnswer = StubReply | 'drop' | 'hang'
export type StubRoute = (params: Readonly<Record<string, string>>) => StubAnswer | Promise<StubAnswer>

export interface StubRequest {
  readonly route: string
  readonly params: Readonly<Record<string, string>>
}

/** Speaks just enough of Binance USD-M to say anything that a test wants said. */
export interface StubVenue {
  readonly url: string
  /** By `METHOD /path`; those of a test come first. */
  readonly routes: Map<string, StubRoute>
  readonly requests: StubRequest[]
  /** Open sockets of `/public`, `/market`, `/private`. */
  sockets(category: string): readonly WebSocket[]
  /** Streams asked for, per socket ever opened. */
  readonly subscriptions: string[][]
  /** Set to leave SUBSCRIBE unanswered. */
  isMute: boolean
  send(category: string, ...frames: readonly (object | string)[]): void
  close(): Promise<void>
}

const filters = [
  { filterType: 'PRICE_FILTER', minPrice: '0.10', maxPrice: '1000000', tickSize: '0.10' },
  { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
  { filterType: 'MARKET_LOT_SIZE', minQty: '0.001', maxQty: '120', stepSize: '0.001' },
  { filterType: 'MIN_NOTIONAL', notional: '100' },
]
export const listed = (base: string, status = 'TRADING') => ({
  symbol: `${base}USDT`,
  pair: `${base}USDT`,
  contractType: 'PERPETUAL',
  deliveryDate: 4_133_404_800_000,
  onboardDate: 1_569_398_400_000,
  status,
  baseAsset: base,
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  pricePrecision: 2,
  quantityPrecision: 3,
  baseAssetPrecision: 8,
  quotePrecision: 8,
  filters,
  orderTypes: ['LIMIT', 'MARKET'],
  timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
})

export const instrumentOf = (base: string): Instrument => ({
  symbol: `${base}/USDT:USDT`,
  venueSymbol: `${base}USDT`,
  base,
  quote: 'USDT',
  settle: 'USDT',
  tickSize: '0.10',
  lotSize: '0.001',
  contractSize: '1',
  inverse: false,
  lotsMin: 1,
  lotsMax: 1_000_000,
  lotsMaxMarket: 120_000,
  notionalMin: 100,
  makerFeeRate: 0.0002,
  takerFeeRate: 0.0005,
})

const usual: Readonly<Record<string, StubRoute>> = {
  'GET /fapi/v1/time': () => ({ body: { serverTime: Date.now() } }),
  'GET /fapi/v1/exchangeInfo': () => ({
    body: { timezone: 'UTC', symbols: [listed('BTC'), listed('ETH'), listed('OLD', 'SETTLING')] },
  }),
  'GET /fapi/v1/depth': () => ({
    body: { lastUpdateId: 100, E: Date.now(), T: Date.now(), bids: [['100.0', '1.000']], asks: [['100.1', '2.000']] },
  }),
  'GET /fapi/v1/openAlgoOrders': () => ({ body: [] }),
  'GET /fapi/v1/algoOrder': () => ({ status: 400, body: { code: -2013, msg: 'Order does not exist.' } }),
  'DELETE /fapi/v1/algoOrder': () => ({ status: 400, body: { code: -2011, msg: 'Unknown order sent.' } }),
  'POST /fapi/v1/listenKey': () => ({ body: { listenKey: 'key-1' } }),
  'PUT /fapi/v1/listenKey': () => ({ body: {} }),
}

export async function stubVenue(): Promise<StubVenue> {
  const routes = new Map<string, StubRoute>()
  const requests: StubRequest[] = []
  const open = new Map<WebSocket, string>()
  const subscriptions: string[][] = []
  const server = createServer((request, response) => void answer(request, response, routes, requests))
  const hub = new WebSocketServer({ server })
  hub.on('connection', (socket, request) => {
    open.set(socket, request.url ?? '')
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
    socket.on('message', (data) => {
      const { id, params } = JSON.parse((data as Buffer).toString()) as { id: number; params: string[] }
      subscriptions.push(params)
      if (!venue.isMute) socket.send(JSON.stringify({ result: null, id }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sockets = (category: string) => [...open].filter(([, url]) => url.startsWith(`/${category}/`)).map(([s]) => s)
  const venue: StubVenue = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    routes,
    requests,
    sockets,
    subscriptions,
    isMute: false,
    send: (category, ...frames) => {
      for (const frame of frames) {
        for (const socket of sockets(category)) socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
      }
    },
    close: async () => {
      for (const socket of open.keys()) socket.terminate()
      hub.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return venue
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: ReadonlyMap<string, StubRoute>,
  requests: StubRequest[],
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stub')
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const params = { ...Object.fromEntries(searchParams), ...Object.fromEntries(new URLSearchParams(body)) }
  const route = `${request.method} ${pathname}`
  requests.push({ route, params })
  const found: StubAnswer = await (routes.get(route) ?? usual[route] ?? (() => ({ status: 404, body: {} })))(params)
  if (found === 'hang') return
  if (found === 'drop') return void request.socket.destroy()
  response.writeHead(found.status ?? 200, { 'content-type': 'application/json', ...found.headers })
  response.end(typeof found.body === 'string' ? found.body : JSON.stringify(found.body))
}
