import { createHmac } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AlertSink } from '../../../src/adapters/alerts/alert-sink.ts'
import { telegramSink } from '../../../src/adapters/alerts/telegram.ts'
import { webhookSink } from '../../../src/adapters/alerts/webhook.ts'
import type { Alert } from '../../../src/core/alert.ts'
import { epochMs } from '../../../src/core/units.ts'
import { alertServer } from './alert-server.ts'

const TOKEN = '123456:canary-token'
const SECRET = 'canary-webhook-secret'
const NOW = epochMs(1_700_000_000_500)
const clock = { now: () => NOW, monotonicMs: () => 0 }

const alert: Alert = {
  id: 'fill:BTC/USDT:USDT:42',
  at: epochMs(1_700_000_000_000),
  severity: 'warning',
  kind: 'fill',
  text: 'bought 0.01 *BTC* _at_ [27000.1](x) <b>& more</b>',
  data: { symbol: 'BTC/USDT:USDT', lots: 10 },
}

let server: Awaited<ReturnType<typeof alertServer>>
beforeEach(async () => {
  server = await alertServer()
})
afterEach(() => server.close())

const open = new AbortController().signal
const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (reply: ServerResponse) =>
    reply.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const telegramError = (code: number, extra: object = {}) => ({
  ok: false,
  error_code: code,
  description: 'no',
  ...extra,
})

const makers: readonly (readonly [string, (url: string) => AlertSink])[] = [
  ['telegram', (url) => telegramSink({ token: TOKEN, chatId: '-100', apiRoot: url, timeoutMs: 200 })],
  ['webhook', (url) => webhookSink({ url: `${url}/hook`, secret: SECRET, timeoutMs: 200 }, clock)],
]

