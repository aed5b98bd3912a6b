import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  Field,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import fc from 'fast-check'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { candleFolder, FIXTURES, readCandles, rowsOf, valuesOf } from './folder.ts'

const fileOf = candleFolder()

const NAMES = ['open', 'high', 'low', 'close', 'volume']
const TIMES = [1_735_689_600_000, 1_735_689_660_000, 1_735_689_720_000]

describe('files that pandas wrote', () => {
  const fixture = (name: string) => path.join(FIXTURES, name)
  test.each([
    'BTC_USDT_USDT-15m-futures.feather',
    'BTC_USDT_USDT-15m-futures-zstd.feather',
    'BTC_USDT_USDT-15m-futures.parquet',
  ])('%s holds what the JSON holds', async (name) => {
    const table = await readCandles(fixture(name))
    expect(table.rows).toBe(96)
    expect(rowsOf(table)).toEqual(rowsOf(await readCandles(fixture('BTC_USDT_USDT-15m-futures.json.gz'))))
  })

  test.each(['feather', 'parquet'])('property: a %s that is cut off is refused, by name', async (kind) => {
    const bytes = readFileSync(fixture(`BTC_USDT_USDT-15m-futures.${kind}`))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 9, max: bytes.length - 1 }), async (length) => {
        const file = fileOf(`cut.${kind}`, bytes.subarray(0, length))
        await expect(readCandles(file)).rejects.toThrow(InputError)
        await expect(readCandles(file)).rejects.toThrow(file)
      }),
      { numRuns: 60 },
    )
  })

  test.each(['feather', 'parquet'])(
    'property: of a damaged %s comes nothing or rows, never another error',
    async (kind) => {
      const bytes = readFileSync(fixture(`BTC_USDT_USDT-15m-futures.${kind}`))
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 8, max: bytes.length - 9 }),
          fc.integer({ min: 1, max: 255 }),
          async (at, mask) => {
            const file = fileOf(`damaged.${kind}`, bytes.with(at, bytes[at]! ^ mask))
            const outcome = await readCandles(file).catch((thrown: unknown) => thrown)
            if (outcome instanceof Error) expect(outcome).toBeInstanceOf(InputError)
          },
        ),
        { numRuns: 150 },
      )
    },
  )

  test.each([1_567, 1_767])('a count in the header that byte %i has damaged is refused, not followed', async (at) => {
    const bytes = readFileSync(fixture('BTC_USDT_USDT-15m-futures.feather'))
    const damaged = fileOf('count.feather', bytes.with(at, bytes[at]! ^ 1))
    await expect(readCandles(damaged)).rejects.toThrow(
      /Arrow file cannot be read: its header counts \d+ entries in \d+ bytes/,
    )
  })
})

/** Three rows; times as given, prices 1, 2, null. */
function arrowFile(time: 'text' | 'integer' | TimestampSecond, perMs: bigint, batches = 1): Uint8Array {
  const times = BigInt64Array.from(TIMES, (ms) => (perMs === 0n ? BigInt(ms / 1e3) : BigInt(ms) * perMs))
  const type = time === 'integer' || time === 'text' ? new Int64() : time
  const moments = makeData({ type: type as Int64, data: times, length: 3, nullCount: 0 })
  const texts = vectorFromArray(['a', 'b', 'c'], new Utf8()).data[0]!
  const prices = vectorFromArray([1, 2, null], new Float64()).data[0]!
  const fields = [
    new Field('date', time === 'text' ? new Utf8() : type),
    ...NAMES.map((name) => new Field(name, new Float64(), true)),
  ]
  const schema = new Schema(fields)
  const children = [time === 'text' ? texts : moments, ...NAMES.map(() => prices)]
  const batch = new RecordBatch(schema, makeData({ type: new Struct(fields), children, length: 3, nullCount: 0 }))
  return tableToIPC(new Table(schema, Array(batches).fill(batch) as RecordBatch[]), 'file')
}

describe('Arrow', () => {
  test.each([
    ['seconds', new TimestampSecond('UTC'), 0n],
    ['milliseconds', new TimestampMillisecond('UTC'), 1n],
    ['microseconds', new TimestampMicrosecond('UTC'), 1_000n],
    ['nanoseconds', new TimestampNanosecond('UTC'), 1_000_000n],
  ])('times in %s come in milliseconds', async (name, type, perMs) => {
    const table = await readCandles(fileOf(`${name}.arrow`, arrowFile(type as TimestampSecond, perMs)))
    expect(valuesOf(table, 'time')).toEqual(TIMES)
    expect([...table.shape.moments]).toEqual([0])
  })

  test('integers are numbers, nulls are NaN, batches follow each other', async () => {
    const table = await readCandles(fileOf('integers.arrow', arrowFile('integer', 1n, 3)))
    expect(valuesOf(table, 'time')).toEqual([...TIMES, ...TIMES, ...TIMES])
    expect(valuesOf(table, 'close')).toEqual([1, 2, Number.NaN, 1, 2, Number.NaN, 1, 2, Number.NaN])
    expect(table.shape.moments.size).toBe(0)
  })

  test('a column of texts is refused', async () => {
    const file = fileOf('texts.arrow', arrowFile('text', 1n))
    await expect(readCandles(file)).rejects.toThrow(`${file}: column "date" is of type Utf8; it must be of numbers`)
  })

  test('an unknown column is refused', async () => {
    const file = fileOf(
      'unknown.arrow',
      tableToIPC(new Table({ ts: vectorFromArray([1, 2]), oi: vectorFromArray([1, 2]) }), 'file'),
    )
    await expect(readCandles(file)).rejects.toThrow(`${file}: column "oi" is unknown`)
  })
})

describe('Parquet', () => {
  const prices: ColumnSource[] = NAMES.map((name) => ({ name, data: [1, 2, null], type: 'DOUBLE', nullable: true }))
  const parquet = (
    time: Partial<ColumnSource>,
    options: { codec?: 'SNAPPY' | 'UNCOMPRESSED'; rowGroupSize?: number } = {},
  ) => {
    const column = { name: 'date', data: TIMES.map((ms) => new Date(ms)), type: 'TIMESTAMP', ...time } as ColumnSource
    return new Uint8Array(parquetWriteBuffer({ columnData: [column, ...prices], ...options }))
  }

  test.each([
    ['Snappy', { codec: 'SNAPPY' as const }],
    ['uncompressed', { codec: 'UNCOMPRESSED' as const }],
    ['of two row groups', { rowGroupSize: 2 }],
  ])('%s', async (name, options) => {
    const table = await readCandles(fileOf(`${name}.parquet`, parquet({}, options)))
    expect(valuesOf(table, 'time')).toEqual(TIMES)
    expect(valuesOf(table, 'close')).toEqual([1, 2, Number.NaN])
    expect([...table.shape.moments]).toEqual([0])
  })

  test('integers are numbers', async () => {
    const file = fileOf('integers.parquet', parquet({ data: TIMES.map(BigInt), type: 'INT64' }))
    const table = await readCandles(file)
    expect(valuesOf(table, 'time')).toEqual(TIMES)
    expect(table.shape.moments.size).toBe(0)
  })

  test('a column of texts is refused', async () => {
    const file = fileOf('texts.parquet', parquet({ data: ['a', 'b', 'c'], type: 'STRING' }))
    await expect(readCandles(file)).rejects.toThrow(
      `${file}: column "date" is of type BYTE_ARRAY; it must be of numbers`,
    )
  })
})
