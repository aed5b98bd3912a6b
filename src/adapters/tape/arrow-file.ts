import { type FileHandle, open, rm } from 'node:fs/promises'
import {
  type Data,
  type DataType,
  Field,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  TimestampNanosecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { InputError, messageOf } from '../../core/errors.ts'
import { ArrowChunks } from '../files/arrow-chunks.ts'

export interface ArrowColumn {
  readonly name: string
  /**
   * `time`: milliseconds since the epoch in, Timestamp(ns, UTC) out. `integer`: Int64. `float`: Float64. `text`: Utf8, never absent.
   * NaN is null in all but texts.
   */
  readonly type: 'time' | 'integer' | 'float' | 'text'
}

/** An Arrow IPC file (Feather v2) being written, in record batches of `BATCH_ROWS` rows. */
export interface ArrowFile {
  readonly rows: number
  /** One value for each column. A promise when a batch is written: wait for it before the next row. */
  add(values: readonly (number | string)[]): Promise<void> | undefined
  /** The file can be read only after this. */
  close(): Promise<void>
  /** Removes the unfinished file. */
  discard(): Promise<void>
}

const BATCH_ROWS = 8_192
const NS_PER_MS = 1_000_000n
const TYPES: Readonly<Record<ArrowColumn['type'], () => DataType>> = {
  time: () => new TimestampNanosecond('UTC'),
  integer: () => new Int64(),
  float: () => new Float64(),
  text: () => new Utf8(),
}

/** Never overwrites: throws `InputError` when `path` is there or cannot be written. `metadata` goes into the schema. */
export async function createArrowFile(
  path: string,
  columns: readonly ArrowColumn[],
  metadata: Readonly<Record<string, string>>,
): Promise<ArrowFile> {
  try {
    return new BatchFile(path, await open(path, 'wx', 0o644), columns, metadata)
  } catch (thrown) {
    throw new InputError(`${path}: it cannot be written: ${messageOf(thrown)}`, { path }, thrown)
  }
}

class BatchFile implements ArrowFile {
  rows = 0
  readonly #path: string
  readonly #handle: FileHandle
  readonly #schema: Schema
  readonly #columns: readonly Column[]
  readonly #chunks = new ArrowChunks()
  readonly #writer = new RecordBatchFileWriter()
  #waiting = 0

  constructor(
    path: string,
    handle: FileHandle,
    columns: readonly ArrowColumn[],
    metadata: Readonly<Record<string, string>>,
  ) {
    this.#path = path
    this.#handle = handle
    const fields = columns.map(({ name, type }) => new Field(name, TYPES[type](), type !== 'text'))
    this.#schema = new Schema(fields, new Map(Object.entries(metadata)))
    this.#columns = columns.map(({ type }) => (type === 'text' ? new TextColumn() : new NumberColumn(type)))
    this.#writer.reset(this.#chunks, this.#schema)
  }

  add(values: readonly (number | string)[]): Promise<void> | undefined {
    for (const [nth, column] of this.#columns.entries()) column.set(this.#waiting, values[nth])
    this.#waiting += 1
    this.rows += 1
    return this.#waiting === BATCH_ROWS ? this.#flush() : undefined
  }

  async close(): Promise<void> {
    if (this.#waiting > 0 || this.rows === 0) await this.#flush()
    this.#writer.finish()
    await this.#write()
    await this.#handle.sync()
    await this.#handle.close()
  }

  async discard(): Promise<void> {
    await this.#handle.close()
    await rm(this.#path, { force: true })
  }

  #flush(): Promise<void> {
    const length = this.#waiting
    this.#waiting = 0
    const children = this.#columns.map((column) => column.data(length))
    const data = makeData({ type: new Struct(this.#schema.fields), children, length, nullCount: 0 })
    this.#writer.write(new RecordBatch(this.#schema, data))
    return this.#write()
  }

  async #write(): Promise<void> {
    for (const chunk of this.#chunks.take()) await this.#handle.writeFile(chunk)
  }
}

/** Values of one batch of one column. */
interface Column {
  set(row: number, value: number | string | undefined): void
  data(length: number): Data
}

class TextColumn implements Column {
  readonly #texts: string[] = []

  set(row: number, value: number | string | undefined): void {
    this.#texts[row] = String(value ?? '')
  }

  data(length: number): Data {
    return vectorFromArray(this.#texts.slice(0, length), new Utf8()).data[0]!
  }
}

class NumberColumn implements Column {
  readonly #type: Exclude<ArrowColumn['type'], 'text'>
  readonly #values = new Float64Array(BATCH_ROWS)

  constructor(type: Exclude<ArrowColumn['type'], 'text'>) {
    this.#type = type
  }

  set(row: number, value: number | string | undefined): void {
    this.#values[row] = Number(value)
  }

  data(length: number): Data {
    const values = this.#values.slice(0, length)
    const { nullBitmap, nullCount } = nullsOf(values)
    const type = TYPES[this.#type]()
    const data = this.#type === 'float' ? values : BigInt64Array.from(values, this.#type === 'time' ? nsOf : wholeOf)
    return makeData({ type, data, length, nullBitmap, nullCount } as Parameters<typeof makeData>[0])
  }
}

const wholeOf = (value: number): bigint => (Number.isFinite(value) ? BigInt(value) : 0n)

function nsOf(ms: number): bigint {
  if (!Number.isFinite(ms)) return 0n
  const whole = Math.floor(ms)
  return BigInt(whole) * NS_PER_MS + BigInt(Math.round((ms - whole) * 1e6))
}

/** One bit for each row, set where there is a value. */
function nullsOf(values: Float64Array): { nullBitmap: Uint8Array; nullCount: number } {
  const nullBitmap = new Uint8Array((values.length + 7) >> 3)
  let nullCount = 0
  for (const [row, value] of values.entries()) {
    if (Number.isNaN(value)) nullCount += 1
    else nullBitmap[row >> 3]! |= 1 << (row & 7)
  }
  return { nullBitmap, nullCount }
}
