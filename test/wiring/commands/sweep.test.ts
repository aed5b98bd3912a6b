import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sweepCommand } from '../../../src/wiring/commands/sweep.ts'
import { fakeIo } from './fake-io.ts'

vi.setConfig({ testTimeout: 60_000 }) // The last test loads the whole program in a thread.
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tickwright-sweep-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const REST = 'method: grid\nobjective: sharpe\ntrialMsMax: 60000\n'

function run(parameters: string, config = 'config/backtest.yaml') {
  const path = join(folder, 'sweep.yaml')
  writeFileSync(path, `parameters:\n${parameters}${REST}`)
  const { io, out, err } = fakeIo()
  const options = { config, sweep: path, out: join(folder, 'out'), json: true }
  const done = sweepCommand(options, io, async () => ({ code: '1' }))
  return { done, out, err }
}

test.each([
  ['an unknown path', '  policy.enterEdge: [1]\n', 'line 2: policy.enterEdge: unknown key'],
  ['a value past a limit', '  risk.leverageMax: [1, 500]\n', 'line 2: risk.leverageMax was 500: Too big'],
  [
    'one that another key forbids',
    '  trading.collarBps: [60]\n',
    'trading.collarBps was 60: at most risk.collarBpsMax',
  ],
  ['a list without such a place', '  backtest.instruments.7.tickSize: ["1"]\n', '7 is no place in it'],
])('%s is refused before anything runs', async (_name, parameters, expected) => {
  await expect(run(parameters).done).rejects.toThrow(expected)
  expect(existsSync(join(folder, 'out'))).toBe(false)
})

test('only a backtest is varied', async () => {
  await expect(run('  policy.enterEdgeBps: [1]\n', 'config/demo.yaml').done).rejects.toThrow(
    'mode was demo; a sweep varies a configuration of mode backtest',
  )
})

test('threads run the program’s own backtest: what it refuses is the trial’s failure', async () => {
  const { done, out } = run(`  backtest.data.folder: ["${folder}/nowhere"]\n`)
  expect(await done).toBe(3)
  const summary = JSON.parse(out.at(-1)!) as Record<string, unknown>
  expect(summary).toMatchObject({ mode: 'sweep', trials: 1, computed: 0, failed: 1, stopped: false })
  expect(readFileSync(join(folder, 'out', 'trials.jsonl'), 'utf8')).toMatch(/"failure":".*nowhere/)
})
