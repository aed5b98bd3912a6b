import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listVersions } from '../../../src/adapters/bundle/list-bundles.ts'
import { readBundle, readCurrentBundle, readCurrentVersion } from '../../../src/adapters/bundle/read-bundle.ts'
import { setCurrent, writeBundle } from '../../../src/adapters/bundle/write-bundle.ts'
import type { BundleFiles } from '../../../src/model/bundle/bundle.ts'
import { numberedFiles } from './numbered-files.ts'

const WRITER = fileURLToPath(new URL('endless-writer.ts', import.meta.url))
const KILLS = 8

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'killed-'))
})
afterAll(() => rm(root, { recursive: true }))

const numberOf = (version: string): number => Number(version.slice(2))

function isWhole({ folder, files }: BundleFiles): void {
  const expected = numberedFiles(numberOf(folder.split('/').at(-1)!))
  expect([...files.keys()]).toEqual([...expected.keys()].sort())
  for (const [name, bytes] of expected) expect(Buffer.compare(bytes, files.get(name)!)).toBe(0)
}

/** Runs a writer, reads what it points at all the while, and kills it once it has worked for a moment. */
async function killedWriter(family: string, first: number, lastsMs: number): Promise<void> {
  const writer = spawn(process.execPath, ['--import', 'tsx', WRITER, family, String(first)], { stdio: 'pipe' })
  await once(writer.stdout, 'data')
  setTimeout(() => writer.kill('SIGKILL'), lastsMs)
  const ended = once(writer, 'exit')
  while (writer.signalCode === null && writer.exitCode === null) {
    isWhole(await readCurrentBundle(family))
    await new Promise(setImmediate)
  }
  await ended
  expect(writer.signalCode).toBe('SIGKILL')
}

test('a writer killed at any moment leaves the old bundle or the new one, never a part', {
  timeout: 60_000,
}, async () => {
  const family = join(root, 'demo')
  let first = 0
  let cutShort = 0
  for (let kill = 0; kill < KILLS; kill += 1) {
    await killedWriter(family, first, 1 + kill * 4)
    const versions = await listVersions(family)
    for (const version of versions) isWhole(await readBundle(family, version))
    const newest = Math.max(...versions.map(numberOf))
    // The version may be written and not yet pointed at; the one before is then current.
    expect([newest, newest - 1]).toContain(numberOf(await readCurrentVersion(family)))
    cutShort += (await readdir(family)).filter((name) => name.startsWith('.writing-')).length
    for (const version of versions) {
      if (numberOf(version) < newest - 1) await rm(join(family, version), { recursive: true })
    }
    first = newest + 1
  }
  expect(cutShort).toBeGreaterThan(0) // Else no kill hit a write, and nothing was tested.
  await writeBundle(family, `v-${first}`, numberedFiles(first))
  await setCurrent(family, `v-${first}`)
  expect((await readdir(family)).filter((name) => name.startsWith('.'))).toEqual([])
})
