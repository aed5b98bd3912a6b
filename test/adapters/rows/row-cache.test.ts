import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RowCache, rowCache } from '../../../src/adapters/rows/row-cache.ts'
import { InvariantError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { RowTable } from '../../../src/training/rows/row-table.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'rows-'))
})
afterAll(() => rm(folder, { recursive: true }))

const KEY = 'a'.repeat(64)
const OTHER = 'b'.repeat(64)
const ODD = [Number.NaN, -0, Number.POSITIVE_INFINITY, Number.MIN_VALUE, 0.1 + 0.2]

function tableOf(symbol: string, rows: number, featureNames = ['close', 'spread', 'ret_1']): RowTable {
  const random = seededRandom(rows)
  const draw = () => ODD[Math.floor(random() * 20)] ?? random() * 1e5
  const numbers = () => Float64Array.from({ length: rows }, draw)
  const flags = () => Uint8Array.from({ length: rows }, () => Math.round(random()))
  return {
    ...{ symbol, featureNames, schemaHash: 'c'.repeat(64), barMs: 60_000, rows },
    ...{ startAt: numbers(), endAt: numbers(), ready: flags(), tainted: flags() },
    values: Float32Array.from({ length: rows * featureNames.length }, draw),
    ...{ open: numbers(), high: numbers(), low: numbers(), close: numbers(), volume: numbers() },
    ...{ bidTicks: numbers(), askTicks: numbers() },
    ...{ markPrice: numbers(), fundingRate: numbers(), nextFundingAt: numbers() },
  }
}

/** All of a table; columns by the hash of their bytes, for thousands of numbers take long to compare. */
const bytesOf = (table: RowTable) =>
  Object.entries(table)
    .map(([name, value]) => [
      name,
      ArrayBuffer.isView(value)
        ? createHash('sha256')
            .update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
            .digest('hex')
        : value,
    ])
    .toSorted()

interface Cache extends RowCache {
  readonly dir: string
  readonly problems: string[]
  /** The file of a key; none when it is not there. */
  file(key: string): Promise<string | undefined>
}

function cacheIn(name: string, bytesMax = 1e9, now = Date.now()): Cache {
  const dir = path.join(folder, name)
  const problems: string[] = []
  const clock = { now: () => now as EpochMs }
  const cache = rowCache(dir, { bytesMax, clock, onProblem: (problem) => problems.push(problem) })
  return {
    dir,
    problems,
    load: (key) => cache.load(key),
    store: (key, rows) => cache.store(key, rows),
    async file(key) {
      const found = (await readdir(dir)).find((one) => one.startsWith(key))
      return found && path.join(dir, found)
    },
  }
}

describe('what was stored', () => {
  test.each([
    { name: 'several batches of several instruments', rows: [40_000, 3, 16_384] },
    { name: 'an instrument without rows among others', rows: [0, 5, 0] },
    { name: 'no rows at all', rows: [0] },
  ])('$name: the same bits', async ({ name, rows }) => {
    const cache = cacheIn(name)
    const tables = rows.map((count, nth) => tableOf(`S${nth}/USDT:USDT`, count))
    await cache.store(KEY, { tables, note: '{"features":[1,"é"]}' })
    expect(cache.problems).toEqual([])
    const found = await cache.load(KEY)
    expect(found?.note).toBe('{"features":[1,"é"]}')
    expect(found?.tables.map(bytesOf)).toEqual(tables.map(bytesOf))
    expect(await cache.load(OTHER)).toBeUndefined()
  })

  test('a note alone', async () => {
    const cache = cacheIn('note')
    await cache.store(KEY, { tables: [], note: OTHER })
    expect(await cache.load(KEY)).toEqual({ tables: [], note: OTHER })
  })

  test('stands in an Arrow file that any reader opens: names, symbols, numbers', async () => {
    const cache = cacheIn('arrow')
    const tables = [tableOf('A', 2), tableOf('B', 1)]
    await cache.store(KEY, { tables })
    const arrow = tableFromIPC(await readFile((await cache.file(KEY))!))
    expect(arrow.schema.fields.map(({ name }) => name)).toEqual([
      ...['symbol', 'start_at_ms', 'end_at_ms', 'ready', 'tainted', 'open', 'high', 'low', 'close', 'volume'],
      ...['bid_ticks', 'ask_ticks', 'mark_price', 'funding_rate', 'next_funding_at_ms'],
      ...['f_close', 'f_spread', 'f_ret_1'],
    ])
    expect([...arrow.getChild('symbol')!]).toEqual(['A', 'A', 'B'])
    expect([...arrow.getChild('close')!]).toEqual([...tables[0]!.close, ...tables[1]!.close])
    expect([...arrow.getChild('f_spread')!]).toEqual(
      [1, 4].map((at) => tables[0]!.values[at]).concat(tables[1]!.values[1]),
    )
    expect(arrow.schema.metadata.get('featureNames')).toBe('["close","spread","ret_1"]')
  })

  test('is replaced by what is stored later under the same key', async () => {
    const cache = cacheIn('again')
    await cache.store(KEY, { tables: [tableOf('A', 3)] })
    await cache.store(KEY, { tables: [tableOf('A', 4)] })
    expect((await cache.load(KEY))?.tables[0]?.rows).toBe(4)
    expect(await readdir(cache.dir)).toHaveLength(1)
  })
})

