import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import type { SweepOutcome } from '../../../src/wiring/sweep/run-sweep.ts'
import { selectionWarning, sweepTable } from '../../../src/wiring/sweep/sweep-table.ts'
import { sweep, sweepFolder } from './support/sweep-bench.ts'

vi.setConfig({ testTimeout: 60_000 }) // Threads load their TypeScript, on a machine that may be busy.
const CHILD = fileURLToPath(new URL('./support/sweep-child.ts', import.meta.url))
const GRID = 'parameters: {a: [1, 2, 3], b: [1, 2]}\nmethod: grid\nworkers: 2\n'
let bench: ReturnType<typeof sweepFolder>
beforeEach(() => {
  bench = sweepFolder()
})
afterEach(() => bench.remove())

const logPath = () => join(bench.out, 'trials.jsonl')
const begunPath = () => join(bench.folder, 'begun')
const linesOf = (path: string): readonly string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
const ranking = ({ rows }: SweepOutcome) =>
  rows.map(({ settings, result }) => [settings['a'], settings['b'], result?.runHash])
const BEST_FIRST = [
  [3, 1, '3/1'],
  [3, 2, '3/2'],
  [2, 1, '2/1'],
  [2, 2, '2/2'],
  [1, 1, '1/1'],
  [1, 2, '1/2'],
]

test('every trial once, the best first, a line each', async () => {
  const { outcome, err } = await sweep(bench.folder, { base: { begun: begunPath() } })
  expect(outcome).toMatchObject({ trials: 6, computed: 6, skipped: 0, failed: 0, stopped: false, objective: 'sharpe' })
  expect(ranking(outcome)).toEqual(BEST_FIRST)
  expect(linesOf(begunPath()).toSorted()).toEqual(['1,1', '1,2', '2,1', '2,2', '3,1', '3,2'])
  expect(linesOf(logPath())).toHaveLength(6)
  expect(err).toHaveLength(6)
  expect(err.every((line) => /^trial \d of 6: a=\d, b=\d: sharpe \d+ \(\d+\.\d s\)$/.test(line))).toBe(true)
  expect(sweepTable(outcome.rows, outcome, logPath()).slice(0, 3)).toEqual([
    '#  a  b  sharpe',
    '1  3  1  29',
    '2  3  2  28',
  ])
  expect(selectionWarning(6, outcome)).toContain('best of 6 trials')
})

test('the smallest first where that is the goal; too few data, then failures, last', async () => {
  const text = `parameters: {a: [4, 3, 2, 1]}\nmethod: grid\ngoal: min\nobjective: sharpe\nworkers: 1\ntrialMsMax: 5000\n`
  const { outcome } = await sweep(bench.folder, { text, base: { behave: { throw: 1, void: 2 } } })
  expect(ranking(outcome).map(([a]) => a)).toEqual([3, 4, 2, 1])
  expect(sweepTable(outcome.rows, outcome, logPath())).toEqual([
    '#  a  sharpe',
    '1  3  29',
    '2  4  39',
    '3  2  not enough data',
    '4  1  failed: no candles',
  ])
  expect(outcome).toMatchObject({ computed: 3, failed: 1, stopped: false })
})

test('a second start computes nothing; of more values only those that are new', async () => {
  const base = { begun: begunPath() }
  const { outcome: first } = await sweep(bench.folder, { base })
  const { outcome: again, err } = await sweep(bench.folder, { base })
  expect(again).toEqual({ ...first, computed: 0, skipped: 6 })
  expect([err, linesOf(begunPath()).length]).toEqual([[], 6])
  const text = `${GRID.replace('[1, 2, 3]', '[2, 5]')}objective: trades\ntrialMsMax: 5000\n`
  const { outcome: more } = await sweep(bench.folder, { base, text })
  expect(more).toMatchObject({ trials: 4, skipped: 2, computed: 2 })
  expect(ranking(more).map(([a]) => a)).toEqual([5, 5, 2, 2])
})

