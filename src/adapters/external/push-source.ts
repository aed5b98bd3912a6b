import { createHash, timingSafeEqual } from 'node:crypto'
import Fastify, { type FastifyInstance } from 'fastify'
import { InputError, messageOf } from '../../core/errors.ts'
import type { ExternalReading, ExternalSource } from '../../features/external-series.port.ts'
import { externalReading, type ReadingRules } from './external-reading.ts'

export interface PushSourceOptions extends ReadingRules {
  /** TCP port on loopback; 0: any free one. */
  readonly port: number
  /** What the sender shows as `Authorization: Bearer …`. */
  readonly token: string
}

export interface PushSource extends ExternalSource {
  /** Where it listens; 0 before the start. */
  readonly port: number
}

const HOST = '127.0.0.1'
const BODY_BYTES_MAX = 65_536
const READINGS_MAX = 1_000
const REQUEST_MS_MAX = 10_000

/**
 * Takes readings by `POST /external`: one object or a list of up to 1,000, all of them or none. Listens on loopback only. Answers 202,
 * or 401 without the token, 400 with the rule that was broken, 413 for too much.
 */
export function pushSource(options: PushSourceOptions): PushSource {
  const app = Fastify({ bodyLimit: BODY_BYTES_MAX, requestTimeout: REQUEST_MS_MAX, logger: false })
  let port = 0
  return {
    get port() {
      return port
    },
    async start(onReading, onProblem) {
      route(app, options, onReading, onProblem)
      try {
        await app.listen({ port: options.port, host: HOST })
      } catch (error) {
        throw new InputError(
          `external port was ${options.port}; it must be free to listen on (${messageOf(error)})`,
          { port: options.port },
          error,
        )
      }
      const address = app.server.address()
      port = typeof address === 'object' && address !== null ? address.port : 0
    },
    close: async () => {
      await app.close()
    },
  }
}

function route(
  app: FastifyInstance,
  options: PushSourceOptions,
  onReading: (reading: ExternalReading) => void,
  onProblem: (problem: string) => void,
): void {
  const expected = digest(`Bearer ${options.token}`)
  // Before the body is read: who may not push costs nothing.
  app.addHook('onRequest', async (request, reply) => {
    if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return
    await reply.code(401).send({ error: 'the header authorization must be Bearer and the token' })
  })
  app.post('/external', async (request, reply) => {
    const readings = readingsOf(request.body, options)
    if ('refused' in readings) {
      onProblem(`pushed: ${readings.refused}`)
      return await reply.code(400).send({ error: readings.refused })
    }
    for (const reading of readings.accepted) onReading(reading)
    return await reply.code(202).send({ accepted: readings.accepted.length })
  })
  app.setErrorHandler(async (error: { readonly statusCode?: number; readonly message: string }, _request, reply) => {
    const code = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500
    await reply.code(code).send({ error: code < 500 ? error.message : 'the reading could not be taken' })
  })
}

/** Hashes have one length, and comparing them tells nothing of the token. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function readingsOf(
  body: unknown,
  rules: ReadingRules,
): { readonly accepted: readonly ExternalReading[] } | { readonly refused: string } {
  const list = Array.isArray(body) ? (body as readonly unknown[]) : [body]
  if (list.length === 0 || list.length > READINGS_MAX) {
    return { refused: `the list had ${list.length} readings; it must have 1 to ${READINGS_MAX}` }
  }
  const accepted: ExternalReading[] = []
  for (const [at, raw] of list.entries()) {
    const result = externalReading(raw, rules)
    if ('refused' in result) return { refused: list.length === 1 ? result.refused : `reading ${at}: ${result.refused}` }
    accepted.push(result)
  }
  return { accepted }
}
