import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTrialStore } from '../../../src/adapters/sqlite/trial-store.ts'
import { TRIAL_STORE_MIGRATIONS } from '../../../src/adapters/sqlite/trial-store-schema.ts'
import type { TrialOutcome, TrialStore } from '../../../src/training/search/trial-store.port.ts'

const WRITER = fileURLToPath(new URL('support/trial-writer.ts', import.meta.url))
const DEFINITION = { name: 's', spaceHash: 'space', dataHash: 'data', objective: '{}' }
const START = { params: { 'a.b': [1, 'x'] }, seed: 7, worker: 1, retryOf: undefined, at: 1_001 }
const judged = (...returns: number[]) => ({
  metrics: { sharpe: 1.25, rare: null },
  returns: Float64Array.from(returns),
  sharpe: returns.length > 1 ? returns[0]! : null,
})

let folder: string
let path: string
const opened: TrialStore[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trials-'))
  path = join(folder, 'trainer.sqlite')
})
afterEach(() => {
  for (const store of opened.splice(0)) store.close()
  rmSync(folder, { recursive: true })
})

function open(at = 1_000): TrialStore {
  const store = openTrialStore(path, at)
  opened.push(store)
  return store
}
function closeAll(): void {
  for (const store of opened.splice(0)) store.close()
}
function tell(store: TrialStore, outcome: TrialOutcome, name = 's', dataHash = 'data'): number {
  const study = store.study({ ...DEFINITION, name, dataHash }, 1_000)
  const number = study.start(START)
  study.finish(number, outcome, [[1, 0.5]], 1_002)
  return number
}
/** The process dies with a trial under way: nothing of it is finished. */
function die(store: TrialStore): void {
  store.study(DEFINITION, 1_000).start(START)
  closeAll()
}

test('a new file is durable on every commit, ours, and of the newest schema', () => {
  open()
  const db = new Database(path, { readonly: true })
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
  expect(db.pragma('user_version', { simple: true })).toBe(TRIAL_STORE_MIGRATIONS.length)
  expect(db.pragma('application_id', { simple: true })).toBe(0x54775472)
  const lax = db.prepare(
    "SELECT name FROM pragma_table_list WHERE strict = 0 AND schema = 'main' AND name NOT LIKE 'sqlite%'",
  )
  expect(lax.all()).toEqual([])
  db.close()
})

test('what a trial came to is read back as it was', () => {
  const outcomes: TrialOutcome[] = [
    { kind: 'complete', value: -0.1, ...judged(0.1, -0.2, 1 / 3) },
    { kind: 'infeasible', cause: 'too few', ...judged() },
    { kind: 'pruned' },
    { kind: 'failed', cause: 'boom' },
    { kind: 'stopped' },
  ]
  const numbers = outcomes.map((outcome) => {
    const number = tell(open(), outcome)
    closeAll()
    return number
  })
  expect(numbers).toEqual([0, 1, 2, 3, 4])
  const store = open()
  const same = {
    params: START.params,
    seed: 7,
    reports: [[1, 0.5]],
    value: null,
    metrics: null,
    cause: null,
    retry: 'none',
  }
  expect(store.study(DEFINITION, 1_000).trials).toEqual([
    { ...same, number: 0, state: 'complete', value: -0.1, metrics: { sharpe: 1.25, rare: null } },
    { ...same, number: 1, state: 'infeasible', metrics: { sharpe: 1.25, rare: null }, cause: 'too few' },
    { ...same, number: 2, state: 'pruned' },
    { ...same, number: 3, state: 'failed', cause: 'boom' },
    { ...same, number: 4, state: 'failed', cause: 'the search was stopped', retry: 'owed' },
  ])
  expect(store.returnsOf('s', 0)).toEqual(Float64Array.of(0.1, -0.2, 1 / 3))
  expect(store.returnsOf('s', 1)).toEqual(new Float64Array())
})