test('a trial that goes wrong fails alone, with its cause, and is tried again by the next start', async () => {
  const text = `parameters: {a: [1, 2, 3, 4, 5, 6, 7]}\nmethod: grid\nworkers: 1\nobjective: sharpe\ntrialMsMax: 1000\n`
  const base = { begun: begunPath(), behave: { throw: 2, crash: 3, exit: 4, hang: 5, spin: 6 } }
  const { outcome, err } = await sweep(bench.folder, { text, base })
  expect(outcome).toMatchObject({ computed: 2, failed: 5, stopped: false })
  expect(outcome.rows.map(({ settings, result, failure }) => [settings['a'], result?.runHash ?? failure])).toEqual([
    [7, '7/1'],
    [1, '1/1'],
    [2, 'no candles'],
    [3, 'its thread crashed: out of luck'],
    [4, 'its thread ended with exit code 7'],
    [5, 'no result after 1000 ms'],
    [6, 'no result after 1000 ms'],
  ])
  expect(err[1]).toMatch(/^trial 2 of 7: a=2: failed: no candles \(/)
  expect(linesOf(logPath()).filter((line) => line.includes('"failure"'))).toHaveLength(5)
  writeFileSync(begunPath(), '')
  const two = await sweep(bench.folder, { text: text.replace('1, 2, 3, 4, 5, 6, 7', '1, 2'), base })
  expect(two.outcome).toMatchObject({ skipped: 1, computed: 0, failed: 1 })
  expect(linesOf(begunPath())).toEqual(['2,1'])
})

test('an objective that is no metric ends the sweep, naming those there are', async () => {
  const text = `${GRID}objective: sharp\ntrialMsMax: 5000\n`
  await expect(sweep(bench.folder, { text })).rejects.toThrow(
    /objective was "sharp": no metric of the backtest; one of sharpe, trades/,
  )
  await expect(sweep(bench.folder, { text })).rejects.toThrow(InputError) // Known from the log already.
})

describe('stopped', () => {
  test('Ctrl-C: no other trial begins, those under way are dropped, the next start goes on', async () => {
    let stop = () => {}
    const onStop = (handler: (why: string) => void) => {
      stop = () => handler('SIGINT')
      return () => undefined
    }
    const base = { begun: begunPath(), behave: { spin: 2 } } // Kept busy for ever, yet it sees the stop.
    const io = { onStop, err: (line: string) => void (line.includes('trial 2 of 6') && setTimeout(stop, 300)) }
    const { outcome } = await sweep(bench.folder, { base }, { io })
    expect(outcome).toMatchObject({ trials: 6, computed: 2, failed: 0, stopped: true })
    expect(linesOf(begunPath()).toSorted()).toEqual(['1,1', '1,2', '2,1', '2,2'])
    const { outcome: rest } = await sweep(bench.folder, { base: { ...base, behave: {} } })
    expect(rest).toMatchObject({ skipped: 0, computed: 6 }) // Another configuration: `behave` is part of it.
  })

  test('kill -9 in the middle: the same table after a restart, and nothing computed twice', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, bench.folder, '300'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    while (linesOf(logPath()).length < 2) await wait(20)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const done = linesOf(logPath()).map((line) => JSON.parse(line) as { settings: { a: number; b: number } })
    expect(done.length).toBeLessThan(6)
    appendFileSync(logPath(), '{"key":"half a li') // As a crash in the middle of a write leaves it.
    writeFileSync(begunPath(), '')

    const { outcome } = await sweep(bench.folder, { base: { begun: begunPath(), waitMs: 300 } })
    expect(ranking(outcome)).toEqual(BEST_FIRST)
    expect(outcome).toMatchObject({ skipped: done.length, computed: 6 - done.length, stopped: false })
    const before = new Set(done.map(({ settings: { a, b } }) => `${a},${b}`))
    const now = linesOf(begunPath())
    expect(now.filter((trial) => before.has(trial))).toEqual([])
    expect(now).toHaveLength(6 - done.length)
    expect(linesOf(logPath()).every((line) => JSON.parse(line))).toBe(true)
  })
})

describe('the folder', () => {
  test('one sweep at a time', async () => {
    const first = sweep(bench.folder, { base: { waitMs: 200 } })
    await wait(50)
    await expect(sweep(bench.folder)).rejects.toThrow(`${bench.out} is in use by process ${process.pid}`)
    expect((await first).outcome.computed).toBe(6)
  })

  test('a line that is none of ours: named, nothing run', async () => {
    await sweep(bench.folder)
    const lines = linesOf(logPath())
    writeFileSync(logPath(), [lines[0], '{"key": 1}', ...lines.slice(1), ''].join('\n'))
    await expect(sweep(bench.folder)).rejects.toThrow(`${logPath()}: line 2 is no finished trial of a sweep`)
  })
})

test('on a terminal a bar is drawn, with the time left, and no lines', async () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 120 })
  let drawn = ''
  stream.on('data', (chunk: Buffer) => {
    drawn += chunk.toString()
  })
  const { err } = await sweep(bench.folder, { base: { behave: { throw: 2 }, waitMs: 50 } }, { stream })
  expect(err).toEqual([])
  expect(drawn).toMatch(/trials \[#+-+\] \d\/6, 2 failed, time left \d+s/)
  expect(drawn).toContain('6/6')
})