describe('a file that is not what it should be is refused, told and removed', () => {
  const damages: readonly { name: string; damage: (file: string, bytes: Buffer) => Promise<void> }[] = [
    { name: 'cut', damage: (file, bytes) => writeFile(file, bytes.subarray(0, bytes.length - 1)) },
    { name: 'empty', damage: (file) => writeFile(file, '') },
    {
      name: 'one bit',
      damage: (file, bytes) => {
        bytes[bytes.length >> 1]! ^= 1
        return writeFile(file, bytes)
      },
    },
    { name: 'under another key', damage: (file) => rename(file, file.replace(KEY, OTHER)) },
    {
      name: 'of another program, with a name that fits',
      damage: async (file) => {
        const foreign = Buffer.from('ARROW1 but not really')
        const sha256 = createHash('sha256').update(foreign).digest('hex')
        await rm(file)
        await writeFile(path.join(path.dirname(file), `${KEY}.${sha256}.arrow`), foreign)
      },
    },
  ]
  test.each(damages)('$name', async ({ name, damage }) => {
    const cache = cacheIn(`damage ${name}`)
    const rows = { tables: [tableOf('A', 20)], note: '' }
    await cache.store(KEY, rows)
    const file = (await cache.file(KEY))!
    await damage(file, await readFile(file))
    const key = name === 'under another key' ? OTHER : KEY
    expect(await cache.load(key)).toBeUndefined()
    expect(cache.problems).toEqual([expect.stringContaining(cache.dir)])
    expect(await readdir(cache.dir)).toEqual([])
    await cache.store(key, rows)
    expect(await cache.load(key)).toEqual(rows)
  })

  test('what a crash left unfinished is never read, and removed when it is old', async () => {
    const cache = cacheIn('crash')
    await mkdir(cache.dir)
    const [old, young] = ['old', 'young'].map((name) => path.join(cache.dir, `${KEY}.${name}.unfinished`))
    await writeFile(old!, 'ARROW1')
    await writeFile(young!, 'ARROW1')
    const hourAgo = Date.now() / 1_000 - 3_601
    await utimes(old!, hourAgo, hourAgo)
    expect(await cache.load(KEY)).toBeUndefined()
    await cache.store(OTHER, { tables: [] })
    expect((await readdir(cache.dir)).filter((name) => name.endsWith('.unfinished'))).toEqual([path.basename(young!)])
  })
})

describe('bounds', () => {
  test('past bytesMax the files that were used least recently go', async () => {
    const keys = ['1', '2', '3', '4'].map((digit) => digit.repeat(64))
    const probe = cacheIn('size')
    await probe.store(KEY, { tables: [tableOf('A', 100)] })
    const { size } = await stat((await probe.file(KEY))!)
    const cache = cacheIn('lru', 3 * size)
    for (const [nth, key] of keys.slice(0, 3).entries()) {
      await cache.store(key, { tables: [tableOf('A', 100)] })
      await utimes((await cache.file(key))!, nth + 1, nth + 1)
    }
    expect(await readdir(cache.dir)).toHaveLength(3) // Exactly full.
    await cache.load(keys[0]!)
    await cache.store(keys[3]!, { tables: [tableOf('A', 100)] })
    const left = (await readdir(cache.dir)).map((name) => name[0]).toSorted()
    expect(left).toEqual(['1', '3', '4'])
  })

  test('a folder that cannot be written is told, and nothing else happens', async () => {
    const cache = cacheIn('file')
    await writeFile(cache.dir, '')
    await cache.store(KEY, { tables: [tableOf('A', 1)] })
    expect(cache.problems.join()).toContain('computed rows are not kept')
  })

  test('tables of two schemas in one file are a bug', async () => {
    const cache = cacheIn('schemas')
    await cache.store(KEY, { tables: [tableOf('A', 1), { ...tableOf('B', 1), schemaHash: 'other' }] })
    expect(cache.problems.join()).toContain('several schemas')
    await expect(cache.load('../../etc')).rejects.toThrow(InvariantError)
  })
})
