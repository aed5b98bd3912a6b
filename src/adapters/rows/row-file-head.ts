import { z } from 'zod'
import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import type { RowTable } from '../../training/rows/row-table.ts'

/** Raise it when the columns of a file change: files of another format are made anew. */
const FORMAT = '1'
const ROWS_MAX = 0x7f_ff_ff_ff

const head = z.object({
  format: z.literal(FORMAT),
  key: z.string(),
  note: z.string(),
  featureNames: z.array(z.string()),
  schemaHash: z.string(),
  barMs: z.number(),
  tables: z.array(z.object({ symbol: z.string(), rows: z.int().min(0).max(ROWS_MAX) })),
})

/** What the metadata of a file's schema say. */
export type RowFileHead = z.infer<typeof head>

interface Held {
  /** What the file holds. */
  readonly key: string
  readonly note: string
  /** All of the same features and bars. */
  readonly tables: readonly RowTable[]
}

export function metadataOf({ key, note, tables }: Held): Map<string, string> {
  const { featureNames = [], schemaHash = '', barMs = 0 } = tables[0] ?? {}
  const isAlike = tables.every((one) => one.schemaHash === schemaHash && one.barMs === barMs)
  check(isAlike, 'tables of one file, of several schemas', schemaHash)
  return new Map([
    ...Object.entries({ format: FORMAT, key, note, schemaHash, barMs: String(barMs) }),
    ['featureNames', JSON.stringify(featureNames)],
    ['tables', JSON.stringify(tables.map(({ symbol, rows }) => ({ symbol, rows })))],
  ])
}

/** Throws `InputError` for metadata of another program, format or key. */
export function headOf(metadata: ReadonlyMap<string, string>, key: string): RowFileHead {
  const text = (name: string): string => metadata.get(name) ?? 'null'
  const parsed = head.safeParse({
    ...Object.fromEntries(metadata),
    barMs: Number(text('barMs')),
    featureNames: JSON.parse(text('featureNames')),
    tables: JSON.parse(text('tables')),
  })
  if (!parsed.success) throw new InputError(z.prettifyError(parsed.error))
  if (parsed.data.key === key) return parsed.data
  throw new InputError(`its key is ${parsed.data.key}; it must be ${key}`)
}
