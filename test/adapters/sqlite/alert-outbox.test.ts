import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { alertOutbox } from '../../../src/adapters/sqlite/alert-outbox.ts'
import { MIGRATIONS } from '../../../src/adapters/sqlite/schema.ts'
import type { AlertSeverity } from '../../../src/core/alert.ts'
import { epochMs } from '../../../src/core/units.ts'

const PENDING_MAX = 3
let db: Database.Database
let outbox: ReturnType<typeof alertOutbox>
beforeEach(() => {
  db = new Database(':memory:')
  db.exec(MIGRATIONS.join('\n'))
  outbox = alertOutbox(db, PENDING_MAX)
})
afterEach(() => db.close())

const add = (id: string, severity: AlertSeverity = 'info', sinks = ['telegram']) =>
  outbox.add({ id, at: epochMs(100), severity, kind: 'order', text: id, data: { n: 1, s: null } }, sinks)
const due = (now = 100, sink = 'telegram') => outbox.due(sink, epochMs(now), 10).map(({ alert }) => alert.id)

test('an id is added once; each sink owes it on its own', () => {
  expect(add('a', 'info', ['telegram', 'webhook'])).toBe(true)
  expect(add('a')).toBe(false)
  outbox.delivered('a', 'telegram', epochMs(101))
  expect(due()).toEqual([])
  expect(outbox.due('webhook', epochMs(100), 10)).toEqual([
    {
      alert: { id: 'a', at: 100, severity: 'info', kind: 'order', text: 'a', data: { n: 1, s: null } },
      sink: 'webhook',
      attempts: 0,
      nextAttemptAt: 100,
    },
  ])
})

test('a failed delivery waits for its next attempt; a dropped one is over', () => {
  add('a')
  outbox.failed('a', 'telegram', epochMs(200), 'timeout')
  expect([due(199), due(200)]).toEqual([[], ['a']])
  expect(outbox.due('telegram', epochMs(200), 1)[0]?.attempts).toBe(1)
  expect(outbox.nextDueAt('telegram')).toBe(200)
  outbox.dropped('a', 'telegram', epochMs(201), 'chat not found')
  expect([due(1e9), outbox.nextDueAt('telegram'), outbox.pendingCount('telegram')]).toEqual([[], undefined, 0])
})

test('full: the oldest that is not critical goes; with none, the oldest', () => {
  add('a', 'critical')
  add('b')
  add('c')
  expect(due()).toEqual(['a', 'b', 'c'])
  add('d', 'critical')
  expect(due()).toEqual(['a', 'c', 'd'])
  add('e', 'critical')
  add('f', 'critical')
  expect(due()).toEqual(['d', 'e', 'f'])
})
