import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { createBarLog } from '../../../src/adapters/bars/bar-log.ts'
import { rowCache } from '../../../src/adapters/rows/row-cache.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { Bar } from '../../../src/market/bar.ts'
import { barCodec } from '../../../src/wiring/rows/bar-codec.ts'
import { barLogSource } from '../../../src/wiring/rows/bar-log-source.ts'
import type { BarSource } from '../../../src/wiring/rows/bar-source.ts'
import { buildRows, ROWS_MAX } from '../../../src/wiring/rows/build-rows.ts'
import { cachedRows, logRows } from '../../../src/wiring/rows/cached-rows.ts'
import { converters, folder, liveBars, liveRows, markets, START, schema, symbols } from './rows-support.ts'

const dir = folder()
const settings = { schema, converters, rowsMax: ROWS_MAX }
const groups = liveBars(150)

/** One run of a daemon that writes these bars: a file. */
async function write(place: { dir: string }, run: number, bars: readonly (readonly Bar[])[]): Promise<void> {
  const now = START + run * 10_000
  const log = await createBarLog({
    ...placeOf(place.dir),
    ...{ barMs: 1_000, instruments: markets.map(({ instrument }) => instrument) },
    ...{ venueId: 'binanceusdm', program: 'test', clock: { now: () => now as EpochMs, monotonicMs: () => now } },
    onError: (error) => expect.fail(error.message),
  })
  for (const group of bars) log.add(group)
  await log.close()
}

const placeOf = (name: string) => ({ dir: name, prefix: 'demo', bar: '1s', codec: barCodec })

function counted(name: string) {
  const problems: string[] = []
  const cache = rowCache(path.join(dir, name), {
    ...{ bytesMax: 1e9, clock: { now: () => Date.now() as EpochMs } },
    onProblem: (problem) => problems.push(problem),
  })
  return { cache, problems }
}

/** How many bars were read of the log. */
async function opened(name: string) {
  const source = await barLogSource(placeOf(name), symbols)
  const read: number[] = []
  const watched = {
    ...source,
    reader(...state: Parameters<typeof source.reader>) {
      const reader = source.reader(...state)
      return {
        ...reader,
        async *bars(part: Parameters<typeof reader.bars>[0]) {
          for await (const bars of reader.bars(part)) {
            read.push(bars.length)
            yield bars
          }
        },
      }
    },
  }
  return { source: watched, read }
}

describe('logRows', () => {
  const log = path.join(dir, 'log')
  const { cache, problems } = counted('cache')

  test('part after part, as retrainings come, gives the bits of all at once; only what is new is read', async () => {
    const cuts = [0, 40, 41, 90, 120]
    for (const [run, from] of cuts.entries()) {
      // The run after a restart closes the last bars of the one before again.
      await write({ dir: log }, run, groups.slice(Math.max(0, from - 2), cuts[run + 1] ?? groups.length))
      const { source, read } = await opened(log)
      const rows = await logRows(source, settings, cache)
      expect(rows).toEqual(await buildRows(source, schema, converters))
      // The file that was the newest the last time was not finished then: it and the new one are read.
      const unread = cuts[Math.max(0, run - 1)]!
      expect(read.length).toBe((cuts[run + 1] ?? groups.length) - unread)
    }
    const { source } = await opened(log)
    const all = await logRows(source, settings, cache)
    const live = liveRows(groups)
    expect(all.map((table) => table.rows)).toEqual(live.map((rows) => rows.length))
    expect(all[0]!.values).toEqual(Float32Array.from(live[0]!.flatMap(({ values }) => [...values])))
    expect(problems).toEqual([])
  })

  test('a damaged entry in the middle is told and computed anew, to the same bits', async () => {
    const { source } = await opened(log)
    const expected = await buildRows(source, schema, converters)
    for (const name of await readdir(path.join(dir, 'cache'))) {
      await rm(path.join(dir, 'cache', name))
      const again = await opened(log)
      expect(await logRows(again.source, settings, cache)).toEqual(expected)
    }
  })

  test('`from` leaves out the rows before it, which the features have seen all the same', async () => {
    const { source } = await opened(log)
    const all = await logRows(source, settings, cache)
    const from = START + 60_000
    const later = await logRows(source, settings, cache, from)
    expect(later[0]!.startAt).toEqual(all[0]!.startAt.filter((at) => at >= from))
    expect(later[1]!.values).toEqual(all[1]!.values.slice((all[1]!.rows - later[1]!.rows) * schema.names.length))
    expect((await logRows(source, settings, cache, Number.POSITIVE_INFINITY)).map(({ rows }) => rows)).toEqual([0, 0])
  })

  test('when old files are gone the chain goes on: nothing is computed anew but the newest file', async () => {
    const before = await logRows((await opened(log)).source, settings, cache)
    const [oldest = ''] = (await readdir(log)).toSorted()
    await rm(path.join(log, oldest))
    const { source, read } = await opened(log)
    const rows = await logRows(source, settings, cache)
    expect(read.length).toBe(groups.length - 120)
    const gone = before[0]!.rows - rows[0]!.rows
    expect(rows[0]!.values).toEqual(before[0]!.values.slice(gone * schema.names.length))
    expect(rows[0]!.ready[0]).toBe(before[0]!.ready[gone])
  })

  test('bars that come after the log was opened are not in it', async () => {
    const place = path.join(dir, 'growing')
    await write({ dir: place }, 0, groups.slice(0, 10))
    const { source } = await opened(place)
    await write({ dir: place }, 1, groups.slice(10, 20))
    expect((await buildRows(source, schema, converters))[1]!.rows).toBe(
      groups
        .slice(0, 10)
        .flat()
        .filter(({ symbol }) => symbol === symbols[1]).length,
    )
    const { source: later } = await opened(place)
    expect(later.identity).not.toBe(source.identity)
  })
})

describe('cachedRows', () => {
  test('computes once; another identity, schema step or version is another entry', async () => {
    const { cache } = counted('whole')
    let taken = 0
    const source = (identity: string): BarSource => ({
      identity,
      async *groups() {
        taken += 1
        yield* groups.slice(0, 20)
      },
    })
    const first = await cachedRows(source('a'), settings, cache)
    expect(await cachedRows(source('a'), settings, cache)).toEqual(first)
    expect(taken).toBe(1)
    await cachedRows(source('b'), settings, cache)
    expect(taken).toBe(2)
    const coarser = converters.map((one) => ({ ...one, instrument: { ...one.instrument, lotSize: '0.5' } }))
    await cachedRows(source('a'), { ...settings, converters: coarser }, cache)
    expect(taken).toBe(3)
  })
})
