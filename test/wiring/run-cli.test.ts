import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import type { Io } from '../../src/wiring/io.ts'
import type { Commands } from '../../src/wiring/program.ts'
import { runCli } from '../../src/wiring/run-cli.ts'

function rig(changed: Partial<Commands> = {}) {
  const out: string[] = []
  const err: string[] = []
  const calls: [string, unknown][] = []
  const io: Io = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    isTTY: false,
    env: {},
    onStop: () => () => undefined,
    ready: () => undefined,
  }
  const note = (name: string) => async (options: object) => {
    calls.push([name, { ...options }])
    return 0
  }
  const commands: Commands = {
    demo: note('demo'),
    run: note('run'),
    replay: note('replay'),
    record: note('record'),
    tapeInfo: note('tape-info'),
    tapeVerify: note('tape-verify'),
    tapeImport: note('tape-import'),
    tapeExport: note('tape-export'),
    analyzeOfi: note('analyze-ofi'),
    featuresList: note('features-list'),
    featuresExplain: note('features-explain'),
    modelsList: note('models-list'),
    modelsShow: note('models-show'),
    modelsVerify: note('models-verify'),
    modelsDiff: note('models-diff'),
    modelsPromote: note('models-promote'),
    modelsRollback: note('models-rollback'),
    modelsRetire: note('models-retire'),
    trainer: note('trainer'),
    train: note('train'),
    search: note('search'),
    evaluate: note('evaluate'),
    truth: note('truth'),
    trainerJob: () => note('trainer-job')({}),
    modelsDraw: note('models-draw'),
    modelsAverage: note('models-average'),
    backtest: note('backtest'),
    runsList: note('runs-list'),
    runsShow: note('runs-show'),
    runsCompare: note('runs-compare'),
    sweep: note('sweep'),
    divergence: note('divergence'),
    exchange: note('exchange'),
    fit: note('fit'),
    checkConfig: note('check-config'),
    reset: note('reset'),
    status: note('status'),
    why: note('why'),
    ...changed,
  }
  return { out, err, calls, cli: (...args: string[]) => runCli(args, commands, io, '1.2.3') }
}

