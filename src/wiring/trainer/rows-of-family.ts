import type { ModelFamily } from '../models/model-families.ts'
import { rowsHash } from './rows-hash.ts'
import type { TrainingRows } from './training-rows.ts'

/** What a family learns from: the rows of its own instruments. Their features looked at all. */
export function rowsOfFamily(rows: TrainingRows, { symbols }: Pick<ModelFamily, 'symbols'>): TrainingRows {
  const isOwn = ({ symbol }: { readonly symbol: string }): boolean => symbols.includes(symbol)
  if (rows.instruments.every(isOwn)) return rows
  const tables = rows.tables.filter(isOwn)
  return { ...rows, tables, instruments: rows.instruments.filter(isOwn), dataHash: rowsHash(tables) }
}
