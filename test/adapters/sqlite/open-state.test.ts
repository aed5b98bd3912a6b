import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openJournalReader } from '../../../src/adapters/sqlite/journal-reader.ts'
import { openState } from '../../../src/adapters/sqlite/open-state.ts'
import { decisionCells, insertSql } from '../../../src/adapters/sqlite/rows.ts'
import { MIGRATIONS } from '../../../src/adapters/sqlite/schema.ts'
import { InputError } from '../../../src/core/errors.ts'
import { decided, decisionRecord } from '../../trading/support/decisions.ts'

const OWNER = { mode: 'test', venue: 'fake' }
const WRITER = fileURLToPath(new URL('./support/writer.ts', import.meta.url))
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tickwright-state-'))
  path = join(folder, 'test.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const refusal = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    return (error as Error).message
  }
  throw new Error('not refused')
}
function writeSome(count: number): void {
  const state = openState(path, OWNER)
  state.journal.transaction(() => {
    for (let index = 0; index < count; index++) state.journal.recordDecision(decisionRecord(index))
  })
  state.close()
}

test('a new file is durable on every commit, ours, and of the newest schema', () => {
  const state = openState(path, OWNER)
  state.journal.recordDecision(decisionRecord(1))
  const db = new Database(path, { readonly: true })
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
  expect(db.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
  expect(db.pragma('application_id', { simple: true })).toBe(0x54775274)
  const lax = db.prepare(
    "SELECT name FROM pragma_table_list WHERE strict = 0 AND schema = 'main' AND name NOT LIKE 'sqlite%'",
  )
  expect(lax.all()).toEqual([])
  db.close()
  state.close()
})

test('closed and opened again: everything is there', () => {
  writeSome(3)
  const state = openState(path, OWNER)
  expect(state.journal.counts()).toEqual({ decisions: 3, ordersDecided: 0, intents: 0, fills: 0 })
  state.close()
})

test('the lock is held as long as the process, even if the caller forgets the state', async () => {
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', WRITER, path, 'once'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(refusal(() => openState(path, OWNER))).toContain(`in use by process ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  openState(path, OWNER).close()
})

test('in memory: no file, no lock', () => {
  const states = [openState(':memory:', OWNER), openState(':memory:', OWNER)]
  for (const state of states) {
    state.journal.recordDecision(decisionRecord(1))
    state.close()
  }
})

describe('refused, and left as it is', () => {
  test('a second writer, naming file and process', () => {
    const state = openState(path, OWNER)
    expect(refusal(() => openState(path, OWNER))).toBe(
      `${path} is in use by process ${process.pid}: one daemon per state file (stop that one, or configure another state path)`,
    )
    state.close()
    openState(path, OWNER).close()
  })

  test.each([
    { owner: { mode: 'live', venue: 'fake' }, said: 'belongs to mode "test", not "live"' },
    { owner: { mode: 'test', venue: 'other' }, said: 'belongs to venue "fake", not "other"' },
  ])('another owner: $said', ({ owner, said }) => {
    writeSome(1)
    expect(refusal(() => openState(path, owner))).toContain(`state file ${path} ${said}`)
    openState(path, OWNER).close() // The refusal freed the lock.
  })

  test('a newer schema', () => {
    writeSome(1)
    const db = new Database(path)
    db.pragma('user_version = 99')
    db.close()
    expect(refusal(() => openState(path, OWNER))).toContain(
      `state file ${path} has schema 99; this program knows up to ${MIGRATIONS.length}`,
    )
  })

  test('another program’s database', () => {
    const db = new Database(path)
    db.exec('CREATE TABLE theirs (x)')
    db.close()
    expect(refusal(() => openState(path, OWNER))).toContain('is a database of another program')
  })

  test.each([
    { what: 'truncated', damage: () => truncateSync(path, 20_000) },
    { what: 'no database at all', damage: () => writeFileSync(path, 'tickwright'.repeat(1000)) },
    {
      what: 'a page overwritten',
      damage: () => {
        const bytes = readFileSync(path)
        bytes.fill(0x5a, 3 * 4096, 4 * 4096)
        writeFileSync(path, bytes)
      },
    },
  ])('a damaged file: $what', ({ damage }) => {
    writeSome(200)
    damage()
    const before = readFileSync(path)
    expect(refusal(() => openState(path, OWNER))).toMatch(new RegExp(`^state file ${path} is damaged`))
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('a folder that cannot be', () => {
    writeFileSync(join(folder, 'file'), '')
    const impossible = join(folder, 'file', 'test.sqlite')
    expect(refusal(() => openState(impossible, OWNER))).toContain(`state file ${impossible} cannot be written`)
  })

  test.skipIf(process.getuid?.() === 0)('a read-only folder (skipped for root, whom no mode stops)', () => {
    chmodSync(folder, 0o555)
    expect(refusal(() => openState(path, OWNER))).toContain(`state file ${path} cannot be written`)
    chmodSync(folder, 0o755)
  })
})

test('a migration that fails leaves the old schema, and the file opens later', () => {
  const db = new Database(path)
  db.pragma(`application_id = ${0x54775274}`)
  db.exec('CREATE TABLE fills (wrong)') // The first step will meet it half-way.
  db.close()
  expect(() => openState(path, OWNER)).toThrow('table fills already exists')
  const repaired = new Database(path)
  expect(repaired.pragma('user_version', { simple: true })).toBe(0)
  expect(repaired.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['fills'])
  repaired.exec('DROP TABLE fills')
  repaired.close()
  openState(path, OWNER).close()
})

test('a file of the first schema gets what came since, and its decisions stay', () => {
  const db = new Database(path)
  db.pragma(`application_id = ${0x54775274}`)
  db.exec(MIGRATIONS[0]!)
  db.pragma('user_version = 1')
  const { sendToAnswerMs: _, ...cells } = decisionCells(decisionRecord(1))
  db.prepare(insertSql('decisions', Object.keys(cells))).run(cells)
  db.close()
  const readBack = () => {
    const reader = openJournalReader(path)
    const found = reader.latestDecision()?.decision
    reader.close()
    return found
  }
  expect(readBack()).toEqual(decisionRecord(1))
  const state = openState(path, OWNER)
  state.journal.recordLatency(decisionRecord(1).decisionId, { commitMs: 1, closeToSendMs: 2, sendToAnswerMs: 3 })
  state.close()
  expect(readBack()?.latency).toMatchObject({ commitMs: 1, closeToSendMs: 2, sendToAnswerMs: 3 })
})

describe('kill -9', () => {
  async function writeUntil(
    count: number,
  ): Promise<{ readonly child: ChildProcess; readonly said: readonly number[] }> {
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const said: number[] = []
    await new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => said.push(Number(line)) >= count && resolve())
    })
    return { child, said }
  }

  test('the lock dies with its process, and what was committed is there, whole', async () => {
    const { child, said } = await writeUntil(37)
    expect(refusal(() => openState(path, OWNER))).toContain(`${path} is in use by process ${child.pid}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const state = openState(path, OWNER)
    const counts = state.journal.counts()
    expect(counts.decisions).toBeGreaterThanOrEqual(37)
    expect(counts.intents).toBe(counts.decisions) // Both or neither.
    for (const index of said) expect(state.journal.order(decided(index).order.clientId)).toBeDefined()
    state.close()
  })
})
