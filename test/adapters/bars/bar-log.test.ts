import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBars } from '../../../src/adapters/bars/read-bars.ts'
import { readSession } from '../../../src/adapters/tape/read-session.ts'
import { InputError } from '../../../src/core/errors.ts'
import { BOOK_LEVELS } from '../../../src/market/bar.ts'
import { BTCUSDT, ETHUSDT } from '../../market/instruments.ts'
import { all, barAt, DAY_MS, logAt, logFolder, MIDNIGHT, pairAt, SYMBOLS, secondsOf } from './bar-logs.ts'

const folder = logFolder()

const filesOf = async (dir: string): Promise<string[]> =>
  (await readdir(dir)).toSorted().map((name) => path.join(dir, name))

describe('what is written', () => {
  test('comes back bit by bit: every number, taints, externals, signature', async () => {
    const place = folder.place('bits')
    const number = fc.double() // NaN, infinities and -0 included.
    const list = fc.array(number, { minLength: BOOK_LEVELS, maxLength: BOOK_LEVELS })
    const written = fc.sample(
      fc.record({ open: number, markPrice: number, ofi: list, bidPriceTicks: list, value: number, path: list }),
      { numRuns: 200, seed: 6 },
    )
    const log = await logAt(place, 0)
    const bars = written.map(({ value, path: signature, ...numbers }, nth) =>
      barAt(nth + 1, {
        ...numbers,
        taints: nth % 2 === 0 ? [] : ['gap', 'partial'],
        ...(nth % 3 === 0 && { externals: { fear: { value, observedAt: nth + 0.25 } } }),
        ...(nth % 4 === 0 && { signature: Float64Array.from(signature) }),
      }),
    )
    for (const bar of bars) log.add([bar])
    await log.close()
    expect(await all(readBars(place, SYMBOLS))).toEqual(bars.map((bar) => [bar]))
  })

  test('the first line of every file names format, instruments with their steps, and bars', async () => {
    const place = folder.place('head')
    const log = await logAt(place, 0)
    log.at(1_000).add(pairAt(1))
    await log.close()
    const [file = ''] = await filesOf(place.dir)
    expect(path.basename(file)).toBe('demo-20240809T000000000Z.gz')
    expect(await readSession(file)).toMatchObject({
      ...{ format: 1, mode: 'bars', venueId: 'binanceusdm', instruments: [BTCUSDT, ETHUSDT] },
      streams: ['bar@1s', 'barMs@1000'],
    })
    const lines = gunzipSync(await readFile(file))
      .toString()
      .trimEnd()
      .split('\n')
    expect(JSON.parse(lines[1]!.slice(20))).toMatchObject({ stream: 'bar@1s', data: { e: 'tickwright', kind: 'bars' } })
  })

  test('a file begins at each UTC day and past rotateBytes; the order is kept', async () => {
    const place = folder.place('rotation')
    const log = await logAt(place, DAY_MS - 2_000, { rotateBytes: 1_500 })
    for (const seconds of [-1, 0, 1, 2, 3, 4]) {
      log.at(DAY_MS + seconds * 1_000).add(pairAt(seconds))
      await new Promise((done) => setTimeout(done, 40))
    }
    await log.close()
    const files = await filesOf(place.dir)
    expect(files.map((file) => path.basename(file))).toContain('demo-20240810T000000000Z.gz')
    expect(files.length).toBeGreaterThan(2)
    expect((await all(readBars(place, SYMBOLS))).map(secondsOf)).toEqual([-1, 0, 1, 2, 3, 4])
  })

  test('what a slow disk has no room for is a hole that is told; nothing throws, also after the end', async () => {
    const place = folder.place('slow')
    const told: string[] = []
    const log = await logAt(place, 0, { queueBytesMax: 4_000, onError: ({ message }) => told.push(message) })
    for (let seconds = 1; seconds <= 9; seconds += 1) log.add([barAt(seconds)])
    await log.close()
    log.add([barAt(10)])
    await log.close()
    const seconds = (await all(readBars(place, SYMBOLS))).map(secondsOf)
    expect(seconds.length).toBeGreaterThan(0)
    expect(seconds.length).toBeLessThan(9)
    expect(seconds).toEqual(seconds.map((_, nth) => nth + 1))
    expect(told).toEqual([expect.stringContaining('dropped')])
    const [file = ''] = await filesOf(place.dir)
    expect(gunzipSync(await readFile(file)).toString()).toContain('"kind":"overflow"')
  })

  test('a folder that cannot be made is refused at the start', async () => {
    const place = folder.place('nowhere')
    await writeFile(place.dir, '')
    await expect(logAt(place, 0)).rejects.toThrow(InputError)
  })
})

