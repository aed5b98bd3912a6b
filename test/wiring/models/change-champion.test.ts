import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readCurrentVersion } from '../../../src/adapters/bundle/read-bundle.ts'
import { setCurrent } from '../../../src/adapters/bundle/write-bundle.ts'
import { changeChampion, finishChange, versionBefore } from '../../../src/wiring/models/change-champion.ts'
import { appendHistory, readHistory } from '../../../src/wiring/models/history.ts'
import { SCHEMA } from '../../model/sample-model.ts'
import { ridgeFamily } from '../daemon/ridge-family.ts'

let root = ''
let family = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'champion-'))
  family = join(root, 'demo')
  const schema = { names: [...SCHEMA.names], hash: SCHEMA.schemaHash }
  const versions = ['a', 'b', 'c'].map((version, seed) => ({ version, seed }))
  await ridgeFamily(family, schema, versions)
})
afterEach(() => rm(root, { recursive: true }))

const entry = { at: '2026-01-01T00:00:00Z', who: 'trainer', why: 'a test' }
const change = (version: string, action: 'promote' | 'rollback' = 'promote') =>
  changeChampion({ familyFolder: family, version, action, ...entry })
const damage = (version: string) => writeFile(join(family, version, 'model.onnx'), 'damaged')
const current = () => readCurrentVersion(family)

test('a change is written down and done', async () => {
  expect(await change('b')).toBe('a')
  expect(await current()).toBe('b')
  expect(await readHistory(family)).toEqual([{ ...entry, action: 'promote', version: 'b', previous: 'a' }])
})

test.each([
  ['damaged', async () => damage('b'), /model\.onnx/],
  ['removed', async () => rm(join(family, 'b'), { recursive: true }), /b/],
  ['retired', async () => appendHistory(family, { ...entry, action: 'retire', version: 'b' }), /was retired/],
])('a version that is %s never decides, and nothing changes', async (_name, spoil, rule) => {
  await spoil()
  const before = await readHistory(family)
  await expect(change('b')).rejects.toThrow(rule)
  expect(await current()).toBe('a')
  expect(await readHistory(family)).toEqual(before)
})

/** `current` was written before. */
const LATER = '2099-01-01T00:00:00.000Z'

test('one that died between the entry and the change is finished, once', async () => {
  await appendHistory(family, { ...entry, at: LATER, action: 'promote', version: 'b', previous: 'a' })
  expect(await finishChange(family)).toBe('b')
  expect(await current()).toBe('b')
  expect(await finishChange(family)).toBeUndefined()
})

test.each([
  ['nothing was ever changed', async () => undefined],
  ['the last change is done', async () => change('b')],
  [
    'somebody has put another one in force since',
    async () => {
      await appendHistory(family, { ...entry, action: 'promote', version: 'b', previous: 'a' })
      await setCurrent(family, 'c')
    },
  ],
  [
    'what should decide was retired since',
    async () => {
      await appendHistory(family, { ...entry, action: 'promote', version: 'b', previous: 'a' })
      await appendHistory(family, { ...entry, action: 'retire', version: 'b' })
    },
  ],
])('there is nothing to finish when %s', async (_name, happen) => {
  await happen()
  const before = await current()
  expect(await finishChange(family)).toBeUndefined()
  expect(await current()).toBe(before)
})

test('the version before is the latest sound one that decided, and never one that was rolled back from', async () => {
  await expect(versionBefore(family)).rejects.toThrow(/nothing to go back to/)
  await change('b')
  await change('c')
  expect(await versionBefore(family)).toBe('b')
  await damage('b')
  expect(await versionBefore(family)).toBe('a')
  await change('a', 'rollback')
  await damage('c')
  await expect(versionBefore(family)).rejects.toThrow(/nothing to go back to/)
})