describe('every trial counts, on its data', () => {
  test('of all studies and ordinary trainings; one that was run again, once', () => {
    const store = open()
    tell(store, { kind: 'complete', value: 1, ...judged(0.3, 0) })
    tell(store, { kind: 'pruned' }, 'other study')
    tell(store, { kind: 'failed', cause: 'boom' })
    tell(store, { kind: 'complete', value: 1, ...judged(9, 9) }, 'elsewhere', 'other data')
    const plain = { dataHash: 'data', params: {}, seed: 1, startedAt: 5, finishedAt: 6 }
    store.recordTrial({ ...plain, ...judged(0.4, 0.1) })
    store.recordTrial({ ...plain, ...judged() })
    expect(store.trialsOn('data')).toEqual({ count: 5, sharpes: [0.3, 0.4] })
    const stopped = tell(store, { kind: 'stopped' })
    const study = store.study(DEFINITION, 1_000)
    const again = study.start({ ...START, retryOf: stopped })
    expect(store.trialsOn('data').count).toBe(6)
    study.finish(again, { kind: 'complete', value: 2, ...judged(0.5, 0) }, [], 1_003)
    expect(store.trialsOn('data')).toEqual({ count: 6, sharpes: [0.3, 0.4, 0.5] })
    expect(store.trialsOn('nothing')).toEqual({ count: 0, sharpes: [] })
  })

  test('returns of one length: the newest, the oldest first', () => {
    const store = open()
    for (const value of [1, 2, 3]) tell(store, { kind: 'complete', value, ...judged(value, 0) })
    tell(store, { kind: 'complete', value: 4, ...judged(4, 0, 0) })
    expect(store.returnsOn('data', 2, 2).map(([first]) => first)).toEqual([2, 3])
    expect(store.returnsOn('data', 3, 9)).toEqual([Float64Array.of(4, 0, 0)])
  })

  test('nothing takes a trial away, or changes what it came to', () => {
    tell(open(), { kind: 'complete', value: 1, ...judged() })
    closeAll()
    const db = new Database(path)
    expect(() => db.exec('DELETE FROM trials')).toThrow('a trial counts for ever')
    expect(() => db.exec('UPDATE trials SET value = 9')).toThrow('a finished trial never changes')
    db.close()
  })
})

describe('a process that dies', () => {
  test('leaves a trial that has failed and is owed, run again under a new number', () => {
    die(open())
    const study = open(2_000).study(DEFINITION, 2_000)
    expect(study.trials).toMatchObject([{ number: 0, state: 'failed', cause: 'its process ended', retry: 'owed' }])
    expect(study.start({ ...START, retryOf: 0 })).toBe(1)
    expect(study.trials).toMatchObject([{ number: 0, retry: 'again' }])
  })

  test('under the same trial a third time: it is given up', () => {
    die(open())
    for (const retryOf of [0, 1]) {
      const study = open().study(DEFINITION, 1_000)
      expect(study.trials.at(-1)?.retry).toBe('owed')
      study.start({ ...START, retryOf })
      closeAll()
    }
    expect(
      open()
        .study(DEFINITION, 1_000)
        .trials.map(({ retry }) => retry),
    ).toEqual(['again', 'again', 'none'])
  })

  test('by SIGKILL: frees the lock, keeps what was finished', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    expect(() => open()).toThrow(`${path} is in use by process ${child.pid}: one trainer or search per file`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(open().study(DEFINITION, 1_000).trials).toMatchObject([
      { number: 0, state: 'pruned', params: { x: 1 }, retry: 'none' },
      { number: 1, state: 'failed', params: { x: 2 }, retry: 'owed' },
    ])
  })
})

describe('refused', () => {
  test.each([
    { given: { spaceHash: 'new' }, said: 'was begun with other parameters (space, not new)' },
    { given: { dataHash: 'new' }, said: 'was begun with other data (data, not new)' },
    { given: { objective: '{"a":1}' }, said: 'was begun with other objective ({}, not {"a":1})' },
  ])('the same study with another $given', ({ given, said }) => {
    const store = open()
    store.study(DEFINITION, 1_000)
    expect(() => store.study({ ...DEFINITION, ...given }, 1_000)).toThrow(`study s in ${path} ${said}`)
    store.study({ ...DEFINITION, ...given, name: 't' }, 1_000)
  })

  test('a second writer', () => {
    open()
    expect(() => open()).toThrow(`${path} is in use by process ${process.pid}`)
  })

  test('a newer schema', () => {
    open()
    closeAll()
    const db = new Database(path)
    db.pragma('user_version = 99')
    db.close()
    expect(() => open()).toThrow(`trials ${path} have schema 99; this program knows up to`)
  })

  test('another database, such as a state file', () => {
    const db = new Database(path)
    db.pragma(`application_id = ${0x54775274}`)
    db.close()
    expect(() => open()).toThrow(`${path} is no file of trials`)
  })

  test('a damaged file, which stays as it is', () => {
    const store = open()
    for (let trial = 0; trial < 50; trial += 1) tell(store, { kind: 'failed', cause: 'x'.repeat(400) })
    closeAll()
    truncateSync(path, 20_000)
    const before = readFileSync(path)
    expect(() => open()).toThrow(`trials ${path} are damaged`)
    expect(readFileSync(path).equals(before)).toBe(true)
  })
})
