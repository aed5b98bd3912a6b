import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkpointFile } from '../../../src/adapters/bundle/checkpoint-file.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'checkpoint-'))
})
afterEach(() => rm(dir, { recursive: true }))

test('the last one saved is loaded; none before, and none once it is removed', async () => {
  const file = checkpointFile(join(dir, 'new'), 'ab12')
  expect(await file.load()).toBeUndefined()
  await file.save(Uint8Array.of(1))
  await file.save(Uint8Array.of(2, 3))
  expect([...(await checkpointFile(join(dir, 'new'), 'ab12').load())!]).toEqual([2, 3])
  expect(await checkpointFile(join(dir, 'new'), 'cd34').load()).toBeUndefined()
  await file.remove()
  await file.remove()
  expect(await readdir(join(dir, 'new'))).toEqual([])
})

test('of those that nobody went on with, unfinished ones included, the latest 8 are kept, and no other file is touched', async () => {
  await writeFile(join(dir, 'other'), '')
  for (let nth = 0; nth < 12; nth += 1) {
    const name = join(dir, `k${nth}.checkpoint${nth % 2 === 0 ? '' : '.new'}`)
    await writeFile(name, '')
    await utimes(name, nth, nth)
  }
  await checkpointFile(dir, 'ff').save(Uint8Array.of(1))
  const kept = (await readdir(dir)).sort()
  expect(kept).toHaveLength(9)
  expect(kept).toEqual(expect.arrayContaining(['ff.checkpoint', 'k11.checkpoint.new', 'k5.checkpoint.new', 'other']))
  expect(kept).not.toContain('k4.checkpoint')
})
