import Big from 'big.js'
import type { EpochMs } from '../../core/units.ts'
import type { AccountId } from '../exchange/exchange.ts'
import type { ExchangeOutput } from '../exchange/exchange-output.ts'
import type { SimulatedExchange } from '../exchange/simulated-exchange.ts'
import { accountRoutes } from './account-routes.ts'
import { algoRoutes } from './algo-routes.ts'
import { type Ledger, ledgerOf } from './ledger.ts'
import { listingsOf } from './listing.ts'
import { marketRoutes } from './market-routes.ts'
import { marketState } from './market-state.ts'
import { type Emit, marketStreams, streamCategory } from './market-streams.ts'
import { orderRoutes } from './order-routes.ts'
import { BinanceRefusal } from './refusal.ts'
import { type BinanceRequest, type BinanceResponse, type HttpMethod, paramsOf, type Security } from './request.ts'
import type { CashRow, Routes, Venue } from './routes.ts'
import { userFrames } from './user-frames.ts'

/** Key pair that the demo uses. It guards nothing: the simulator listens on loopback and its money is made up. */
export const DEMO_KEY = { apiKey: 'demo', secret: 'demo', account: 'demo' } as const

const CASH_ROWS_MAX = 1_000
/** Requests per minute and address, in Binance's weights. */
const REQUEST_WEIGHT_MAX = 2_400

export interface ProtocolSettings {
  readonly now: EpochMs
  readonly fundingIntervalMs: number
  /** Default: 2,400 a minute, as on Binance. */
  readonly requestWeightMax?: number
}

export interface StreamFrame {
  /** E.g. `btcusdt@depth@100ms`. */
  readonly stream: string
  /** JSON. */
  readonly data: string
}

export interface UserFrame {
  readonly account: AccountId
  /** JSON. */
  readonly data: string
}

/** What to send, each list in the order of events. */
export interface Frames {
  readonly streams: readonly StreamFrame[]
  readonly users: readonly UserFrame[]
}

export interface BinanceProtocol {
  readonly requestWeightMax: number
  /** Undefined: no such endpoint. */
  endpoint(method: string, path: string): { readonly security: Security; readonly weight: number } | undefined
  /** Answers at the state of the last `frames` call: call it before, and after for what the request caused. Never throws a refusal. */
  handle(request: BinanceRequest): BinanceResponse
  /** The REST endpoint behind a method of the websocket API; undefined: no such method. */
  wsMethod(method: string): { readonly method: HttpMethod; readonly path: string } | undefined
  /** Which of the split websocket endpoints serves a stream; undefined: no such stream. */
  category(stream: string): 'public' | 'market' | undefined
  /** Lets the exchange live up to `now` and gives what it has to say; streams that nobody wants are not rendered. */
  frames(now: EpochMs, wanted: (stream: string) => boolean): Frames
  ledger(account: AccountId): Ledger
}

const WS_METHODS: Readonly<Record<string, readonly [HttpMethod, string]>> = {
  'order.place': ['POST', '/fapi/v1/order'],
  'order.modify': ['PUT', '/fapi/v1/order'],
  'order.cancel': ['DELETE', '/fapi/v1/order'],
  'order.status': ['GET', '/fapi/v1/order'],
  'algoOrder.place': ['POST', '/fapi/v1/algoOrder'],
  'algoOrder.cancel': ['DELETE', '/fapi/v1/algoOrder'],
  'account.balance': ['GET', '/fapi/v2/balance'],
  'v2/account.balance': ['GET', '/fapi/v3/balance'],
  'account.status': ['GET', '/fapi/v2/account'],
  'v2/account.status': ['GET', '/fapi/v3/account'],
  'account.position': ['GET', '/fapi/v2/positionRisk'],
  'v2/account.position': ['GET', '/fapi/v3/positionRisk'],
  depth: ['GET', '/fapi/v1/depth'],
  'ticker.price': ['GET', '/fapi/v2/ticker/price'],
  'ticker.book': ['GET', '/fapi/v1/ticker/bookTicker'],
}

