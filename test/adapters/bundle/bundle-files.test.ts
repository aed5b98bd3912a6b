import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listFamilies, listVersions } from '../../../src/adapters/bundle/list-bundles.ts'
import { readBundle, readCurrentBundle, readCurrentVersion } from '../../../src/adapters/bundle/read-bundle.ts'
import { setCurrent, writeBundle } from '../../../src/adapters/bundle/write-bundle.ts'
import { InputError } from '../../../src/core/errors.ts'
import { openBundle } from '../../../src/model/bundle/bundle.ts'
import { SCHEMA, sampleBundle } from '../../model/sample-model.ts'

let family = ''

beforeEach(async () => {
  family = join(await mkdtemp(join(tmpdir(), 'bundle-')), 'demo')
})
afterEach(() => rm(join(family, '..'), { recursive: true }))

const { files } = sampleBundle()

async function refused(run: Promise<unknown>, ...says: string[]): Promise<void> {
  const error: unknown = await run.then(
    () => 'accepted',
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(InputError)
  for (const part of says) expect((error as InputError).message).toContain(part)
}

describe('bundle folders', () => {
  test('what is written is read, and leaves nothing else behind', async () => {
    await writeBundle(family, 'sample-1', files)
    await setCurrent(family, 'sample-1')
    const bundle = openBundle(await readCurrentBundle(family), SCHEMA)
    expect(bundle.modelId).toBe('demo/sample-1')
    expect((await readdir(family)).sort()).toEqual(['current', 'sample-1'])
    expect(await readFile(join(family, 'current'), 'utf8')).toBe('sample-1\n')
  })

  test('current moves to another version', async () => {
    await setCurrentOf('sample-1')
    await setCurrentOf('sample-2')
    expect(await readCurrentVersion(family)).toBe('sample-2')
  })

  test('a version is written once: the same model passes, another is refused, and neither changes it', async () => {
    await writeBundle(family, 'sample-1', files)
    const later = sampleBundle((draft) => ({ ...draft, createdAt: '2027-01-02T03:04:05.000Z' })).files
    await writeBundle(family, 'sample-1', later)
    const other = new Map([...files, ['model.onnx', Uint8Array.of(1)]])
    await refused(writeBundle(family, 'sample-1', other), 'sample-1', 'never changes')
    expect((await readBundle(family, 'sample-1')).files).toEqual(files)
    expect(await readdir(family)).toEqual(['sample-1'])
  })

  test.each(['../demo', '/etc', '..', '.', '.hidden', 'a/b', 'a\\b', '', 'x'.repeat(65), 'a\0b'])(
    'version %j cannot leave the folder',
    async (version) => {
      await mkdir(family)
      await writeFile(join(family, 'current'), `${version}\n`)
      await refused(readCurrentBundle(family), 'version was')
    },
  )

  test('a missing folder, a missing current and an overlong current are refused by name', async () => {
    await refused(readCurrentBundle(family), join(family, 'current'))
    await refused(readBundle(family, 'sample-9'), join(family, 'sample-9'))
    await mkdir(family)
    await writeFile(join(family, 'current'), 'x'.repeat(257))
    await refused(readCurrentBundle(family), 'current', '257 bytes')
  })

  test('links are not followed', async () => {
    await writeBundle(family, 'sample-1', files)
    await writeFile(join(family, 'secret'), 'secret')
    await symlink(join(family, 'secret'), join(family, 'sample-1', 'report.html'))
    await refused(readBundle(family, 'sample-1'), 'report.html', 'plain file')
    await symlink(join(family, 'sample-1'), join(family, 'sample-2'))
    await refused(readBundle(family, 'sample-2'), 'sample-2')
    await symlink(join(family, 'secret'), join(family, 'current'))
    await refused(readCurrentBundle(family), 'current', 'plain file')
  })

  test('a folder inside, too many files and a huge file are refused before they are read', async () => {
    await writeBundle(family, 'sample-1', files)
    await mkdir(join(family, 'sample-1', 'inner'))
    await refused(readBundle(family, 'sample-1'), 'inner', 'plain file')
    await rm(join(family, 'sample-1', 'inner'), { recursive: true })
    const huge = join(family, 'sample-1', 'optimizer.bin')
    await writeFile(huge, '')
    await truncate(huge, 256 * 1_048_576 + 1) // Sparse: no disk is used.
    await refused(readBundle(family, 'sample-1'), 'optimizer.bin: 268435457 bytes')
    await rm(huge)
    for (let i = 0; i < 14; i += 1) await writeFile(join(family, 'sample-1', `f${i}`), '')
    expect((await readBundle(family, 'sample-1')).files.size).toBe(16)
    await writeFile(join(family, 'sample-1', 'f14'), '')
    await refused(readBundle(family, 'sample-1'), '17 files')
  })

  test('a pipe is refused and holds nobody up', async () => {
    await writeBundle(family, 'sample-1', files)
    const command = 'mkfifo' // Node has no call for it.
    execFileSync(command, [join(family, 'sample-1', 'report.html')])
    await refused(readBundle(family, 'sample-1'), 'report.html', 'plain file')
  })

  test.each(['../demo', '..', '', 'a/b', 'x'.repeat(65)])('nothing is written under the name %j', async (name) => {
    await refused(writeBundle(family, name, files), 'name was')
    await refused(setCurrent(family, name), 'name was')
    await refused(writeBundle(family, 'sample-1', new Map([[name, new Uint8Array()]])), 'name was')
  })

  test('lists hold versions only', async () => {
    await setCurrentOf('sample-2')
    await setCurrentOf('sample-1')
    await mkdir(join(family, '.writing-other'))
    await symlink(join(family, 'sample-1'), join(family, 'link'))
    await mkdir(join(family, '..', 'empty'))
    for (const [group, file] of [
      ['majors', 'current'],
      ['others', 'history.jsonl'],
    ] as const) {
      await mkdir(join(family, group))
      await writeFile(join(family, group, file), '')
    }
    expect(await listVersions(family)).toEqual(['sample-1', 'sample-2'])
    expect(await listFamilies(join(family, '..'))).toEqual(['demo'])
    await refused(listVersions(join(family, 'nowhere')), 'nowhere', 'folder of models')
  })

  test('what dead writers left is removed by the next one; what may be in use stays', async () => {
    const host = hostname().replaceAll(/[^A-Za-z0-9]/g, '_')
    const dead = spawnSync('true').pid
    const names = [`${host}-${dead}-abc`, `${host}-${process.pid}-abc`, 'elsewhere-1-abc', 'elsewhere-2-abc', 'odd']
    const folders = names.map((name) => join(family, `.writing-${name}`))
    for (const folder of folders) await mkdir(folder, { recursive: true })
    await writeFile(join(folders[0]!, 'part'), 'part')
    await utimes(folders[3]!, 0, Date.now() / 1_000 - 90_000)
    await setCurrentOf('sample-1')
    const left = (await readdir(family)).filter((name) => name.startsWith('.')).sort()
    expect(left).toEqual([1, 2, 4].map((at) => `.writing-${names[at]}`).sort())
  })

  test('a truncated graph on disk is refused', async () => {
    await writeBundle(family, 'sample-1', files)
    await truncate(join(family, 'sample-1', 'model.onnx'), 100)
    const read = await readBundle(family, 'sample-1')
    expect(() => openBundle(read, SCHEMA)).toThrow(/model\.onnx: SHA-256/)
  })
})

async function setCurrentOf(version: string): Promise<void> {
  await writeBundle(family, version, files)
  await setCurrent(family, version)
}
