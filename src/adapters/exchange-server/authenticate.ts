import { createHmac, timingSafeEqual } from 'node:crypto'
import type { EpochMs } from '../../core/units.ts'
import { API_ERRORS, type ApiError, missing } from './api-error.ts'

export interface ApiKey {
  readonly apiKey: string
  readonly secret: string
  /** Account of the exchange that the key opens; several keys may open one. */
  readonly account: string
}

export type Authentication =
  | { readonly ok: true; readonly key: ApiKey }
  | { readonly ok: false; readonly error: ApiError }

const RECV_WINDOW_MS = 5_000
const RECV_WINDOW_MS_MAX = 60_000
/** A request may be from the future by so much. */
const AHEAD_MS_MAX = 1_000

const refuse = (error: ApiError): Authentication => ({ ok: false, error })

/** API key alone: listen keys and historical trades. */
export function checkKey(keys: ReadonlyMap<string, ApiKey>, apiKey: string | undefined): Authentication {
  if (apiKey === undefined || apiKey === '') return refuse(API_ERRORS.keyFormat)
  const key = keys.get(apiKey)
  return key === undefined ? refuse(API_ERRORS.keyUnknown) : { ok: true, key }
}

/** `payload`: what was signed, exactly as it came. "SIGNED Endpoint Security" of Binance USD-M. */
export function checkSigned(
  keys: ReadonlyMap<string, ApiKey>,
  apiKey: string | undefined,
  params: Readonly<Record<string, string>>,
  payload: string,
  now: EpochMs,
): Authentication {
  const known = checkKey(keys, apiKey)
  if (!known.ok) return known
  const timestamp = Number(params['timestamp'] ?? '')
  if (!params['timestamp'] || !Number.isSafeInteger(timestamp)) return refuse(missing('timestamp'))
  const recvWindowMs = Number(params['recvWindow'] ?? RECV_WINDOW_MS)
  if (!(recvWindowMs > 0 && recvWindowMs <= RECV_WINDOW_MS_MAX)) return refuse(API_ERRORS.window)
  if (timestamp >= now + AHEAD_MS_MAX) return refuse(API_ERRORS.ahead)
  if (now - timestamp > recvWindowMs) return refuse(API_ERRORS.stale)
  const signature = params['signature']
  if (!signature) return refuse(missing('signature'))
  return isSignedBy(known.key, payload, signature) ? known : refuse(API_ERRORS.signature)
}

function isSignedBy(key: ApiKey, payload: string, signature: string): boolean {
  const expected = createHmac('sha256', key.secret).update(payload).digest()
  const given = Buffer.from(signature, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Query string and body joined, without the signature: what a REST client signs. */
export function signedPayload(query: string, body: string): string {
  const unsigned = (text: string) =>
    text
      .split('&')
      .filter((part) => !part.startsWith('signature='))
      .join('&')
  return unsigned(query) + unsigned(body)
}