describe.each(makers)('AlertSink contract: %s', (name, make) => {
  test('is named for the outbox', () => {
    expect(make(server.url).name).toBe(name)
  })

  test('200 is delivered, with the text as it is', async () => {
    expect(await make(server.url).deliver(alert, open)).toEqual({ kind: 'delivered' })
    expect(server.seen).toHaveLength(1)
    expect((JSON.parse(server.seen[0]!.body) as { text: string }).text).toContain(alert.text)
  })

  test('429 is retried after the pause that the peer asked for', async () => {
    server.answerWith(json(429, telegramError(429, { parameters: { retry_after: 7 } }), { 'retry-after': '7' }))
    expect(await make(server.url).deliver(alert, open)).toMatchObject({ kind: 'retry', afterMs: 7_000 })
  })

  test.each([
    ['400', json(400, telegramError(400))],
    ['401', json(401, telegramError(401))],
    ['500', json(500, telegramError(500))],
    ['502 that is no JSON', (reply: ServerResponse) => reply.writeHead(502).end('<html>bad gateway</html>')],
    ['dropped connection', (reply: ServerResponse) => reply.destroy()],
  ])('%s is retried', async (_what, answer) => {
    server.answerWith(answer)
    const delivery = await make(server.url).deliver(alert, open)
    expect(delivery.kind).toBe('retry')
    expect(delivery).not.toHaveProperty('afterMs')
  })

  test('a redirect is not followed', async () => {
    server.answerWith((reply) => reply.writeHead(307, { location: `${server.url}/elsewhere` }).end())
    expect((await make(server.url).deliver(alert, open)).kind).toBe('retry')
    expect(server.seen.map(({ path }) => path)).not.toContain('/elsewhere')
  })

  test('silence ends at the timeout', async () => {
    server.answerWith(() => undefined)
    const startedAt = performance.now()
    expect((await make(server.url).deliver(alert, open)).kind).toBe('retry')
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  test('an abort ends it at once', async () => {
    server.answerWith(() => undefined)
    const stop = new AbortController()
    const pending = make(server.url).deliver(alert, stop.signal)
    stop.abort()
    expect((await pending).kind).toBe('retry')
  })

  test('a refused connection is retried, and its cause holds no secret', async () => {
    const { url } = server
    await server.close()
    const delivery = await make(url).deliver(alert, open)
    expect(delivery.kind).toBe('retry')
    expect(JSON.stringify(delivery)).not.toContain('canary')
    server = await alertServer()
  })

  test('no secret stands in the body', async () => {
    await make(server.url).deliver(alert, open)
    expect(server.seen[0]!.body).not.toContain('canary')
  })
})

describe('telegram', () => {
  test('sends plain text: no parse mode, silent only when it is information', async () => {
    const sink = telegramSink({ token: TOKEN, chatId: '-100', apiRoot: server.url })
    await sink.deliver(alert, open)
    await sink.deliver({ ...alert, severity: 'info' }, open)
    const [loud, quiet] = server.seen.map(({ body }) => JSON.parse(body) as Record<string, unknown>)
    expect(server.seen[0]!.path).toBe(`/bot${TOKEN}/sendMessage`)
    expect(loud).toMatchObject({ chat_id: '-100', disable_notification: false })
    expect(loud!['text']).toBe(`WARNING: ${alert.text}\n2023-11-14T22:13:20.000Z`)
    expect(quiet).toMatchObject({ disable_notification: true, text: `${alert.text}\n2023-11-14T22:13:20.000Z` })
    expect(loud).not.toHaveProperty('parse_mode')
  })

  test.each([
    [4_071, false],
    [4_072, true],
  ])('a text of %i characters is cut: %s', async (length, cut) => {
    const sink = telegramSink({ token: TOKEN, chatId: '-100', apiRoot: server.url })
    await sink.deliver({ ...alert, severity: 'info', text: 'x'.repeat(length) }, open)
    const { text } = JSON.parse(server.seen[0]!.body) as { text: string }
    expect(text.length).toBeLessThanOrEqual(4_096)
    expect(text.includes('…')).toBe(cut)
  })
})

describe('webhook', () => {
  const deliver = (changed: Partial<Alert> = {}) =>
    webhookSink({ url: `${server.url}/hook`, secret: SECRET }, clock).deliver({ ...alert, ...changed }, open)

  test('signs timestamp and body, and gives every attempt the same idempotency key', async () => {
    await deliver()
    await deliver()
    const [first, second] = server.seen
    const signature = createHmac('sha256', SECRET).update(`1700000000.${first!.body}`).digest('hex')
    expect(first!.headers['x-tickwright-timestamp']).toBe('1700000000')
    expect(first!.headers['x-tickwright-signature']).toBe(`v1=${signature}`)
    expect(first!.headers['idempotency-key']).toBe(alert.id)
    expect(second!.headers['idempotency-key']).toBe(alert.id)
    expect(JSON.parse(first!.body)).toEqual({ ...alert, at: '2023-11-14T22:13:20.000Z' })
  })

  test('an id that no header could carry is encoded', async () => {
    expect((await deliver({ id: 'halt: größer\n' })).kind).toBe('delivered')
    expect(server.seen[0]!.headers['idempotency-key']).toBe('halt%3A%20gr%C3%B6%C3%9Fer%0A')
  })

  test.each([
    ['a date', 'Tue, 14 Nov 2023 22:13:30 GMT', 9_500],
    ['a past date', 'Tue, 14 Nov 2023 22:13:10 GMT', 0],
    ['nonsense', 'soon', undefined],
  ])('Retry-After as %s', async (_what, header, expected) => {
    server.answerWith(json(503, {}, { 'retry-after': header }))
    const delivery = await deliver()
    expect('afterMs' in delivery ? delivery.afterMs : undefined).toBe(expected)
  })

  test.each([
    'http://example.com/hook',
    'https://user:pass@example.com/',
    'ftp://127.0.0.1/',
    'nonsense',
    'http://127.0.0.1.example.com/',
  ])('%s is refused', (url) => {
    expect(() => webhookSink({ url, secret: SECRET }, clock)).toThrow('https, or http on loopback')
  })

  test.each(['https://example.com/hook', 'http://localhost:1/', 'http://[::1]:1/', 'http://127.8.9.1:1/'])(
    '%s is allowed',
    (url) => {
      expect(() => webhookSink({ url, secret: SECRET }, clock)).not.toThrow()
    },
  )
})