describe('retentionDays', () => {
  test.each([
    { name: 'as old as that: its successor was begun just then', days: 1, kept: 2 },
    { name: 'a little younger', days: 1 + 1 / DAY_MS, kept: 3 },
  ])('$name -> $kept files left', async ({ days, kept }) => {
    const place = folder.place(`retention-${kept}`)
    const first = await logAt(place, 0)
    first.at(DAY_MS).add(pairAt(86_400))
    await first.close()
    const log = await logAt(place, 2 * DAY_MS, { retentionDays: days })
    await log.close()
    expect(await filesOf(place.dir)).toHaveLength(kept)
  })

  test('is looked after at each new day', async () => {
    const place = folder.place('retention-day')
    const log = await logAt(place, 0, { retentionDays: 1 })
    for (const day of [1, 2, 3]) log.at(day * DAY_MS).add(pairAt(day * 86_400))
    await log.close()
    const other = await logAt(place, 3 * DAY_MS + 1, { retentionDays: 1 })
    await other.close()
    expect((await all(readBars(place, SYMBOLS))).map(secondsOf)).toEqual([172_800, 259_200])
  })
})

describe('readBars', () => {
  test('gives the span and the instruments that are asked for: begins at `from`, ends at `to`', async () => {
    const place = folder.place('span')
    const log = await logAt(place, 0)
    for (const seconds of [1, 2, 3, 4, 5]) log.add(pairAt(seconds))
    await log.close()
    const span = { from: MIDNIGHT + 1_000, to: MIDNIGHT + 4_000 }
    expect(await all(readBars(place, [ETHUSDT.symbol], span))).toEqual([2, 3, 4].map((n) => [pairAt(n)[1]]))
    expect(await all(readBars(place, ['XRP/USDT:USDT'], span))).toEqual([])
    expect(await all(readBars({ ...place, bar: '1m' }, SYMBOLS))).toEqual([])
    expect(await all(readBars(folder.place('not-there'), SYMBOLS))).toEqual([])
  })

  test('files far from the span are not opened', async () => {
    const place = folder.place('far')
    for (const day of [0, 1, 2]) {
      const log = await logAt(place, day * DAY_MS)
      log.add(pairAt(day * 86_400 + 1))
      await log.close()
    }
    const [first = '', , last = ''] = await filesOf(place.dir)
    await Promise.all([first, last].map((file) => writeFile(file, 'no log')))
    const span = { from: MIDNIGHT + DAY_MS + 3_600_000, to: MIDNIGHT + 2 * DAY_MS - 3_600_001 }
    await expect(all(readBars(place, SYMBOLS, span))).resolves.toEqual([])
    await expect(all(readBars(place, SYMBOLS, { ...span, from: span.from - 1 }))).rejects.toThrow(`${first}, line 1: `)
    await expect(all(readBars(place, SYMBOLS, { ...span, to: span.to + 1 }))).rejects.toThrow(`${last}, line 1: `)
  })

  test('of two runs that overlap, the first bar of an instant wins; a restart leaves a gap', async () => {
    const place = folder.place('runs')
    const first = await logAt(place, 0)
    for (const seconds of [1, 2, 3]) first.add([barAt(seconds, { open: 1 })])
    await first.close()
    const second = await logAt(place, 2_500)
    for (const seconds of [2, 3, 4, 6]) second.add([barAt(seconds, { open: 2 })])
    await second.close()
    const bars = (await all(readBars(place, SYMBOLS))).flat()
    expect(bars.map((bar) => [secondsOf([bar]), bar.open])).toEqual([
      ...[1, 2, 3].map((n) => [n, 1]),
      ...[4, 6].map((n) => [n, 2]),
    ])
  })

  test('several event bars of one run may end in one millisecond', async () => {
    const place = folder.place('events')
    const log = await logAt(place, 0)
    const bars = [1, 2, 3].map((open) => barAt(1, { open }))
    for (const bar of bars) log.add([bar])
    await log.close()
    expect((await all(readBars(place, SYMBOLS))).flat()).toEqual(bars)
  })

  test('a log whose steps or venue have changed is refused', async () => {
    const place = folder.place('steps')
    await (await logAt(place, 0)).close()
    await (await logAt(place, 1_000, { instruments: [{ ...BTCUSDT, tickSize: '0.01' }] })).close()
    await expect(all(readBars(place, SYMBOLS))).rejects.toThrow(/010000?.*Z\.gz: tickSize of BTC\/USDT:USDT is 0\.01/)
    const other = folder.place('venue')
    await (await logAt(other, 0)).close()
    await (await logAt(other, 1_000, { venueId: 'bybit' })).close()
    await expect(all(readBars(other, SYMBOLS))).rejects.toThrow('its venue is bybit')
  })
})

