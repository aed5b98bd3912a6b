import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { BarLogPlace } from '../../../src/adapters/bars/bar-log-place.ts'
import { followBars } from '../../../src/adapters/bars/follow-bars.ts'
import { readBars } from '../../../src/adapters/bars/read-bars.ts'
import { systemScheduler } from '../../../src/adapters/clock/system-scheduler.ts'
import { all, barAt, DAY_MS, logAt, logFolder, MIDNIGHT, pairAt, SYMBOLS, secondsOf } from './bar-logs.ts'

const folder = logFolder()
const scheduler = systemScheduler()

/** Follows in the background; `until(n)` waits for n groups. */
function follow(place: BarLogPlace, from = 0) {
  const stop = new AbortController()
  const seen: number[] = []
  const ended = (async () => {
    for await (const bars of followBars(place, SYMBOLS, from, { pollMs: 5, scheduler, signal: stop.signal })) {
      seen.push(secondsOf(bars))
    }
  })()
  return {
    seen,
    ended,
    async until(count: number): Promise<void> {
      while (seen.length < count) await Promise.race([sleep(5), ended])
    },
    async end(): Promise<void> {
      stop.abort()
      await ended
    },
  }
}

test('goes on over a log that is not there yet, new bars, rotation, restarts', async () => {
  const place = folder.place('life')
  const { seen, until, end } = follow(place)
  await sleep(20)
  const first = await logAt(place, 1_000)
  for (const seconds of [1, 2]) {
    first.add(pairAt(seconds))
    await until(seconds) // While the file is being written.
  }
  first.at(DAY_MS).add(pairAt(86_400))
  await until(3)
  first.add(pairAt(86_401))
  await first.close()
  const second = await logAt(place, DAY_MS + 2_000)
  for (const seconds of [86_400, 86_401, 86_403]) second.add(pairAt(seconds))
  await until(5)
  await second.close()
  await end()
  expect(seen).toEqual([1, 2, 86_400, 86_401, 86_403])
  expect((await all(readBars(place, SYMBOLS))).map(secondsOf)).toEqual(seen)
})

test('begins with what has been there, from a moment on', async () => {
  const place = folder.place('history')
  const log = await logAt(place, 0)
  for (const seconds of [1, 2, 3]) log.add([barAt(seconds)])
  await log.close()
  const { seen, until, end } = follow(place, MIDNIGHT + 1_000)
  await until(2)
  await end()
  expect(seen).toEqual([2, 3])
})

test('waits for the rest of a member, and gives nothing twice when the file is cut and grows again', async () => {
  const place = folder.place('pieces')
  const log = await logAt(place, 0)
  for (const seconds of [1, 2, 3]) {
    log.add([barAt(seconds)])
    await sleep(30)
  }
  await log.close()
  const file = path.join(place.dir, (await readdir(place.dir))[0]!)
  const bytes = await readFile(file)
  await writeFile(file, bytes.subarray(0, bytes.length - 20))
  const { seen, until, end } = follow(place)
  await until(2)
  await sleep(30)
  expect(seen).toEqual([1, 2])
  await truncate(file, 100)
  await sleep(30)
  await writeFile(file, bytes)
  await until(3)
  await sleep(30)
  await end()
  expect(seen).toEqual([1, 2, 3])
})

test('rot in what is followed is an error', async () => {
  const place = folder.place('rot')
  const log = await logAt(place, 0)
  for (const seconds of [1, 2]) {
    log.add([barAt(seconds)])
    await sleep(30)
  }
  await log.close()
  const file = path.join(place.dir, (await readdir(place.dir))[0]!)
  const bytes = await readFile(file)
  const second = bytes.indexOf(Buffer.of(0x1f, 0x8b, 8, 4), 1)
  bytes[second + 60]! ^= 0xff
  await writeFile(file, bytes)
  await expect(follow(place).ended).rejects.toThrow(`${file}, line 2`)
})