describe('runCli', () => {
  test.each<[string[], [string, object]]>([
    [
      ['run', '--config', 'a.yaml'],
      ['run', { config: 'a.yaml', json: false }],
    ],
    [
      ['run', '--config', 'a.yaml', '--bars', '30', '--json'],
      ['run', { config: 'a.yaml', bars: 30, json: true }],
    ],
    [
      ['replay', '--tape', 'a.gz', 'b.gz', '--config', 'a.yaml'],
      ['replay', { tape: ['a.gz', 'b.gz'], config: 'a.yaml', json: false }],
    ],
    [
      ['fit', '--config', 'a.yaml', '--out', 'm'],
      ['fit', { config: 'a.yaml', out: 'm', resume: false, json: false }],
    ],
    [
      ['fit', '--config', 'a.yaml', '--resume', '--json'],
      ['fit', { config: 'a.yaml', resume: true, json: true }],
    ],
    [
      ['models', 'average', 'a', 'b/c', '--out', 'models/mean'],
      ['models-average', { models: ['a', 'b/c'], out: 'models/mean', root: 'models', json: false }],
    ],
    [
      ['models', 'list', '--path', 'models/demo'],
      ['models-list', { path: 'models/demo', root: 'models', json: false }],
    ],
    [
      ['models', 'verify', '--all'],
      ['models-verify', { root: 'models', all: true, json: false }],
    ],
    [
      ['models', 'diff', 'a', 'b', '--json'],
      ['models-diff', { a: 'a', b: 'b', root: 'models', json: true }],
    ],
    [
      ['train', '--config', 'x.yaml'],
      ['train', { config: 'x.yaml', json: false }],
    ],
    [
      ['truth', '--null-seeds', '3', '--json'],
      ['truth', { plantedSeeds: 10, nullSeeds: 3, workers: 2, json: true }],
    ],
    [
      ['models', 'promote', 'a', '--why', 'x'],
      ['models-promote', { model: 'a', why: 'x', root: 'models', json: false }],
    ],
    [
      ['models', 'rollback', 'demo'],
      ['models-rollback', { family: 'demo', root: 'models', json: false }],
    ],
    [
      ['models', 'retire', 'a', '--json'],
      ['models-retire', { model: 'a', root: 'models', json: true }],
    ],
    [
      ['models', 'draw', 'x.onnx', '--depth', '2', '--out', 'x.svg'],
      ['models-draw', { model: 'x.onnx', depth: 2, out: 'x.svg', root: 'models', architecture: false }],
    ],
    [
      ['check-config', '--config', 'a.yaml'],
      ['check-config', { config: 'a.yaml' }],
    ],
    [['status'], ['status', { state: 'state', json: false }]],
    [
      ['status', '--state', 's', '--mode', 'paper', '--json'],
      ['status', { state: 's', mode: 'paper', json: true }],
    ],
    [['why'], ['why', { state: 'state', json: false }]],
    [
      ['why', '2', '--symbol', 'BTC/USDT:USDT'],
      ['why', { state: 'state', json: false, bar: '2', symbol: 'BTC/USDT:USDT' }],
    ],
    [
      ['why', '-1'],
      ['why', { state: 'state', json: false, bar: '-1' }],
    ],
  ])('%o', async (args, expected) => {
    const { cli, calls } = rig()
    expect(await cli(...args)).toBe(0)
    expect(calls).toEqual([expected])
  })

  test('demo and exchange find the demo configuration wherever they are started', async () => {
    const { cli, calls } = rig()
    await cli('demo', '--bars', '1')
    await cli('exchange', '--port', '0', '--seed', '3', '--alpha', '0', '--port-file', 'p', '--idle-exit-ms', '1000')
    const config = expect.stringMatching(/^\/.*config\/demo\.yaml$/) as string
    expect(calls[0]).toEqual(['demo', { config, bars: 1, json: false }])
    expect(calls[1]).toEqual(['exchange', { config, port: 0, seed: 3, alpha: 0, portFile: 'p', idleExitMs: 1000 }])
  })

  test.each([
    ['no command', []],
    ['unknown command', ['trade']],
    ['unknown option', ['demo', '--fast']],
    ['missing option', ['run']],
    ['missing tape', ['replay', '--config', 'a.yaml']],
    ['surplus argument', ['demo', 'x']],
    ['zero bars', ['demo', '--bars', '0']],
    ['bars that are no number', ['demo', '--bars', '1e3']],
    ['alpha of one', ['exchange', '--alpha', '1']],
    ['port past its most', ['exchange', '--port', '65536']],
    ['unknown mode', ['status', '--mode', 'real']],
  ])('%s: exit code 2, nothing runs, standard output stays empty', async (_what, args) => {
    const { cli, calls, err, out } = rig()
    expect(await cli(...args)).toBe(2)
    expect(calls).toEqual([])
    expect(err.length).toBeGreaterThan(0)
    expect(out).toEqual([])
  })

  test.each([
    ['--help', 'Usage: tickwright'],
    ['--version', '1.2.3'],
  ])('%s: exit code 0', async (flag, expected) => {
    const { cli, out } = rig()
    expect(await cli(flag)).toBe(0)
    expect(out.join('\n')).toContain(expected)
  })

  test('wrong input: exit code 1, one clear message, no stack', async () => {
    const { cli, err } = rig({ demo: () => Promise.reject(new InputError('config x: bad', {})) })
    expect(await cli('demo')).toBe(1)
    expect(err).toEqual(['error: config x: bad'])
  })

  test('anything else: exit code 3, with the stack', async () => {
    const { cli, err } = rig({ demo: () => Promise.reject(new Error('boom')) })
    expect(await cli('demo')).toBe(3)
    expect(err.join('\n')).toMatch(/^fatal: Error: boom\n\s+at /)
  })

  test("a command's own exit code is passed on", async () => {
    expect(await rig({ demo: async () => 3 }).cli('demo')).toBe(3)
  })
})
