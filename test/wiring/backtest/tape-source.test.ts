import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { runStore } from '../../../src/adapters/runs/run-store.ts'
import { type BacktestOptions, backtestCommand } from '../../../src/wiring/commands/backtest.ts'
import type { BacktestConfig } from '../../../src/wiring/config/schema.ts'
import { simulatedTape } from '../../fixtures/make-tape.ts'
import { fakeIo } from '../commands/fake-io.ts'
import { BASE } from './support/backtest-config.ts'
import { TAPE_BASE, tapeFile } from './support/tapes.ts'

const folder = mkdtempSync(join(tmpdir(), 'tickwright-tapes-'))
const state = join(folder, 'state')
const text = simulatedTape(20)
let tape = ''
beforeAll(() => {
  tape = tapeFile(folder, 'simulated.txt', text)
})
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function configFile(config: BacktestConfig): string {
  files += 1
  const file = join(folder, `config-${files}.yaml`)
  writeFileSync(
    file,
    stringify({ ...config, state: { dir: state }, model: { ...config.model, path: resolve('models/demo') } }),
  )
  return file
}

async function backtest(config: BacktestConfig, options: Partial<BacktestOptions> = {}) {
  const { io, out, err } = fakeIo()
  const plain = { checkLookahead: false, cuts: 2, plantLookahead: false, trials: 1, json: true }
  const code = await backtestCommand({ config: configFile(config), tape: [tape], ...plain, ...options }, io)
  return { code, err, summary: JSON.parse(out.at(-1) ?? 'null') as Record<string, unknown> }
}

describe('backtest --tape', () => {
  test('keeps a run that says what it was made of', async () => {
    const { code, err, summary } = await backtest(TAPE_BASE)
    expect({ code, err }).toEqual({ code: 0, err: [] })
    expect(summary).toMatchObject({ bars: 19, decisions: 19, gaps: 0, malformedFrames: 0, retrainings: 0 })
    expect(summary['realTimeFactor']).toBeGreaterThan(0)
    const {
      run: { about },
    } = await runStore(state).read(String(summary['runId']))
    const rows = text.trimEnd().split('\n').length
    const sha256 = createHash('sha256').update(text).digest('hex')
    expect(about).toMatchObject({
      source: 'tape',
      data: [{ file: tape, sha256, symbol: 'BTC/USDT:USDT', rows, repairs: {} }],
    })
    expect(about.models).toMatchObject([{ modelId: expect.stringContaining('demo/') as string, trainedTo: null }])
    expect(readFileSync(String(summary['report']), 'utf8')).toContain('</html>')
  }, 60_000)

  test('looks for decisions that knew the future', async () => {
    const { code, summary } = await backtest(TAPE_BASE, { checkLookahead: true })
    expect(summary).toMatchObject({ passed: true, cuts: 2, found: [], modelsThatSawTheFuture: [] })
    expect(summary['decisionsCompared']).toBeGreaterThan(5)
    expect(code).toBe(0)
  }, 60_000)

  const { data: _, ...noCandles } = BASE.backtest
  const noBars = { ...BASE.backtest, instruments: TAPE_BASE.backtest.instruments }
  test.each<[string, BacktestConfig, Partial<BacktestOptions>, string]>([
    [
      'features of candles',
      { ...TAPE_BASE, features: { ...TAPE_BASE.features, flowPeriods: [], barsFrom: 'candles' } },
      {},
      'features.barsFrom was candles; with --tape',
    ],
    [
      'walk-forward',
      { ...TAPE_BASE, backtest: { ...TAPE_BASE.backtest, retrain: BASE.backtest.retrain! } },
      {},
      'backtest.retrain was given; with --tape',
    ],
    ['a folder of candles', TAPE_BASE, { data: folder }, '--data was given with --tape'],
    [
      'a planted feature',
      TAPE_BASE,
      { checkLookahead: true, plantLookahead: true },
      '--plant-lookahead was given with',
    ],
    ['no such tape', TAPE_BASE, { tape: ['none.gz'] }, 'none.gz: a tape must be a readable file'],
  ])('refuses %s', async (_name, config, options, message) => {
    await expect(backtest(config, options)).rejects.toThrow(message)
  })

  test.each([
    ['backtest.data', { ...BASE, backtest: noCandles }],
    ['backtest.instruments[0].bars of BTC/USDT:USDT', { ...BASE, backtest: noBars }],
  ])('without tapes says that %s was left out', async (key, config) => {
    const { io } = fakeIo()
    const options = { checkLookahead: false, cuts: 1, plantLookahead: false, trials: 1, json: true }
    const run = backtestCommand({ config: configFile(config), ...options }, io)
    await expect(run).rejects.toThrow(`${key} was left out; a backtest on candles reads them from there`)
  })
})