/** Binance USD-M's protocol over a simulated exchange: pure, without sockets, signatures and clocks. */
export function createBinanceProtocol(exchange: SimulatedExchange, settings: ProtocolSettings): BinanceProtocol {
  exchange.drain() // What happened before has no listener; the states below start from the book as it stands.
  const listings = listingsOf(exchange.instruments)
  const markets = new Map(listings.all.map((listing) => [listing.symbol, marketState(exchange, listing, settings.now)]))
  const streams = new Map([...markets].map(([symbol, state]) => [symbol, marketStreams(state)]))
  const streamNames = new Set(listings.all.map(({ streamName }) => streamName))
  const books = accountBooks(listings)
  const venue: Venue = {
    exchange,
    listings,
    market: (name) => markets.get(listings.named(name).symbol)!,
    markets: [...markets.values()],
    requestWeightMax: settings.requestWeightMax ?? REQUEST_WEIGHT_MAX,
    cash: books.cash,
    fundingIntervalMs: settings.fundingIntervalMs,
  }
  const routes: Routes = {
    ...marketRoutes(venue),
    ...orderRoutes(venue),
    ...algoRoutes(venue),
    ...accountRoutes(venue),
  }
  return {
    requestWeightMax: venue.requestWeightMax,
    endpoint: (method, path) => routes[`${method} ${path}`],
    handle: (request) => answer(routes, request),
    wsMethod: (name) => {
      const found = Object.hasOwn(WS_METHODS, name) ? WS_METHODS[name] : undefined
      return found && { method: found[0], path: found[1] }
    },
    category: (stream) => streamCategory(stream, (name) => streamNames.has(name)),
    frames: (now, wanted) => {
      exchange.advance(now)
      const outputs = exchange.drain()
      books.apply(outputs)
      const frames: { streams: StreamFrame[]; users: UserFrame[] } = { streams: [], users: [] }
      const emit: Emit = (stream, make) => {
        if (wanted(stream)) frames.streams.push({ stream, data: JSON.stringify(make()) })
      }
      for (const output of outputs) {
        if ('account' in output) {
          for (const frame of userFrames(venue, output, books.realised, now)) {
            frames.users.push({ account: output.account, data: JSON.stringify(frame) })
          }
        } else if (output.kind !== 'insurance') {
          streams.get(output.symbol)!.apply(output, now, emit)
        }
      }
      for (const stream of streams.values()) stream.flush(now, emit)
      return frames
    },
    ledger: (account) => ledgerOf(venue, account),
  }
}

function answer(routes: Routes, { method, path, params, account, now }: BinanceRequest): BinanceResponse {
  const route = routes[`${method} ${path}`]
  if (route === undefined) return { status: 404, body: { code: -1000, msg: `No such endpoint: ${method} ${path}` } }
  try {
    return { status: 200, body: route.handler({ params: paramsOf(params), account: account ?? '', now }) }
  } catch (thrown) {
    if (!(thrown instanceof BinanceRefusal)) throw thrown
    const { status, code, msg } = thrown.error
    return { status, body: { code, msg } }
  }
}

/** Sums and rows per account that frames and `income` need and the exchange does not keep. */
function accountBooks(listings: Venue['listings']) {
  const realisedBy = new Map<string, Big>()
  const cashBy = new Map<AccountId, CashRow[]>()
  let cashId = 0
  const keepCash = (output: Extract<ExchangeOutput, { kind: 'account' }>) => {
    if (output.reason === 'ORDER' || output.reason === 'MARGIN_TRANSFER') return
    const rows = cashBy.get(output.account) ?? []
    cashBy.set(output.account, rows)
    cashId += 1
    const first = output.positions[0]
    const isFunding = output.reason === 'FUNDING_FEE'
    rows.push({
      account: output.account,
      at: output.at,
      reason: isFunding ? 'FUNDING_FEE' : 'TRANSFER',
      name: isFunding && first !== undefined ? listings.of(first.symbol).name : '',
      amount: output.walletChange,
      currency: listings.all[0]?.instrument.settle ?? '',
      id: cashId,
    })
    if (rows.length > CASH_ROWS_MAX) rows.shift()
  }
  return {
    cash: (account: AccountId): readonly CashRow[] => cashBy.get(account) ?? [],
    realised: (account: AccountId, symbol: string, positionSide: string) =>
      (realisedBy.get(`${account} ${symbol} ${positionSide}`) ?? new Big(0)).toFixed(8),
    apply: (outputs: readonly ExchangeOutput[]) => {
      for (const output of outputs) {
        if (output.kind === 'account') keepCash(output)
        if (output.kind !== 'order' || output.fill === undefined) continue
        const key = `${output.account} ${output.order.symbol} ${output.fill.positionSide}`
        realisedBy.set(key, (realisedBy.get(key) ?? new Big(0)).plus(output.fill.realisedPnl))
      }
    },
  }
}
