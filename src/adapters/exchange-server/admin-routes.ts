import type { FastifyInstance } from 'fastify'
import type { BinanceProtocol } from '../../simulation/binance/binance-protocol.ts'
import type { ApiKey } from './authenticate.ts'

export interface Instance {
  /** Changes with every start: a client that kept state can tell that the exchange's is gone. */
  readonly id: string
  /** Epoch ms. */
  readonly startedAt: number
  readonly seed: number
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** `/simulator/*`: what no real exchange tells. For tests and the demo; answers loopback only. */
export function adminRoutes(
  app: FastifyInstance,
  instance: Instance,
  keys: ReadonlyMap<string, ApiKey>,
  protocol: BinanceProtocol,
  publish: () => void,
): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/simulator/') || LOOPBACK.has(request.socket.remoteAddress ?? '')) return
    await reply.code(403).send({ msg: 'loopback only' })
  })
  app.get('/simulator/instance', () => instance)
  app.get<{ Querystring: { apiKey?: string } }>('/simulator/ledger', (request, reply) => {
    const key = keys.get(request.query.apiKey ?? '')
    if (key === undefined) return reply.code(404).send({ msg: 'apiKey: no such key' })
    publish()
    return protocol.ledger(key.account)
  })
}
