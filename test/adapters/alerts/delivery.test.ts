import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { alertDispatcher } from '../../../src/adapters/alerts/dispatcher.ts'
import { telegramSink } from '../../../src/adapters/alerts/telegram.ts'
import { webhookSink } from '../../../src/adapters/alerts/webhook.ts'
import { systemClock } from '../../../src/adapters/clock/system-clock.ts'
import { systemScheduler } from '../../../src/adapters/clock/system-scheduler.ts'
import { openState } from '../../../src/adapters/sqlite/open-state.ts'
import type { Alert } from '../../../src/core/alert.ts'
import { alertServer } from './alert-server.ts'

const clock = systemClock()
const scheduler = systemScheduler()
const alert = (id: string): Alert => ({ id, at: clock.now(), severity: 'info', kind: 'fill', text: id, data: {} })

let server: Awaited<ReturnType<typeof alertServer>>
beforeEach(async () => {
  server = await alertServer()
})
afterEach(() => server.close())

/** The whole way, as the daemon builds it: database, dispatcher, both sinks, network. */
function start(path: string) {
  const state = openState(path, { mode: 'demo', venue: 'test' })
  const dispatcher = alertDispatcher({
    outbox: state.outbox,
    sinks: [
      telegramSink({ token: '1:x', chatId: '1', apiRoot: server.url, timeoutMs: 300 }),
      webhookSink({ url: `${server.url}/hook`, secret: 's', timeoutMs: 300 }, clock),
    ],
    clock,
    scheduler,
    onFailure: () => undefined,
    backoffMs: 10,
  })
  return { state, dispatcher }
}

const received = () =>
  server.seen.map(
    ({ path, body }) =>
      `${path === '/hook' ? 'webhook' : 'telegram'} ${(JSON.parse(body) as { text: string }).text.split('\n')[0]}`,
  )

test('what a dead network held up arrives after a restart, once in each sink', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'alerts-')), 'demo.sqlite')
  server.answerWith((reply) => reply.destroy())
  const first = start(path)
  for (const id of ['a', 'b', 'a']) first.dispatcher.raise(alert(id))
  await scheduler.sleep(30)
  await first.dispatcher.stop(100)
  expect(first.state.outbox.pendingCount('webhook')).toBe(2)
  first.state.close()

  server.seen.length = 0
  server.answerWith((reply) => reply.writeHead(200).end('{"ok":true,"result":{}}'))
  const second = start(path)
  for (let i = 0; i < 100 && received().length < 4; i++) await scheduler.sleep(20)
  second.dispatcher.raise(alert('stop'))
  await second.dispatcher.stop(1_000)
  expect(received().toSorted()).toEqual([
    'telegram a',
    'telegram b',
    'telegram stop',
    'webhook a',
    'webhook b',
    'webhook stop',
  ])
  expect(second.state.outbox.pendingCount('telegram') + second.state.outbox.pendingCount('webhook')).toBe(0)
  second.state.close()
})

test('a network that hangs costs the caller no time', async () => {
  server.answerWith(() => undefined)
  const { state, dispatcher } = start(join(mkdtempSync(join(tmpdir(), 'alerts-')), 'demo.sqlite'))
  const startedAt = performance.now()
  for (let i = 0; i < 20; i++) dispatcher.raise(alert(`a${i}`))
  expect(performance.now() - startedAt).toBeLessThan(1_000) // 20 durable commits.
  const stoppingAt = performance.now()
  await dispatcher.stop(100)
  expect(performance.now() - stoppingAt).toBeLessThan(1_000)
  expect(state.outbox.pendingCount('telegram')).toBe(20)
  state.close()
})
