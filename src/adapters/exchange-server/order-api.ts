import { API_ERRORS, type ApiError, tooManyOrders } from './api-error.ts'
import { checkSigned } from './authenticate.ts'
import { type Answer, execute, type ServerCore } from './rest-server.ts'
import type { Session, StreamHub } from './stream-hub.ts'

interface ApiRequest {
  readonly id: string | number | null
  readonly method: string
  readonly params: Readonly<Record<string, string>>
}

/** One message on `/ws-fapi/v1`, the websocket API: each request carries its own key and signature. */
export async function answerApiRequest(
  core: ServerCore,
  hub: StreamHub,
  session: Session,
  text: string,
): Promise<void> {
  const request = parse(text)
  if (request === undefined) {
    hub.send(session, JSON.stringify({ id: null, status: 400, error: { code: -1102, msg: 'Invalid request.' } }))
    return
  }
  const answer = await answerOf(core, request)
  if (answer.isLost) {
    session.socket.terminate()
    return
  }
  const limits = request.params['returnRateLimits'] === 'false' ? {} : { rateLimits: [] }
  const content = answer.status === 200 ? { result: answer.body } : { error: answer.body }
  hub.send(session, JSON.stringify({ id: request.id, status: answer.status, ...content, ...limits }))
}

async function answerOf(core: ServerCore, { method, params }: ApiRequest): Promise<Answer> {
  const refuse = ({ status, body }: ApiError): Answer => ({ status, body })
  const route = core.protocol.wsMethod(method)
  const endpoint = route && core.protocol.endpoint(route.method, route.path)
  if (route === undefined || endpoint === undefined) return refuse(API_ERRORS.unsupported)
  if (endpoint.security === 'none') return execute(core, { ...route, params })
  const checked = checkSigned(core.keys, params['apiKey'], params, payloadOf(params), core.now())
  if (!checked.ok) return refuse(checked.error)
  const { account } = checked.key
  const counted = core.orderCounts.add(account, route.method, route.path, core.now())
  if (counted?.broken !== undefined) return refuse(tooManyOrders(counted.broken))
  return execute(core, { ...route, params, account })
}

/** Parameters in alphabetical order, not encoded: "Websocket API General Info", request security. */
const payloadOf = (params: Readonly<Record<string, string>>): string =>
  Object.keys(params)
    .filter((name) => name !== 'signature')
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join('&')

function parse(text: string): ApiRequest | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('method' in value) || typeof value.method !== 'string') {
    return undefined
  }
  const id = 'id' in value && (typeof value.id === 'string' || typeof value.id === 'number') ? value.id : null
  const given = 'params' in value && typeof value.params === 'object' && value.params !== null ? value.params : {}
  const params: Record<string, string> = {}
  for (const [name, each] of Object.entries(given)) {
    if (typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean') params[name] = String(each)
  }
  return { id, method: value.method, params }
}
