import type { Session, StreamHub } from './stream-hub.ts'

/** Streams that one connection may carry, as on Binance USD-M. */
const STREAMS_MAX = 200

interface StreamRequest {
  readonly method: string
  readonly params: readonly string[]
  readonly id: string | number | null
}

/** Answers one message of a client on a stream connection. `category`: which endpoint serves a stream. */
export function answerStreamRequest(
  hub: StreamHub,
  session: Session,
  text: string,
  category: (stream: string) => string | undefined,
): unknown {
  const request = parse(text)
  if (request === undefined) {
    return { error: { code: 3, msg: 'Invalid JSON: a request is {"method":string,"params":string[],"id":number}' } }
  }
  const { method, params, id } = request
  const refused = (msg: string) => ({ error: { code: 2, msg: `Invalid request: ${msg}` }, id })
  switch (method) {
    case 'SUBSCRIBE': {
      const unknown = params.find((stream) => category(stream) !== session.kind)
      if (unknown !== undefined) return refused(`invalid stream ${JSON.stringify(unknown)} on /${session.kind}`)
      if (new Set([...session.streams, ...params]).size > STREAMS_MAX)
        return refused(`more than ${STREAMS_MAX} streams`)
      for (const stream of params) hub.subscribe(session, stream)
      return { result: null, id }
    }
    case 'UNSUBSCRIBE':
      for (const stream of params) hub.unsubscribe(session, stream)
      return { result: null, id }
    case 'LIST_SUBSCRIPTIONS':
      return { result: [...session.streams], id }
    default:
      return refused(`unknown method ${JSON.stringify(method)}`)
  }
}

function parse(text: string): StreamRequest | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('method' in value) || typeof value.method !== 'string') {
    return undefined
  }
  const params = 'params' in value && Array.isArray(value.params) ? value.params : []
  const id = 'id' in value && (typeof value.id === 'string' || typeof value.id === 'number') ? value.id : null
  if (!params.every((each) => typeof each === 'string')) return undefined
  return { method: value.method, params, id }
}
