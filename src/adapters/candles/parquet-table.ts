import { type ColumnData, parquetMetadataAsync, parquetRead, type SchemaElement } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { InputError, messageOf, TickwrightError } from '../../core/errors.ts'
import type { RawTable, TableShape } from '../../market/candles/table.ts'
import { type Choose, WantedRows } from './wanted-rows.ts'

/** Moments as milliseconds, with their fraction. */
const PARSERS = {
  timestampFromMilliseconds: (ms: bigint): number => Number(ms),
  timestampFromMicroseconds: (us: bigint): number => Number(us) / 1e3,
  timestampFromNanoseconds: (ns: bigint): number => Number(ns / 1_000_000n) + Number(ns % 1_000_000n) / 1e6,
}

/** Reads a Parquet file of flat columns of numbers, row group by row group, under any common compression. */
export async function parquetTable(file: string, bytes: Uint8Array<ArrayBuffer>, choose: Choose): Promise<RawTable> {
  try {
    return await readGroups(file, bytes, choose)
  } catch (thrown) {
    if (thrown instanceof TickwrightError) throw thrown
    throw new InputError(`${file}: this Parquet file cannot be read: ${messageOf(thrown)}`, { file }, thrown)
  }
}

async function readGroups(file: string, bytes: Uint8Array<ArrayBuffer>, choose: Choose): Promise<RawTable> {
  const buffer = {
    byteLength: bytes.byteLength,
    slice: (from: number, to?: number) =>
      bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + (to ?? bytes.byteLength)),
  }
  const metadata = await parquetMetadataAsync(buffer, { parsers: PARSERS })
  const [, ...fields] = metadata.schema
  const shape: TableShape = {
    file,
    format: 'Parquet',
    names: fields.map(({ name }) => name),
    width: fields.length,
    moments: new Set(fields.flatMap((field, at) => (isMoment(field) ? [at] : []))),
    firstRow: 1,
  }
  const table = new WantedRows(shape, choose)
  for (const { at } of table.wanted) requireNumbers(file, fields[at]!)
  const rows = Number(metadata.num_rows)
  const columns = table.extend(rows).map((column) => column.fill(Number.NaN, 0, rows))
  const byName = new Map(table.wanted.map(({ name }, nth) => [name, columns[nth]!]))
  const seen = new Map<string, number>()
  const onChunk = ({ columnName, columnData, rowStart }: ColumnData): void => {
    copy(columnData, byName.get(columnName)!, rowStart)
    seen.set(columnName, (seen.get(columnName) ?? 0) + columnData.length)
  }
  await parquetRead({ file: buffer, metadata, columns: [...byName.keys()], compressors, parsers: PARSERS, onChunk })
  const short = [...byName.keys()].find((name) => seen.get(name) !== rows && rows > 0)
  if (short !== undefined) throw new Error(`column ${short} has ${seen.get(short) ?? 0} values of ${rows}`)
  table.rows = rows
  return table.table()
}

const isMoment = ({ type, converted_type, logical_type }: SchemaElement): boolean =>
  type === 'INT96' || logical_type?.type === 'TIMESTAMP' || (converted_type?.startsWith('TIMESTAMP') ?? false)

const NUMBERS = new Set(['INT32', 'INT64', 'FLOAT', 'DOUBLE', 'INT96'])

function requireNumbers(file: string, { name, type, num_children }: SchemaElement): void {
  if (num_children === undefined && type !== undefined && NUMBERS.has(type)) return
  throw new InputError(`${file}: column ${JSON.stringify(name)} is of type ${type ?? 'group'}; it must be of numbers`, {
    file,
    name,
  })
}

function copy(values: ColumnData['columnData'], into: Float64Array, from: number): void {
  for (let row = 0; row < values.length; row += 1) {
    const value: unknown = values[row]
    into[from + row] = typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : Number.NaN
  }
}
