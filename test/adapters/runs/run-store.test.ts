import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dailyEquity } from '../../../src/adapters/runs/daily-equity.ts'
import { runFileText } from '../../../src/adapters/runs/run-file.ts'
import { isRunId, runIdOf } from '../../../src/adapters/runs/run-id.ts'
import { runStore } from '../../../src/adapters/runs/run-store.ts'
import { epochMs } from '../../../src/core/units.ts'
import { sampleAbout } from '../../report/backtest/sample-record.ts'

let state: string
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'tickwright-runs-'))
})
afterEach(() => rmSync(state, { recursive: true }))

const ID = '20260102-030405-0a1b2c3d'
const run = { about: sampleAbout, results: { sharpe: 1.5, metrics: { trades: { count: 3 } } } }
const texts = { 'run.json': [runFileText(run)], 'equity.csv': ['at,equity', '\n'] }

test('an id is the second of the start and eight digits of the hash', () => {
  expect(runIdOf(epochMs(Date.UTC(2026, 0, 2, 3, 4, 5, 999)), `0a1b2c3d${'f'.repeat(56)}`)).toBe(ID)
})

test.each([
  [ID, true],
  [`${ID}-2`, true],
  [`${ID}-`, false],
  ['../x', false],
  ['20260102-030405-0A1B2C3D', false],
])('%s is a run id: %s', (text, is) => expect(isRunId(text)).toBe(is))

describe('write', () => {
  test('all files, readable again; nothing else stays in the folder', async () => {
    const store = runStore(state)
    const folder = join(state, 'runs', ID)
    expect(await store.write(ID, texts)).toEqual({ runId: ID, folder })
    expect(readdirSync(join(state, 'runs'))).toEqual([ID])
    expect(readdirSync(folder).sort()).toEqual(['equity.csv', 'run.json'])
    expect(readFileSync(join(folder, 'equity.csv'), 'utf8')).toBe('at,equity\n')
    expect(await store.read(ID)).toEqual({ runId: ID, folder, run })
  })

  test('a run of the same second and hash gets a number, and the first one stays', async () => {
    const store = runStore(state)
    await store.write(ID, texts)
    const second = await store.write(ID, { ...texts, 'run.json': [runFileText({ ...run, results: {} })] })
    expect(second.runId).toBe(`${ID}-2`)
    expect((await store.write(ID, texts)).runId).toBe(`${ID}-3`)
    expect((await store.read(ID)).run.results).toEqual(run.results)
    expect((await store.read(`${ID}-2`)).run.results).toEqual({})
  })

  test('a writer that fails leaves nothing', async () => {
    const failing = {
      *[Symbol.iterator]() {
        yield 'a'
        throw new Error('the disk is full')
      },
    }
    await expect(runStore(state).write(ID, { ...texts, 'trades.csv': failing })).rejects.toThrow('the disk is full')
    expect(readdirSync(join(state, 'runs'))).toEqual([])
  })
})

describe('list and read', () => {
  test('no folder is no run', async () => {
    expect(await runStore(state).list()).toEqual([])
    await expect(runStore(state).read('2026')).rejects.toThrow(/run was "2026"; no run in .*runs begins so/)
  })

  test('by how the id begins, if only one does', async () => {
    const store = runStore(state)
    const later = '20260103-000000-ffffffff'
    await store.write(later, texts)
    await store.write(ID, texts)
    expect((await store.list()).map(({ runId }) => runId)).toEqual([ID, later])
    expect((await store.read('20260103')).runId).toBe(later)
    await expect(store.read('2026')).rejects.toThrow(`several begin so: ${ID}, ${later}`)
    await expect(store.read('')).rejects.toThrow('run was ""')
    await expect(store.read('../runs')).rejects.toThrow('no run in')
  })

  test.each([
    ['no JSON', '{', 'it is no JSON'],
    ['another schema', '{"schema":2,"about":{},"results":{}}', 'schema: '],
    [
      'a key missing',
      JSON.stringify({ schema: 1, about: { ...sampleAbout, runHash: undefined }, results: {} }),
      'about.runHash: ',
    ],
    [
      'a wrong hash',
      JSON.stringify({ schema: 1, about: { ...sampleAbout, runHash: 'x' }, results: {} }),
      'about.runHash: 8 to 128',
    ],
  ])('damaged (%s): an error naming the file, and a line in the list', async (_name, text, problem) => {
    const store = runStore(state)
    await store.write(ID, texts)
    const file = join(state, 'runs', ID, 'run.json')
    writeFileSync(file, text)
    await expect(store.read(ID)).rejects.toThrow(`${file}: damaged: ${problem}`)
    const [listed] = await store.list()
    expect(listed).toMatchObject({ runId: ID, problem: expect.stringContaining(`${file}: damaged`) })
    expect(listed!.run).toBeUndefined()
  })

  test('what is no run is passed over; a run without its file is named; links are not followed', async () => {
    const store = runStore(state)
    mkdirSync(join(state, 'runs', 'notes'), { recursive: true })
    mkdirSync(join(state, 'runs', ID))
    symlinkSync('/', join(state, 'runs', '20260103-000000-ffffffff'))
    expect((await store.list()).map(({ runId, problem }) => [runId, problem?.includes('cannot read it')])).toEqual([
      [ID, true],
    ])
    symlinkSync('/etc/passwd', join(state, 'runs', ID, 'run.json'))
    await expect(store.read(ID)).rejects.toThrow('it must be a plain file')
  })
})

describe('dailyEquity', () => {
  const file = (): string => join(state, 'equity.csv')

  test('the last reading of each day', async () => {
    writeFileSync(
      file(),
      'at,equity,exposure\n2024-01-01T12:00:00.000Z,1,0\n2024-01-01T23:59:00.000Z,-1.5e-7,3\n2024-01-02T00:00:00.000Z,10,0\n',
    )
    expect([...(await dailyEquity(file()))]).toEqual([
      ['2024-01-01', '-1.5e-7'],
      ['2024-01-02', '10'],
    ])
  })

  test.each([
    ['at,equity,exposure\n2024-01-01T12:00:00.000Z,1,0\n\nx', 'line 3 was ""; it must be time,equity,exposure'],
    ['at,equity,exposure\n2024-01-01T12:00:00.000Z,NaN,0', 'line 2 was "2024-01-01T12:00:00.000Z,NaN,0"'],
  ])('a line that is none is named', async (text, message) => {
    writeFileSync(file(), text)
    await expect(dailyEquity(file())).rejects.toThrow(`${file()}: ${message}`)
  })

  test('a missing file is named', async () => {
    await expect(dailyEquity(file())).rejects.toThrow(`${file()}: cannot read it`)
  })
})
