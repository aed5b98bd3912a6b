import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { InputError, messageOf } from '../../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { OrderState } from '../../core/order.ts'
import type { EpochMs } from '../../core/units.ts'
import type { DecisionStory, JournalReader, JournalSummary } from '../../trading/journal.port.ts'
import type { LatchRecord } from '../../trading/journal-records.ts'
import { alertOf } from './alert-outbox.ts'
import { requireOurs } from './open-database.ts'
import { STATE_FILE } from './open-state.ts'
import { countsOf } from './order-rows.ts'
import { balanceOf, decisionOf, fillOf, orderOf, positionOf, type Row } from './rows.ts'
import { TERMINAL_SQL } from './schema.ts'

/** A number at least this large is a time, not an index: 1973, or 100,000 million bars. */
const EPOCH_MS_MIN = 100_000_000_000

/** Opens a state file for reading, also while its daemon writes. Throws `InputError` when there is none or it is not ours. */
export function openJournalReader(path: string): JournalReader {
  if (!existsSync(path)) {
    throw new InputError(`state file ${path} does not exist: start the daemon once, or name another one`, { path })
  }
  let db: Database.Database | undefined
  try {
    db = new Database(path, { readonly: true, timeout: 5_000 })
    requireOurs(db, path, STATE_FILE)
    return reader(db)
  } catch (error) {
    db?.close()
    if (!(error instanceof Database.SqliteError)) throw error
    throw new InputError(`state file ${path} cannot be read (${error.code}: ${messageOf(error)})`, { path }, error)
  }
}

function reader(db: Database.Database): JournalReader {
  const order = db.prepare<[string], Row>('SELECT * FROM orders WHERE client_id = ?')
  const fills = db.prepare<[string], Row>('SELECT * FROM fills WHERE client_id = ? ORDER BY at, rowid')
  const sent = db.prepare<[number, number], Row>(
    "SELECT * FROM orders WHERE origin = 'own' AND created_at BETWEEN ? AND ? ORDER BY created_at, client_id",
  )
  const decided = db.prepare<[string], Row>('SELECT * FROM decisions WHERE client_id = ?')
  const rank = db
    .prepare<[InstrumentSymbol, number], number>('SELECT count(*) FROM decisions WHERE symbol = ? AND bar_end_at < ?')
    .pluck()

  function tell(row: Row | undefined): DecisionStory | undefined {
    if (!row) return undefined
    const decision = decisionOf(row)
    const index = Number(rank.get(decision.symbol, decision.barEndAt))
    const found = decision.clientId === null ? undefined : order.get(decision.clientId)
    if (!found || decision.clientId === null) return { index, decision }
    return { index, decision, story: { order: orderOf(found), fills: fills.all(decision.clientId).map(fillOf) } }
  }
  function at(where: string, parameters: readonly (string | number)[], symbol: string | undefined, tail: string) {
    const filter = symbol === undefined ? where : `${where} AND symbol = ?`
    const bound = symbol === undefined ? parameters : [...parameters, symbol]
    return tell(db.prepare<unknown[], Row>(`SELECT * FROM decisions WHERE ${filter} ${tail}`).get(...bound))
  }
  const nth = (index: number, symbol: string | undefined) => {
    const direction = index < 0 ? 'DESC' : 'ASC'
    const offset = index < 0 ? -index - 1 : index
    return at('1', [], symbol, `ORDER BY bar_end_at ${direction}, symbol ${direction} LIMIT 1 OFFSET ${offset}`)
  }
  return {
    // One transaction: everything is of the same moment.
    summary: db.transaction(() => summary(db)),
    latestDecision: db.transaction((symbol?: InstrumentSymbol) => nth(-1, symbol)),
    decisionAt: db.transaction((bar: string | number, symbol?: InstrumentSymbol) => {
      const number = typeof bar === 'number' ? bar : /^-?\d+(\.\d+)?$/.test(bar) ? Number(bar) : Number.NaN
      if (Number.isNaN(number)) return at('decision_id = ?', [String(bar)], symbol, '')
      if (number >= EPOCH_MS_MIN) return at('bar_end_at = ?', [number], symbol, 'ORDER BY symbol LIMIT 1')
      return Number.isSafeInteger(number) ? nth(number, symbol) : undefined
    }),
    sentOrders: db.transaction((from: EpochMs, to: EpochMs) =>
      sent.all(from, to).map((row) => {
        const found = orderOf(row)
        const { latency } = decisionOf(decided.get(found.clientId)!) // A foreign key sees to it that it is there.
        return { order: found, fills: fills.all(found.clientId).map(fillOf), latency }
      }),
    ),
    close: () => void db.close(),
  }
}

function summary(db: Database.Database): JournalSummary {
  const all = (sql: string): Row[] => db.prepare<[], Row>(sql).all()
  const meta = new Map(all('SELECT key, value FROM meta').map(({ key, value }) => [key, String(value)]))
  const counts = countsOf(db.prepare<[], { name: string; value: number }>('SELECT name, value FROM counters').all())
  const states = db.prepare<[], { state: OrderState; n: number }>(
    'SELECT state, count(*) AS n FROM orders GROUP BY state',
  )
  const pending = 'SELECT count(DISTINCT seq) FROM deliveries WHERE delivered_at IS NULL AND dropped_at IS NULL'
  return {
    mode: meta.get('mode') ?? '',
    venue: meta.get('venue') ?? '',
    instruments: JSON.parse(meta.get('instruments') ?? '[]') as readonly Instrument[],
    model: JSON.parse(meta.get('model') ?? 'null') as JournalSummary['model'],
    oversight: JSON.parse(meta.get('oversight') ?? 'null') as JournalSummary['oversight'],
    bars: counts.decisions,
    counts,
    ordersByState: Object.fromEntries(states.all().map(({ state, n }) => [state, n])),
    positions: all('SELECT * FROM positions ORDER BY symbol').map(positionOf),
    balances: all('SELECT * FROM balances ORDER BY currency').map(balanceOf),
    latches: db.prepare<[], LatchRecord>('SELECT name, reason, at FROM latches ORDER BY at').all(),
    openOrders: all(`SELECT * FROM orders WHERE state NOT IN ${TERMINAL_SQL} ORDER BY created_at`).map(orderOf),
    alerts: db
      .prepare<[], Parameters<typeof alertOf>[0]>(
        'SELECT id, at, severity, kind, text, data FROM alerts ORDER BY seq DESC LIMIT 10',
      )
      .all()
      .map(alertOf),
    alertsPending: Number(db.prepare(pending).pluck().get()),
  }
}
