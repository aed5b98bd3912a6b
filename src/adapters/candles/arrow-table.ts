import {
  CompressionType,
  compressionRegistry,
  type Data,
  DataType,
  type Field,
  type RecordBatch,
  RecordBatchReader,
  TimeUnit,
} from 'apache-arrow'
import { decompress as decompressZstd } from 'fzstd'
import { InputError, messageOf, TickwrightError } from '../../core/errors.ts'
import type { RawTable, TableShape } from '../../market/candles/table.ts'
import '../files/bounded-vectors.ts'
import { decodeLz4 } from './lz4-frame.ts'
import { type Choose, WantedRows } from './wanted-rows.ts'

const MAGIC = 'ARROW1'

compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4 })
// A copy begins at an offset that 64-bit columns can stand at.
compressionRegistry.set(CompressionType.ZSTD, { decode: (frame) => decompressZstd(frame).slice() })

/** Reads an Arrow IPC file (Feather v2): plain, LZ4 or ZSTD; batch by batch. */
export function arrowTable(file: string, bytes: Uint8Array, choose: Choose): RawTable {
  if (Buffer.from(bytes.subarray(-MAGIC.length)).toString('latin1') !== MAGIC) throw broken(file, 'its end is cut off')
  try {
    return readBatches(file, bytes, choose)
  } catch (thrown) {
    throw thrown instanceof TickwrightError ? thrown : broken(file, messageOf(thrown), thrown)
  }
}

function readBatches(file: string, bytes: Uint8Array, choose: Choose): RawTable {
  const reader = RecordBatchReader.from(bytes)
  reader.open()
  const { fields } = reader.schema
  const shape: TableShape = {
    file,
    format: 'Arrow',
    names: fields.map(({ name }) => name),
    width: fields.length,
    moments: new Set(fields.flatMap(({ type }, at) => (isMoment(type) ? [at] : []))),
    firstRow: 1,
  }
  const table = new WantedRows(shape, choose)
  const readers = table.wanted.map(({ at }) => readerOf(file, fields[at]!))
  // Not by iterating: that never ends when a damaged message is no batch.
  for (let nth = 0; nth < reader.numRecordBatches; nth += 1) {
    // Of bytes in memory the reader is never asynchronous.
    const batch = reader.readRecordBatch(nth) as RecordBatch | null
    if (batch === null) throw broken(file, `batch ${nth + 1} is missing`)
    const { numRows } = batch
    const found = table.wanted.map(({ at }) => batch.data.children[at]!)
    // A damaged frame may come out short, a damaged count long.
    const short = found.findIndex((data) => data.length < numRows || data.values.length < numRows)
    if (short >= 0) throw broken(file, `column ${table.wanted[short]!.name} is cut off`)
    const columns = table.extend(numRows)
    for (const [nth, data] of found.entries()) copy(data, readers[nth]!, columns[nth]!, table.rows)
    table.rows += numRows
  }
  return table.table()
}

type Convert = (value: number | bigint) => number

const isMoment = (type: DataType): boolean => DataType.isTimestamp(type) || DataType.isDate(type)

const PER_MS: Readonly<Record<TimeUnit, bigint>> = {
  [TimeUnit.SECOND]: 1n,
  [TimeUnit.MILLISECOND]: 1n,
  [TimeUnit.MICROSECOND]: 1_000n,
  [TimeUnit.NANOSECOND]: 1_000_000n,
}
const DAY_MS = 86_400_000

function readerOf(file: string, { name, type }: Field): Convert {
  if (DataType.isTimestamp(type)) {
    const perMs = PER_MS[type.unit]
    const msPer = type.unit === TimeUnit.SECOND ? 1_000 : 1
    return (value) => Number(BigInt(value) / perMs) * msPer + Number(BigInt(value) % perMs) / Number(perMs)
  }
  if (DataType.isDate(type)) return type.unit === 0 ? (value) => Number(value) * DAY_MS : Number
  if (DataType.isInt(type) || (DataType.isFloat(type) && type.precision !== 0)) return Number
  throw new InputError(`${file}: column ${JSON.stringify(name)} is of type ${String(type)}; it must be of numbers`, {
    file,
    name,
  })
}

function copy(data: Data, convert: Convert, into: Float64Array, from: number): void {
  const { length, nullCount } = data
  const values = data.values as ArrayLike<number | bigint>
  for (let row = 0; row < length; row += 1) {
    into[from + row] = nullCount > 0 && !data.getValid(row) ? Number.NaN : convert(values[row]!)
  }
}

const broken = (file: string, why: string, cause?: unknown): InputError =>
  new InputError(`${file}: this Arrow file cannot be read: ${why}`, { file }, cause)
