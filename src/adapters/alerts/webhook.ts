import { createHmac } from 'node:crypto'
import type { Alert } from '../../core/alert.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError, messageOf } from '../../core/errors.ts'
import type { AlertSink, Delivery } from './alert-sink.ts'
import { isSafeTarget } from './safe-url.ts'

export interface WebhookSettings {
  /** https, or http on loopback. */
  readonly url: string
  /** Key of the signature. */
  readonly secret: string
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 10_000
const PRINTABLE_ASCII = /^[\x21-\x7e]+$/

/**
 * Posts each alert as JSON. `X-Tickwright-Signature: v1=<hex>` is HMAC-SHA256 with the secret over `<timestamp>.<body>`, the timestamp
 * (Unix seconds) being that of `X-Tickwright-Timestamp`; `Idempotency-Key` is the alert's id, equal for every attempt. Follows no redirect.
 */
export function webhookSink(settings: WebhookSettings, clock: Clock): AlertSink {
  if (!isSafeTarget(settings.url)) {
    throw new InputError('alerts.webhook.url must be https, or http on loopback, without user name and password')
  }
  return {
    name: 'webhook',
    async deliver(alert, signal) {
      const body = bodyOf(alert)
      const timestamp = String(Math.floor(clock.now() / 1_000))
      const signature = createHmac('sha256', settings.secret).update(`${timestamp}.${body}`).digest('hex')
      try {
        const response = await fetch(settings.url, {
          method: 'POST',
          redirect: 'manual', // The target was checked; where it points on was not.
          headers: {
            'content-type': 'application/json',
            'idempotency-key': PRINTABLE_ASCII.test(alert.id) ? alert.id : encodeURIComponent(alert.id),
            'x-tickwright-timestamp': timestamp,
            'x-tickwright-signature': `v1=${signature}`,
          },
          body,
          signal: AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs ?? TIMEOUT_MS)]),
        })
        await response.body?.cancel()
        return deliveryOf(response, clock.now())
      } catch (error) {
        return { kind: 'retry', cause: causeOf(error) }
      }
    },
  }
}

const bodyOf = ({ id, at, severity, kind, text, data }: Alert): string =>
  JSON.stringify({ id, at: new Date(at).toISOString(), severity, kind, text, data })

function deliveryOf(response: Response, nowMs: number): Delivery {
  if (response.ok) return { kind: 'delivered' }
  const cause = `HTTP ${response.status}`
  const afterMs = retryAfterMs(response.headers.get('retry-after'), nowMs)
  return afterMs === undefined ? { kind: 'retry', cause } : { kind: 'retry', cause, afterMs }
}

/** `Retry-After` holds seconds or a date (RFC 9110 §10.2.3). */
function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

/** `fetch failed` says nothing: what it wraps does (a code such as ECONNREFUSED; never the URL). */
function causeOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : undefined
  return code ?? messageOf(inner)
}
