import type { Database } from 'better-sqlite3'
import type { Journal } from '../../trading/journal.port.ts'
import type { LatchRecord } from '../../trading/journal-records.ts'
import { balanceOf, insertSql, positionOf, type Row } from './rows.ts'

type MoneyRows = Pick<
  Journal,
  'savePosition' | 'positions' | 'saveBalance' | 'balances' | 'addCash' | 'setLatch' | 'clearLatch' | 'latches'
>

const POSITION = ['symbol', 'lots', 'entryTicks', 'openingLots', 'openedAt', 'realised', 'fees', 'updatedAt']
const BALANCE = ['currency', 'start', 'realised', 'fees', 'cash', 'wallet', 'venueWallet', 'updatedAt']

/** Positions, balances, cash and latches. */
export function moneyRows(db: Database): MoneyRows {
  const replace = (table: string, cells: readonly string[]) =>
    db.prepare(insertSql(table, cells).replace('INSERT', 'REPLACE'))
  const savePosition = replace('positions', POSITION)
  const saveBalance = replace('balances', BALANCE)
  const positions = db.prepare<[], Row>('SELECT * FROM positions ORDER BY symbol')
  const balances = db.prepare<[], Row>('SELECT * FROM balances ORDER BY currency')
  const addCash = db.prepare(`${insertSql('cash', ['currency', 'amount', 'reason', 'at'])} ON CONFLICT DO NOTHING`)
  const setLatch = db.prepare(`${insertSql('latches', ['name', 'reason', 'at'])} ON CONFLICT DO NOTHING`)
  const clearLatch = db.prepare('DELETE FROM latches WHERE name = ?')
  const latches = db.prepare<[], LatchRecord>('SELECT name, reason, at FROM latches ORDER BY at, name')
  return {
    savePosition: (position) => void savePosition.run(position),
    positions: () => positions.all().map(positionOf),
    saveBalance: (balance) => void saveBalance.run(balance),
    balances: () => balances.all().map(balanceOf),
    addCash: (cash) => addCash.run(cash).changes === 1,
    setLatch: (latch) => void setLatch.run(latch),
    clearLatch: (name) => void clearLatch.run(name),
    latches: () => latches.all(),
  }
}
