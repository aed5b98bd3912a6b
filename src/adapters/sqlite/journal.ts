import type { Database } from 'better-sqlite3'
import type { Journal } from '../../trading/journal.port.ts'
import { moneyRows } from './money-rows.ts'
import { orderRows } from './order-rows.ts'
import { decisionCells, insertSql } from './rows.ts'

/** The journal over one open state file. Statements are prepared once. */
export function journal(db: Database): Journal {
  const orders = orderRows(db)
  const money = moneyRows(db)
  const readMeta = db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck()
  const writeMeta = db.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
  const latency = db.prepare(
    `UPDATE decisions SET commit_ms = @commitMs, close_to_send_ms = @closeToSendMs, send_to_answer_ms = @sendToAnswerMs
     WHERE decision_id = @decisionId`,
  )
  // The names come from any record; SQLite is asked once.
  const addDecision = db.prepare(
    `${insertSql('decisions', DECISION_CELLS)} ON CONFLICT (symbol, bar_end_at) DO NOTHING`,
  )
  return {
    // IMMEDIATE: the write lock is taken first, so that a transaction never fails half-way for want of it.
    transaction: (work) => db.transaction(work).immediate(),
    recordDecision: (record) => addDecision.run(decisionCells(record)).changes === 1,
    recordLatency: (decisionId, measured) => void latency.run({ decisionId, ...measured }),
    ...orders,
    ...money,
    meta: (key) => readMeta.get(key),
    setMeta: (key, value) => void writeMeta.run(key, value),
  }
}

const DECISION_CELLS = [
  'decisionId',
  'symbol',
  'barStartAt',
  'barEndAt',
  'open',
  'high',
  'low',
  'close',
  'buyVolume',
  'sellVolume',
  'tradeCount',
  'ofi',
  'taints',
  'bidTicks',
  'askTicks',
  'bidSize',
  'askSize',
  'featureSchemaHash',
  'featureHash',
  'forecast',
  'modelId',
  'provider',
  'target',
  'verdict',
  'clientId',
  'featureMs',
  'forecastMs',
  'decideMs',
  'commitMs',
  'closeToSendMs',
  'sendToAnswerMs',
  'positionLots',
  'equity',
]
