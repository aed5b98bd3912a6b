import type { Database } from 'better-sqlite3'
import { epochMs } from '../../core/units.ts'
import type { Journal, JournalCounts } from '../../trading/journal.port.ts'
import type { FillRecord, OrderRecord } from '../../trading/journal-records.ts'
import { fillOf, insertSql, orderOf, type Row } from './rows.ts'
import { TERMINAL_SQL } from './schema.ts'

type OrderRows = Pick<
  Journal,
  | 'addIntent'
  | 'addExternalOrder'
  | 'saveOrder'
  | 'order'
  | 'orderByVenueId'
  | 'openOrders'
  | 'addFill'
  | 'fill'
  | 'claimFills'
  | 'fillsSince'
  | 'lastFillAt'
  | 'counts'
>

const INTENT = ['clientId', 'decisionId', 'symbol', 'type', 'priceTicks', 'lots', 'side', 'createdAt']
const ORDER = [
  ...['clientId', 'intentId', 'decisionId', 'origin', 'symbol', 'side', 'lots', 'type', 'price', 'timeInForce'],
  ...['reduceOnly', 'createdAt', 'state', 'venueId', 'filledLots', 'appliedLots', 'updatedAt', 'detail'],
  ...['expiresAt', 'trigger', 'trailing', 'protection', 'positionSide'],
]
const FILL = [
  ...['symbol', 'tradeId', 'clientId', 'venueId', 'origin', 'side', 'price', 'lots', 'fee', 'feeCurrency'],
  ...['realisedPnl', 'maker', 'at'],
]

const jsonCell = (value: object | undefined): string | null => (value === undefined ? null : JSON.stringify(value))

const orderCells = (order: OrderRecord): Row => ({
  ...order,
  intentId: order.origin === 'own' ? order.clientId : null,
  reduceOnly: order.reduceOnly ? 1 : 0,
  expiresAt: order.expiresAt ?? null,
  trigger: jsonCell(order.trigger),
  trailing: jsonCell(order.trailing),
  protection: jsonCell(order.protection),
  positionSide: order.positionSide ?? null,
})
const fillCells = (fill: FillRecord): Row => ({ ...fill, maker: fill.maker ? 1 : 0 })

/** Intents, orders and fills. */
export function orderRows(db: Database): OrderRows {
  const insertIntent = db.prepare(insertSql('intents', INTENT))
  const insertOrder = db.prepare(insertSql('orders', ORDER))
  const update = db.prepare(`
    UPDATE orders SET state = @state, venue_id = @venueId, filled_lots = @filledLots, applied_lots = @appliedLots,
      updated_at = @updatedAt, detail = @detail
    WHERE client_id = @clientId`)
  const byId = db.prepare<[string], Row>('SELECT * FROM orders WHERE client_id = ?')
  const byVenueId = db.prepare<[string, string], Row>('SELECT * FROM orders WHERE symbol = ? AND venue_id = ?')
  const open = db.prepare<[], Row>(
    `SELECT * FROM orders WHERE state NOT IN ${TERMINAL_SQL} ORDER BY created_at, client_id`,
  )
  const insertFill = db.prepare(`${insertSql('fills', FILL)} ON CONFLICT (symbol, trade_id) DO NOTHING`)
  const fill = db.prepare<[string, string], Row>('SELECT * FROM fills WHERE symbol = ? AND trade_id = ?')
  const claim = db.prepare<[string, string, string, string, string], number>(`
    UPDATE fills SET client_id = ?, origin = (SELECT origin FROM orders WHERE client_id = ?)
    WHERE symbol = ? AND venue_id = ? AND origin = 'external' AND client_id NOT IN (SELECT client_id FROM orders WHERE client_id <> ?)
    RETURNING lots`)
  const since = db.prepare<[number], Row>(
    "SELECT * FROM fills WHERE at >= ? AND origin <> 'opening' ORDER BY at, rowid",
  )
  const lastAt = db.prepare<[string], number>('SELECT at FROM fills WHERE symbol = ? ORDER BY at DESC LIMIT 1').pluck()
  const counters = db.prepare<[], { name: string; value: number }>('SELECT name, value FROM counters')

  return {
    addIntent(intent) {
      const { clientId, decisionId, symbol, type, lots, side, createdAt, price } = intent
      insertIntent.run({ clientId, decisionId, symbol, type, lots, side, createdAt, priceTicks: price })
      const unsent = { state: 'intended', venueId: null, filledLots: 0, appliedLots: 0, detail: '' } as const
      insertOrder.run(orderCells({ ...intent, ...unsent, origin: 'own', updatedAt: epochMs(0) }))
    },
    addExternalOrder: (order) => void insertOrder.run(orderCells(order)),
    saveOrder: (order) => void update.run(orderCells(order)),
    order: (clientId) => optional(byId.get(clientId), orderOf),
    orderByVenueId: (symbol, venueId) => optional(byVenueId.get(symbol, venueId), orderOf),
    openOrders: () => open.all().map(orderOf),
    addFill: (record) => insertFill.run(fillCells(record)).changes === 1,
    fill: (symbol, tradeId) => optional(fill.get(symbol, tradeId), fillOf),
    claimFills: (symbol, venueId, clientId) =>
      claim
        .pluck()
        .all(clientId, clientId, symbol, venueId, clientId)
        .reduce((sum, count) => sum + count, 0),
    fillsSince: (at) => since.all(at).map(fillOf),
    lastFillAt: (symbol) => optional(lastAt.get(symbol), epochMs),
    counts: () => countsOf(counters.all()),
  }
}

function optional<A, B>(value: A | undefined, map: (value: A) => B): B | undefined {
  return value === undefined ? undefined : map(value)
}

export const countsOf = (rows: readonly { readonly name: string; readonly value: number }[]): JournalCounts =>
  Object.fromEntries(rows.map(({ name, value }) => [name, value])) as unknown as JournalCounts