describe('damage', () => {
  /** One member for each bar. */
  async function members(name: string, count: number) {
    const place = folder.place(name)
    const log = await logAt(place, 0)
    for (let seconds = 1; seconds <= count; seconds += 1) {
      log.add(pairAt(seconds))
      await new Promise((done) => setTimeout(done, 30))
    }
    await log.close()
    const [file = ''] = await filesOf(place.dir)
    return { place, file, bytes: await readFile(file) }
  }
  const starts = (bytes: Buffer): number[] =>
    [...bytes.keys()].filter((at) => bytes.readUInt32BE(Math.min(at, bytes.length - 4)) === 0x1f8b0804)

  test('cut anywhere, a file gives the bars of its whole members', async () => {
    const { place, file, bytes } = await members('cut', 3)
    const at = starts(bytes)
    expect(at).toHaveLength(4)
    for (let length = bytes.length; length >= 0; length -= 37) {
      await writeFile(file, bytes.subarray(0, length))
      const whole = [...at.slice(1), bytes.length].filter((end) => end <= length).length
      const expected = Math.max(0, whole - 1)
      expect([length, (await all(readBars(place, SYMBOLS))).length]).toEqual([length, expected])
    }
    // What a file system may leave of the last member.
    await writeFile(file, Buffer.concat([bytes.subarray(0, at[3]), Buffer.alloc(300)]))
    expect(await all(readBars(place, SYMBOLS))).toHaveLength(2)
    await truncate(file, 0)
    const later = await logAt(place, 9_000)
    later.add(pairAt(9))
    await later.close()
    expect((await all(readBars(place, SYMBOLS))).map(secondsOf)).toEqual([9])
    await rm(file)
  })

  test('rot in the middle is an error that names file and line', async () => {
    const { place, file, bytes } = await members('rot', 3)
    const rotten = Buffer.from(bytes)
    rotten[starts(bytes)[2]! + 60]! ^= 0xff
    await writeFile(file, rotten)
    await expect(all(readBars(place, SYMBOLS))).rejects.toThrow(`${file}, line 3: the gzip member`)
  })

  test('a line that is no bar is an error that names file and line', async () => {
    const { place, file, bytes } = await members('line', 1)
    const { gzipMember } = await import('../../../src/adapters/tape/gzip-member.ts')
    const line = '1723161600000000000 {"stream":"bar@1s","data":{"kind":"bars","bars":[{"symbol":"BTC/USDT:USDT"}]}}\n'
    await writeFile(file, Buffer.concat([bytes, await gzipMember(line)]))
    await expect(all(readBars(place, SYMBOLS))).rejects.toThrow(`${file}, line 3: `)
  })
})
