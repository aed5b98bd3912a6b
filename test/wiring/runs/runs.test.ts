import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runStore } from '../../../src/adapters/runs/run-store.ts'
import { epochMs } from '../../../src/core/units.ts'
import type { RunAbout } from '../../../src/report/backtest/about.ts'
import { backtestMetrics } from '../../../src/report/metrics/backtest-metrics.ts'
import { runsCompareCommand } from '../../../src/wiring/commands/runs-compare.ts'
import { runsListCommand } from '../../../src/wiring/commands/runs-list.ts'
import { runsShowCommand } from '../../../src/wiring/commands/runs-show.ts'
import { addRuns } from '../../../src/wiring/program-runs.ts'
import { firstDifferentDay } from '../../../src/wiring/runs/compare-runs.ts'
import { saveRun } from '../../../src/wiring/runs/save-run.ts'
import { sampleAbout, sampleRecord } from '../../report/backtest/sample-record.ts'
import { fakeIo } from '../commands/fake-io.ts'

const record = sampleRecord({ bars: 4_000, barMs: 900_000, tradeEach: 100 })
const state = mkdtempSync(join(tmpdir(), 'tickwright-runs-'))
const save = (about: Partial<RunAbout>, from = record) =>
  saveRun(runStore(state), {
    record: from,
    metrics: backtestMetrics(from, { seed: 1, resamples: 100, trials: 1 }),
    about: { ...sampleAbout, ...about },
  })
const json = (out: readonly string[]) => JSON.parse(out.at(-1)!)

const A = '20260102-030405-0a1b2c3d'
const AGAIN = '20260102-040000-0a1b2c3d'
const OTHER = '20260102-050000-ffffffff'

beforeAll(async () => {
  await save({})
  await save({ startedAt: epochMs(Date.UTC(2026, 0, 2, 4)) })
  const equity = record.equity.equity.map((value, index) => (index < 96 * 3 ? value : value + 1))
  await save(
    {
      ...{ startedAt: epochMs(Date.UTC(2026, 0, 2, 5)), runHash: 'f'.repeat(64), title: 'other.yaml' },
      config: { ...sampleAbout.config, risk: { notionalMax: 9_000 }, added: true },
      data: sampleAbout.data.map((each) => ({ ...each, sha256: '00' })),
      code: { version: '0.1.0', commit: null },
      models: [],
    },
    { ...record, equity: { ...record.equity, equity } },
  )
})
afterAll(() => rmSync(state, { recursive: true }))

