import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openState, type State } from '../../../src/adapters/sqlite/open-state.ts'
import { APPLICATION_ID, MIGRATIONS } from '../../../src/adapters/sqlite/schema.ts'
import { lots } from '../../../src/core/units.ts'
import { fill, journalContract } from '../../trading/journal.contract.ts'
import { decided, decisionRecord } from '../../trading/support/decisions.ts'

const OWNER = { mode: 'test', venue: 'fake' }
const openInMemory = () => openState(':memory:', OWNER)

journalContract('SQLite', openInMemory)

let state: State
beforeEach(() => {
  state = openInMemory()
})
afterEach(() => state.close())

test.each([
  { what: 'a fill of no lots', write: () => state.journal.addFill(fill('1', { lots: lots(0) })) },
  { what: 'an unknown side', write: () => state.journal.addFill(fill('1', { side: 'up' as never })) },
  { what: 'an intent without its decision', write: () => state.journal.addIntent(decided(1).order) },
  { what: 'text for a number', write: () => state.journal.addFill(fill('1', { at: 'soon' as never })) },
])('$what is refused by the database itself', ({ write }) => {
  expect(write).toThrow(/constraint|cannot store/i)
})

test.each([
  { what: 'type', fields: { type: 'iceberg' as never } },
  { what: 'time in force', fields: { timeInForce: 'DAY' as never } },
  { what: 'position side', fields: { positionSide: 'both' as never } },
])('an order of unknown $what is refused by the database itself', ({ fields }) => {
  const { order, record } = decided(1, fields)
  state.journal.recordDecision(record)
  expect(() => state.journal.addIntent(order)).toThrow(/CHECK constraint/)
})

test('a transaction that throws leaves nothing, counts included', () => {
  expect(() =>
    state.journal.transaction(() => {
      state.journal.recordDecision(decisionRecord(1))
      throw new Error('stop')
    }),
  ).toThrow('stop')
  expect(state.journal.counts().decisions).toBe(0)
})

describe('a file of an older version', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tickwright-old-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** Of schema 2, with one order as that version wrote it. */
  function writeOld(path: string): void {
    const db = new Database(path)
    db.exec(MIGRATIONS.slice(0, 2).join('\n'))
    db.pragma(`application_id = ${APPLICATION_ID}`)
    db.pragma('user_version = 2')
    db.exec(`
      INSERT INTO decisions (decision_id, symbol, bar_start_at, bar_end_at, buy_volume, sell_volume, trade_count, taints,
        feature_schema_hash, target, verdict, client_id, position_lots, equity)
      VALUES ('d1', 'BTC/USDT:USDT', 0, 60000, 1, 1, 2, '[]', 'f', '{}', '{}', 'tw-1', 0, '100');
      INSERT INTO intents VALUES ('tw-1', 'd1', 'BTC/USDT:USDT', 'limit', 1000, 10, 'buy', 60000.25);
      INSERT INTO orders VALUES ('tw-1', 'tw-1', 'd1', 'own', 'BTC/USDT:USDT', 'buy', 10, 'limit', 1000, 'IOC', 0, 60000.25,
        'partial', 'v1', 4, 4, 60001, 'told');
      INSERT INTO orders VALUES ('by-hand', NULL, NULL, 'external', 'BTC/USDT:USDT', 'sell', 3, 'market', 0, 'GTC', 1, 5,
        'filled', 'v2', 3, 3, 6, '');`)
    db.close()
  }

  test('is brought up to date, its orders and counts kept, and takes what is new', () => {
    const path = join(folder, 'test.sqlite')
    writeOld(path)
    const { journal, close } = openState(path, OWNER)
    const old = {
      ...{
        clientId: 'tw-1',
        decisionId: 'd1',
        origin: 'own',
        symbol: 'BTC/USDT:USDT',
        side: 'buy',
        lots: 10,
        type: 'limit',
      },
      ...{ price: 1000, timeInForce: 'IOC', reduceOnly: false, createdAt: 60000.25, state: 'partial', venueId: 'v1' },
      ...{ filledLots: 4, appliedLots: 4, updatedAt: 60001, detail: 'told' },
    }
    expect(journal.openOrders()).toStrictEqual([old])
    expect(journal.order('by-hand')).toMatchObject({ origin: 'external', decisionId: null, state: 'filled', price: 0 })
    expect(journal.counts()).toEqual({ decisions: 1, ordersDecided: 1, intents: 1, fills: 0 })
    const { order, record } = decided(1, { type: 'trailing-stop', trailing: { callbackBps: 5, by: 'mark' } })
    journal.recordDecision(record)
    journal.addIntent(order)
    expect(journal.order(order.clientId)?.trailing).toEqual({ callbackBps: 5, by: 'mark' })
    expect(journal.counts().intents).toBe(2)
    close()
    const db = new Database(path)
    expect(() => db.exec("UPDATE intents SET lots = 1 WHERE client_id = 'tw-1'")).toThrow('an intent never changes')
    expect(db.pragma('foreign_key_check')).toEqual([])
    expect(db.prepare("SELECT sql FROM sqlite_schema WHERE instr(sql, '_new')").all()).toEqual([])
    db.pragma('foreign_keys = ON')
    expect(() => db.exec('DELETE FROM intents')).toThrow('FOREIGN KEY')
    db.close()
  })
})
