import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { EpochMs } from '../../core/units.ts'
import type { BinanceProtocol } from '../../simulation/binance/binance-protocol.ts'
import type { BinanceRequest, HttpMethod } from '../../simulation/binance/request.ts'
import { API_ERRORS, type ApiError, tooManyOrders, tooManyRequests, UNAVAILABLE } from './api-error.ts'
import { type ApiKey, checkKey, checkSigned, signedPayload } from './authenticate.ts'
import type { ListenKeys } from './listen-keys.ts'
import type { OrderCounts } from './order-counts.ts'
import type { OrderFault, OrderFaults } from './order-faults.ts'
import { requestWeight } from './request-weight.ts'

/** What both request paths (REST and websocket API) work on. */
export interface ServerCore {
  readonly protocol: BinanceProtocol
  readonly keys: ReadonlyMap<string, ApiKey>
  readonly listenKeys: ListenKeys
  readonly faults: OrderFaults
  readonly orderCounts: OrderCounts
  /** Exchange time; never runs backwards. */
  now(): EpochMs
  /** Lets the exchange live up to now and sends what it has to say. */
  publish(): void
  /** For the idle watch. */
  touch(): void
}

export interface Answer {
  readonly status: number
  readonly body: unknown
  /** Executed, but the client must not hear of it. */
  readonly isLost?: boolean
}

const errorAnswer = ({ status, body }: ApiError): Answer => ({ status, body })

/** Binance's gateway answers without a code. */
const unavailable = (core: ServerCore, path: string, msg: string): Answer => ({
  status: 503,
  body: { timestamp: Math.floor(core.now()), path, msg },
})

/** Executes one authenticated request under the fault that is planned for it, if any. */
export async function execute(core: ServerCore, request: Omit<BinanceRequest, 'now'>): Promise<Answer> {
  const fault: OrderFault | undefined = core.faults.take(request.method, request.path)
  if (fault?.kind === '503-not-accepted') return unavailable(core, request.path, UNAVAILABLE.refused)
  if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms))
  core.publish()
  const answer = core.protocol.handle({ ...request, now: core.now() })
  core.publish()
  if (fault?.kind === '503-accepted') return unavailable(core, request.path, UNAVAILABLE.unknown)
  return fault?.kind === 'accept-but-lose-response' ? { ...answer, isLost: true } : answer
}

/** The REST side: `/fapi/*`. Binance takes parameters from the query and from a form body alike. */
export function restServer(core: ServerCore): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true, routerOptions: { ignoreTrailingSlash: true } })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  const weight = requestWeight(core.protocol.requestWeightMax)
  app.all('/fapi/*', async (request, reply) => {
    core.touch()
    const answer = await answerRest(core, weight, request, reply)
    if (answer.isLost) {
      reply.hijack()
      request.raw.socket.destroy()
      return
    }
    return reply.code(answer.status).type('application/json; charset=utf-8').send(JSON.stringify(answer.body))
  })
  return app
}

async function answerRest(
  core: ServerCore,
  weight: ReturnType<typeof requestWeight>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Answer> {
  const [path = '', query = ''] = request.url.split(/\?(.*)/s)
  const body = typeof request.body === 'string' ? request.body : ''
  const { method } = request
  const isListenKey = path === '/fapi/v1/listenKey'
  const endpoint = isListenKey ? { security: 'key' as const, weight: 1 } : core.protocol.endpoint(method, path)
  const { used, isOver } = weight.add(request.ip, endpoint?.weight ?? 1, core.now())
  void reply.header('x-mbx-used-weight-1m', String(used))
  if (isOver) {
    void reply.header('retry-after', '60')
    return errorAnswer(tooManyRequests(core.protocol.requestWeightMax))
  }
  if (endpoint === undefined) return { status: 404, body: { code: -1000, msg: `No such endpoint: ${method} ${path}` } }
  const params = Object.fromEntries([...new URLSearchParams(query), ...new URLSearchParams(body)])
  const header = request.headers['x-mbx-apikey']
  const apiKey = typeof header === 'string' ? header : undefined
  if (endpoint.security === 'none') return execute(core, { method: method as HttpMethod, path, params })
  const checked =
    endpoint.security === 'key'
      ? checkKey(core.keys, apiKey)
      : checkSigned(core.keys, apiKey, params, signedPayload(query, body), core.now())
  if (!checked.ok) return errorAnswer(checked.error)
  const { account } = checked.key
  if (isListenKey) return answerListenKey(core, method, account)
  const counted = core.orderCounts.add(account, method, path, core.now())
  void reply.headers(counted?.headers ?? {})
  if (counted?.broken !== undefined) return errorAnswer(tooManyOrders(counted.broken))
  return execute(core, { method: method as HttpMethod, path, params, account })
}

function answerListenKey({ listenKeys, now }: ServerCore, method: string, account: string): Answer {
  switch (method) {
    case 'POST':
      return { status: 200, body: { listenKey: listenKeys.start(account, now()) } }
    case 'PUT':
      return listenKeys.keepAlive(account, now())
        ? { status: 200, body: { listenKey: listenKeys.start(account, now()) } }
        : errorAnswer(API_ERRORS.listenKey)
    case 'DELETE':
      return listenKeys.stop(account) === undefined ? errorAnswer(API_ERRORS.listenKey) : { status: 200, body: {} }
    default:
      return { status: 404, body: { code: -1000, msg: `No such endpoint: ${method} /fapi/v1/listenKey` } }
  }
}