test('a run keeps its four files', async () => {
  const folder = join(state, 'runs', A)
  const html = readFileSync(join(folder, 'report.html'), 'utf8')
  expect(html.startsWith('<!doctype html>')).toBe(true)
  expect(html).toMatch(/class="verdict \w*">(?:Lost|Earned) /)
  expect(readFileSync(join(folder, 'trades.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(record.trips.length + 1)
  expect(readFileSync(join(folder, 'equity.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(4_001)
  expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))).toMatchObject({ schema: 1, about: sampleAbout })
})

describe('list', () => {
  test('a line for each, oldest first', async () => {
    const { io, out } = fakeIo()
    expect(await runsListCommand({ state, json: false }, io)).toBe(0)
    expect(out[0]).toMatch(/^run +from +to +trades +return +Sharpe +drawdown +title$/)
    expect(out.slice(1).map((line) => line.split(' ')[0])).toEqual([A, AGAIN, OTHER])
    expect(out[1]).toMatch(/2024-01-01 +2024-02-11 +39 .*config\/backtest\.yaml$/)
  })

  test('JSON', async () => {
    const { io, out } = fakeIo()
    await runsListCommand({ state, json: true }, io)
    const [first] = json(out).runs
    expect(first).toMatchObject({ runId: A, ok: true, runHash: sampleAbout.runHash, trades: 39, currency: 'USDT' })
    expect(first.startedAt).toBe('2026-01-02T03:04:05.000Z')
  })

  test('none', async () => {
    const { io, out } = fakeIo()
    await runsListCommand({ state: join(state, 'none'), json: false }, io)
    expect(out).toEqual([`no run in ${join(state, 'none')}/runs`])
  })
})

describe('show', () => {
  test('verdict, numbers, making', async () => {
    const { io, out } = fakeIo()
    expect(await runsShowCommand({ state, run: OTHER.slice(0, 12), json: false }, io)).toBe(0)
    expect(out[0]).toBe(OTHER)
    expect(out[1]).toMatch(/^(Lost|Earned) .* after costs/)
    const text = out.join('\n')
    expect(text).toMatch(/report +.*report\.html/)
    expect(text).toMatch(/performance\.sharpe +-?\d/)
    expect(text).toMatch(/risk\.notionalMax +9000/)
    expect(text).toContain('3 gap filled')
    expect(text).not.toMatch(/least\.|peakAt/)
  })

  test('JSON holds all of it', async () => {
    const { io, out } = fakeIo()
    await runsShowCommand({ state, run: A, json: true }, io)
    expect(json(out)).toMatchObject({ runId: A, about: sampleAbout, results: { trades: 39 } })
  })
})

describe('compare', () => {
  const compared = async (a: string, b: string) => {
    const { io, out } = fakeIo()
    expect(await runsCompareCommand({ state, a, b, json: true }, io)).toBe(0)
    return json(out)
  }

  test('a repetition: all is the same', async () => {
    const result = await compared(A, AGAIN)
    expect(result).toMatchObject({ a: A, b: AGAIN, config: [], sameData: true, sameCode: true, sameModels: true })
    expect(result).toMatchObject({ sameRunHash: true, firstDifferentDay: null })
    for (const { a, b } of result.metrics) expect(a).toBe(b)
  })

  test('another run: what differs, and since when', async () => {
    expect(await compared(A, OTHER)).toMatchObject({
      config: [
        { name: 'risk.notionalMax', a: '5000', b: '9000' },
        { name: 'added', a: null, b: 'true' },
      ],
      ...{ sameData: false, sameCode: false, sameModels: false, sameRunHash: false },
      firstDifferentDay: '2024-01-04',
    })
  })

  test('an unknown commit is never the same code', async () => {
    expect(await compared(OTHER, OTHER)).toMatchObject({ sameCode: false, sameRunHash: true, firstDifferentDay: null })
  })

  test('for people', async () => {
    const { io, out } = fakeIo()
    await runsCompareCommand({ state, a: A, b: OTHER, json: false }, io)
    const text = out.join('\n')
    expect(text).toContain('equity    first differs on 2024-01-04')
    expect(text).toMatch(/run hash +not equal/)
    expect(text).toMatch(/risk\.notionalMax +5000 +9000/)
    expect(text).toMatch(/performance\.totalReturn +-?[\d.]+ +-?[\d.]+ +-?[\d.]/)
  })
})

test.each([
  [[['d1', '1']], [['d1', '1']], null],
  [
    [
      ['d1', '1'],
      ['d2', '1'],
    ],
    [
      ['d1', '1'],
      ['d2', '2'],
    ],
    'd2',
  ],
  [
    [
      ['d1', '1'],
      ['d2', '1'],
    ],
    [['d2', '1']],
    'd1',
  ],
  [
    [['d1', '1']],
    [
      ['d1', '1'],
      ['d2', '1'],
    ],
    'd2',
  ],
] as const)('first different day of %j and %j is %s', (a, b, day) => {
  expect(firstDifferentDay(new Map(a), new Map(b))).toBe(day)
})

test('the command line hands over its arguments', async () => {
  const asked: unknown[] = []
  const note = (name: string) => async (options: object) => {
    asked.push([name, { ...options }])
    return 0
  }
  const codes: number[] = []
  const program = new Command()
  const { io } = fakeIo()
  const commands = { runsList: note('list'), runsShow: note('show'), runsCompare: note('compare') }
  addRuns(program.command('runs'), commands, io, (code) => void codes.push(code))
  for (const line of ['runs list --json', 'runs show abc --state s', 'runs compare a b'])
    await program.parseAsync(line.split(' '), { from: 'user' })
  expect(asked).toEqual([
    ['list', { state: 'state', json: true }],
    ['show', { state: 's', json: false, run: 'abc' }],
    ['compare', { state: 'state', json: false, a: 'a', b: 'b' }],
  ])
  expect(codes).toEqual([0, 0, 0])
})

test('a damaged run is a line in the list and an error that names the file', async () => {
  const other = mkdtempSync(join(tmpdir(), 'tickwright-runs-'))
  const store = runStore(other)
  const metrics = backtestMetrics(record, { seed: 1, resamples: 100, trials: 1 })
  const { folder } = await saveRun(store, { record, metrics, about: sampleAbout })
  writeFileSync(join(folder, 'run.json'), '{')
  const { io, out } = fakeIo()
  expect(await runsListCommand({ state: other, json: false }, io)).toBe(0)
  expect(out[1]).toContain(`refused: ${join(folder, 'run.json')}: damaged`)
  await runsListCommand({ state: other, json: true }, io)
  expect(json(out).runs[0]).toMatchObject({ runId: A, ok: false, problem: expect.stringContaining('damaged') })
  await expect(runsShowCommand({ state: other, run: A, json: false }, io)).rejects.toThrow(join(folder, 'run.json'))
  rmSync(other, { recursive: true })
})
