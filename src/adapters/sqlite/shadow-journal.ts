import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'

/** Rows kept; past it the oldest go. */
const ROWS_MAX = 5_000_000
/** How many rows are added between two looks at that. */
const PRUNE_EVERY = 10_000

/** What a model in shadow said of a bar. Basis points. */
export interface ShadowRow {
  readonly version: string
  readonly symbol: string
  /** Milliseconds since the epoch. */
  readonly barEndAt: number
  readonly meanBps: number
  readonly volatilityBps: number
  readonly quantilesBps: readonly number[]
  readonly classes: readonly number[]
}

/** Forecasts of models that decide nothing. The same bar of the same model counts once. */
export interface ShadowJournal {
  add(rows: readonly ShadowRow[]): void
  count(version: string): number
  close(): void
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS shadow_forecasts (
    version        TEXT NOT NULL,
    symbol         TEXT NOT NULL,
    bar_end_at     REAL NOT NULL,                          -- epoch ms, exchange clock
    mean_bps       REAL NOT NULL,
    volatility_bps REAL NOT NULL CHECK (volatility_bps > 0),
    quantiles_bps  TEXT NOT NULL CHECK (json_valid(quantiles_bps)),
    classes        TEXT NOT NULL CHECK (json_valid(classes)),
    PRIMARY KEY (version, symbol, bar_end_at)
  ) STRICT;
`

/**
 * Opens or creates the file at `path`. One writer; it can be lost without harm, since shadows are shown the bar log again: a damaged one is
 * begun afresh.
 */
export function openShadowJournal(path: string): ShadowJournal {
  const db = opened(path)
  const insert = db.prepare(
    `INSERT INTO shadow_forecasts VALUES (@version, @symbol, @barEndAt, @meanBps, @volatilityBps, @quantiles, @classes)
     ON CONFLICT DO NOTHING`,
  )
  const prune = db.prepare(
    `DELETE FROM shadow_forecasts WHERE rowid <= (SELECT max(rowid) FROM shadow_forecasts) - ${ROWS_MAX}`,
  )
  const counted = db.prepare<[string], { n: number }>('SELECT count(*) AS n FROM shadow_forecasts WHERE version = ?')
  let added = 0
  return {
    add(rows) {
      db.transaction(() => {
        for (const { quantilesBps, classes, ...row } of rows) {
          insert.run({ ...row, quantiles: JSON.stringify(quantilesBps), classes: JSON.stringify(classes) })
        }
      })()
      added += rows.length
      if (added < PRUNE_EVERY) return
      added = 0
      prune.run()
    },
    count: (version) => counted.get(version)?.n ?? 0,
    close: () => db.close(),
  }
}

function opened(path: string): Database.Database {
  try {
    return prepared(path)
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !/^SQLITE_(NOTADB|CORRUPT)/.test(error.code)) throw error
    for (const part of ['', '-wal', '-shm']) rmSync(path + part, { force: true })
    return prepared(path)
  }
}

function prepared(path: string): Database.Database {
  const db = new Database(path)
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.exec(SCHEMA)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
