import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readCurrentVersion } from '../../../src/adapters/bundle/read-bundle.ts'
import { changeChampion, changeChampionOver } from '../../../src/wiring/models/change-champion.ts'
import { withFamilyLock } from '../../../src/wiring/models/family-lock.ts'
import { appendHistory, readHistory } from '../../../src/wiring/models/history.ts'
import { SCHEMA } from '../../model/sample-model.ts'
import { ridgeFamily } from '../daemon/ridge-family.ts'

const started: ChildProcess[] = []
let root = ''
let family = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lock-'))
  family = join(root, 'demo')
  const versions = ['a', 'b', 'c'].map((version, seed) => ({ version, seed }))
  await ridgeFamily(family, { names: [...SCHEMA.names], hash: SCHEMA.schemaHash }, versions)
})
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  await rm(root, { recursive: true })
})

const CHANGER = fileURLToPath(new URL('processes/champion-changer.ts', import.meta.url))
const HOLDER = fileURLToPath(new URL('processes/lock-holder.ts', import.meta.url))

function begin(script: string, ...args: string[]): ChildProcess {
  const child = fork(script, [family, ...args], { execArgv: ['--import', 'tsx'] })
  started.push(child)
  return child
}
const entry = { at: '2026-01-01T00:00:00Z', who: 'trainer', why: 'a test', action: 'promote' } as const
const change = (version: string) => changeChampion({ familyFolder: family, version, ...entry })

test('two processes that change the champion at once come one after another: each entry names what the one before it left', async () => {
  const TURNS = 15
  const changers = [begin(CHANGER, 'one', `${TURNS}`, 'b', 'c'), begin(CHANGER, 'two', `${TURNS}`, 'c', 'a')]
  await Promise.all(changers.map((child) => once(child, 'message')))
  const ended = changers.map((child) => once(child, 'exit'))
  for (const child of changers) child.send('go')
  expect((await Promise.all(ended)).map(([code]) => code as number)).toEqual([0, 0])
  const entries = await readHistory(family)
  let current = 'a'
  for (const { version, previous } of entries) {
    expect(previous).toBe(current)
    expect(version).not.toBe(current)
    current = version
  }
  expect(await readCurrentVersion(family)).toBe(current)
  // They did meet: neither had all its turns in a row.
  const turns = entries.map(({ who }) => who).join()
  expect(turns).toMatch(/one,.*two,.*one|two,.*one,.*two/)
}, 30_000)

test('calls of one process that interleave come one after another, too', async () => {
  await Promise.all(['b', 'c', 'a', 'b', 'c'].map(change))
  expect((await readHistory(family)).length).toBeGreaterThan(1)
  let current = 'a'
  for (const { version, previous } of await readHistory(family)) {
    expect(previous).toBe(current)
    current = version
  }
  expect(await readCurrentVersion(family)).toBe(current)
})

test('a change over a champion that is none any more changes nothing', async () => {
  const over = (version: string, champion: string | undefined) =>
    changeChampionOver(champion, { familyFolder: family, version, ...entry })
  // Both were measured against a: one of them comes too late.
  const done = await Promise.all([over('b', 'a'), over('c', 'a')])
  expect(done.toSorted()).toEqual([false, true])
  expect(await over('a', undefined)).toBe(false)
  const winner = done[0] ? 'b' : 'c'
  expect(await readHistory(family)).toEqual([{ ...entry, version: winner, previous: 'a' }])
  expect(await readCurrentVersion(family)).toBe(winner)
})

test('while another process is at it, a change waits, then says who is; what that one held ends with it', async () => {
  const holder = begin(HOLDER)
  await once(holder, 'message')
  await expect(withFamilyLock(family, () => appendHistory(family, { ...entry, version: 'b' }), 60)).rejects.toThrow(
    `${family}: process ${holder.pid} has been changing which model decides for 60 ms; nothing was changed here`,
  )
  expect(await readHistory(family)).toEqual([])
  const waiting = change('b')
  holder.kill('SIGKILL')
  expect(await waiting).toBe('a')
  expect(await change('c')).toBe('b')
}, 30_000)

test('what fails lets go of it', async () => {
  await expect(withFamilyLock(family, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
  expect(await change('b')).toBe('a')
})

test('a folder that is none is told at once', async () => {
  await writeFile(join(root, 'file'), '')
  await expect(withFamilyLock(join(root, 'file'), () => Promise.resolve())).rejects.toThrow(/EEXIST|ENOTDIR/)
})
