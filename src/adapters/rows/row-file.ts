import type { FileHandle } from 'node:fs/promises'
import {
  type Data,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int16,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchReader,
  Schema,
  Struct,
  Uint8,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow'
import { InputError } from '../../core/errors.ts'
import type { RowTable } from '../../training/rows/row-table.ts'
import '../files/bounded-vectors.ts'
import { ArrowChunks } from '../files/arrow-chunks.ts'
import { emptyColumns, type RowColumns, SINGLE_COLUMNS } from './row-columns.ts'
import { headOf, metadataOf } from './row-file-head.ts'

/** Tables of the same features and bars, one for each instrument, and a text that goes with them. */
export interface StoredRows {
  readonly tables: readonly RowTable[]
  readonly note?: string | undefined
}

const BATCH_ROWS = 16_384
/** Of the columns of features in a file: none is called as one of the bar's. */
const FEATURE_PREFIX = 'f_'
const SYMBOL_TYPE = new Dictionary(new Utf8(), new Int16())
const SINGLES = Object.entries(SINGLE_COLUMNS)

/** Writes an Arrow IPC file (Feather v2), in batches of one instrument each. `onBytes` sees all that is written. */
export async function writeRowFile(
  handle: FileHandle,
  key: string,
  { tables, note = '' }: StoredRows,
  onBytes: (bytes: Uint8Array) => void,
): Promise<void> {
  const schema = new Schema(fieldsOf(tables[0]?.featureNames ?? []), metadataOf({ key, note, tables }))
  const chunks = new ArrowChunks()
  const writer = new RecordBatchFileWriter()
  const flush = async (): Promise<void> => {
    for (const chunk of chunks.take()) {
      onBytes(chunk)
      await handle.writeFile(chunk)
    }
  }
  writer.reset(chunks, schema)
  const symbols = vectorFromArray(tables.length > 0 ? tables.map(({ symbol }) => symbol) : [''], new Utf8())
  for (const [nth, table] of tables.entries()) {
    for (let from = 0; from < table.rows; from += BATCH_ROWS) {
      writer.write(batchOf(schema, symbols, table, nth, from))
      await flush()
    }
  }
  // A reader finds the schema of a file without batches nowhere.
  if (tables.every(({ rows }) => rows === 0)) writer.write(batchOf(schema, symbols, tables[0] ?? NO_ROWS, 0, 0))
  writer.finish()
  await flush()
}

/** Reads a file batch by batch. Throws when it is none of `writeRowFile` under this key. */
export async function readRowFile(handle: FileHandle, key: string): Promise<StoredRows> {
  const reader = await RecordBatchReader.from(handle)
  await reader.open()
  const { note, featureNames, schemaHash, barMs, tables } = headOf(reader.schema.metadata, key)
  const filled = tables.map(({ symbol, rows }) => ({ symbol, rows, columns: emptyColumns(rows, featureNames.length) }))
  let nth = 0
  let row = 0
  for await (const batch of reader) {
    if (batch.numRows === 0) continue
    while (nth < filled.length && row === filled[nth]!.rows) {
      nth += 1
      row = 0
    }
    const table = filled[nth]
    if (!table || row + batch.numRows > table.rows) throw new InputError('it holds more rows than it says')
    fill(table.columns, batch, row, featureNames.length)
    row += batch.numRows
  }
  return {
    note,
    tables: filled.map(({ symbol, rows, columns }) => ({ symbol, featureNames, schemaHash, barMs, rows, ...columns })),
  }
}

const NO_ROWS: RowTable = {
  ...{ symbol: '', featureNames: [], schemaHash: '', barMs: 0, rows: 0 },
  ...emptyColumns(0, 0),
}

const isFlag = (name: string): boolean => name === 'ready' || name === 'tainted'

const fieldsOf = (featureNames: readonly string[]): Field[] => [
  new Field('symbol', SYMBOL_TYPE, false),
  ...SINGLES.map(([name]) => new Field(name, isFlag(name) ? new Uint8() : new Float64(), false)),
  ...featureNames.map((name) => new Field(`${FEATURE_PREFIX}${name}`, new Float32(), false)),
]

/** Bit by bit: what is not a number stands as such, not as null. */
function batchOf(schema: Schema, symbols: Vector<Utf8>, table: RowTable, nth: number, from: number): RecordBatch {
  const until = Math.min(table.rows, from + BATCH_ROWS)
  const length = until - from
  const width = table.featureNames.length
  const shared = { length, nullCount: 0 }
  const ofSymbol = makeData({
    ...shared,
    type: SYMBOL_TYPE,
    dictionary: symbols,
    data: new Int16Array(length).fill(nth),
  })
  const singles = SINGLES.map(([, column]): Data => {
    const data = table[column].slice(from, until)
    return data instanceof Uint8Array
      ? makeData({ ...shared, type: new Uint8(), data })
      : makeData({ ...shared, type: new Float64(), data })
  })
  const features = table.featureNames.map((_, feature): Data => {
    const data = new Float32Array(length)
    for (let row = 0; row < length; row += 1) data[row] = table.values[(from + row) * width + feature]!
    return makeData({ ...shared, type: new Float32(), data })
  })
  const children = [ofSymbol, ...singles, ...features]
  return new RecordBatch(schema, makeData({ ...shared, type: new Struct(schema.fields), children }))
}

function fill(columns: RowColumns, batch: RecordBatch, at: number, width: number): void {
  for (const [nth, [, column]] of SINGLES.entries()) columns[column].set(numbersOf(batch, 1 + nth), at)
  for (let feature = 0; feature < width; feature += 1) {
    const values = numbersOf(batch, 1 + SINGLES.length + feature)
    for (let row = 0; row < batch.numRows; row += 1) columns.values[(at + row) * width + feature] = values[row]!
  }
}

function numbersOf(batch: RecordBatch, column: number): ArrayLike<number> {
  const values: unknown = batch.getChildAt(column)?.toArray()
  if (values instanceof Float64Array || values instanceof Float32Array || values instanceof Uint8Array) return values
  throw new InputError(`column ${column} must hold numbers`)
}
