import { copyFileSync, cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openState } from '../../src/adapters/sqlite/open-state.ts'
import { barsOf, CANARIES, killPrograms, LOUD, lastJson, runProgram, startProgram, until } from '../support/program.ts'
import { runHere } from '../support/run-here.ts'
import { EAGER_ALONE, workspace } from '../support/workspace.ts'

const space = workspace()
const inSpace = (name: string) => join(space.dir, name)
afterAll(() => {
  killPrograms()
  space.remove()
})

const TAPE = 'test/fixtures/tapes/simulated-btcusdt.gz'
const CONFIRM = 'I understand that live trading can lose all my money'

function written(name: string, content: string | Buffer): string {
  writeFileSync(inSpace(name), content)
  return inSpace(name)
}

const edited = (name: string, from: string, to: string): string =>
  written(`${name}.yaml`, readFileSync(space.config('demo'), 'utf8').replace(from, to))

/** A copy of the demo's model family, its champion handed to `spoil`. */
function spoiltModel(name: string, spoil: (bundle: string) => void): Record<string, unknown> {
  const path = inSpace(name)
  cpSync('models/demo', path, { recursive: true })
  spoil(join(path, readFileSync(join(path, 'current'), 'utf8').trim()))
  return { path }
}

function flipBit(file: string): void {
  const bytes = readFileSync(file)
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 0x01, bytes.length >> 1)
  writeFileSync(file, bytes)
}

/** A port on which nothing listens: bound a moment ago, and free again. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address ? address.port : 0
}

interface Case {
  readonly name: string
  readonly args: () => readonly string[] | Promise<readonly string[]>
  /** Each must be named on standard error. */
  readonly says: readonly (string | RegExp)[]
  readonly code?: number
  readonly env?: Record<string, string | undefined>
  /** Needs the built program as a process of its own: it starts an exchange, or logs. */
  readonly isApart?: true
}

const demo = (config: string) => ['demo', '--config', config]
/** The quickest way to the config reader that all commands share. */
const check = (config: string) => ['check-config', '--config', config]
const replay = (tape: string, changes?: Record<string, unknown>) => [
  'replay',
  '--config',
  space.config('replay', changes),
  '--tape',
  tape,
]

const CONFIGS: readonly Case[] = [
  {
    name: 'no such config',
    isApart: true,
    args: () => check('nowhere.yaml'),
    says: ['config nowhere.yaml cannot be read', 'ENOENT'],
  },
  {
    name: 'malformed YAML',
    args: () => check(written('malformed.yaml', 'mode: demo\nsymbols: [BTC/USDT:USDT\nbarMs: 1000\n')),
    says: ['malformed.yaml', /line \d/],
  },
  {
    name: 'an empty config',
    args: () => check(written('empty.yaml', '')),
    says: ['empty.yaml', 'expected a map of keys'],
  },
  {
    name: 'unknown key',
    args: () => check(space.config('demo', { risk: { maxLoss: 5 } })),
    says: ['risk.maxLoss: unknown key', /line \d/],
  },
  {
    name: 'wrong type',
    args: () => check(space.config('demo', { policy: { kellyFraction: 'half' } })),
    says: ['policy.kellyFraction was "half"', 'number'],
  },
  {
    name: 'a unit in the value',
    args: () => check(edited('unit', 'barMs: 1000', 'barMs: 1s')),
    says: ['barMs was "1s"', 'number', 'milliseconds'],
  },
  {
    name: 'missing key',
    args: () => check(edited('missing', 'barMs: 1000', '')),
    says: ['barMs is missing', 'milliseconds'],
  },
  {
    name: 'a secret in the config',
    args: () => check(space.config('demo', { venue: { apiKey: CANARIES.TICKWRIGHT_API_KEY } })),
    says: ['venue.apiKey', 'TICKWRIGHT_API_KEY'],
  },
  {
    name: 'a mode that the command is not for',
    args: () => ['replay', '--config', space.config('demo'), '--tape', TAPE],
    says: ['mode was demo', 'mode replay'],
  },
  { name: 'no config named', args: () => ['run'], code: 2, says: ["required option '--config <file>' not specified"] },
  {
    name: 'bars that are no number',
    args: () => ['demo', '--bars', 'many'],
    code: 2,
    says: ["'many'", 'whole number'],
  },
]

const LIVE: readonly Case[] = [
  {
    name: 'live without the sentence',
    args: () => check(space.config('live')),
    env: { TICKWRIGHT_LIVE: 'yes' },
    says: ['live.confirm was ""', CONFIRM],
  },
  {
    name: 'live without TICKWRIGHT_LIVE',
    args: () => ['run', '--config', space.config('live', { live: { confirm: CONFIRM } })],
    says: ['TICKWRIGHT_LIVE=yes'],
  },
  {
    name: 'live without keys',
    args: () => check(space.config('live', { live: { confirm: CONFIRM } })),
    env: { TICKWRIGHT_LIVE: 'yes', TICKWRIGHT_API_KEY: undefined, TICKWRIGHT_API_SECRET: undefined },
    says: ['TICKWRIGHT_API_KEY', 'TICKWRIGHT_API_SECRET'],
  },
  {
    name: 'live with a model of the simulator',
    isApart: true,
    args: () => ['run', '--config', space.config('live', { live: { confirm: CONFIRM } })],
    env: { TICKWRIGHT_LIVE: 'yes' },
    says: ['model.path', 'never seen a real market'],
  },
]

const MODELS: readonly Case[] = [
  {
    name: 'no model folder',
    args: () => replay(TAPE, { model: { path: inSpace('no-model') } }),
    says: [inSpace('no-model/current'), 'ENOENT'],
  },
  {
    name: 'truncated model',
    args: () => {
      const model = spoiltModel('cut', (bundle) => truncateSync(join(bundle, 'model.onnx'), 1_000))
      return replay(TAPE, { model })
    },
    says: [/cut\/.*model\.onnx/, /SHA-256/],
  },
  {
    name: 'one flipped bit in the model',
    args: () => {
      const model = spoiltModel('flip', (bundle) => flipBit(join(bundle, 'model.onnx')))
      return replay(TAPE, { model })
    },
    says: [/flip\/.*model\.onnx/, /SHA-256/],
  },
  {
    name: 'a manifest that breaks off',
    args: () => {
      const model = spoiltModel('torn', (bundle) => truncateSync(join(bundle, 'manifest.json'), 500))
      return replay(TAPE, { model })
    },
    says: [/torn\/.*manifest\.json/],
  },
  {
    name: 'features other than the fitted ones',
    args: () => replay(TAPE, { features: { volumePeriod: 7 } }),
    says: [/models\/demo\/.*manifest\.json/, 'features.names', 'volume_surprise_7'],
  },
]

const PLACES: readonly Case[] = [
  {
    name: 'a symbol that the venue does not list',
    isApart: true,
    args: () => demo(space.config('demo', { symbols: ['DOGE/USDT:USDT'], trainer: undefined })),
    says: ['DOGE/USDT:USDT'],
  },
  {
    // A path under a plain file: not even root can make a folder there.
    name: 'a state folder that cannot be made',
    args: () => demo(space.config('demo', { state: { dir: join(written('plain-file', ''), 'state') } })),
    says: ['plain-file', /writ|ENOTDIR/],
  },
  {
    name: "another mode's state file",
    args: () => {
      const dir = inSpace('mixed')
      mkdirSync(dir)
      openState(join(dir, 'paper.sqlite'), { mode: 'paper', venue: 'binanceusdm/main' }).close()
      copyFileSync(join(dir, 'paper.sqlite'), join(dir, 'signal.sqlite'))
      return ['run', '--config', space.config('signal', { state: { dir } })]
    },
    says: ['signal.sqlite', 'belongs to mode "paper", not "signal"'],
  },
  {
    name: 'a state file that is no database',
    args: () => {
      const dir = inSpace('no-database')
      mkdirSync(dir)
      writeFileSync(join(dir, 'signal.sqlite'), 'Dear diary, '.repeat(1_000))
      return ['status', '--state', dir]
    },
    says: ['signal.sqlite'],
  },
  {
    name: 'a venue where nothing listens',
    isApart: true,
    args: async () => {
      const baseUrl = `http://127.0.0.1:${await freePort()}`
      return ['run', '--config', space.config('signal', { venue: { baseUrl, requestTimeoutMs: 1_000 } })]
    },
    code: 3,
    says: [/127\.0\.0\.1:\d+|ECONNREFUSED/],
  },
  {
    name: 'status of a folder without state',
    args: () => ['status', '--state', inSpace('none')],
    says: [inSpace('none'), '--state'],
  },
  {
    name: 'why of a folder without state',
    args: () => ['why', '--state', inSpace('none')],
    says: [inSpace('none'), '--state'],
  },
]

const TAPES: readonly Case[] = [
  { name: 'no such tape', args: () => replay(inSpace('none.gz')), says: [inSpace('none.gz'), 'ENOENT'] },
  {
    name: 'a tape cut in the middle',
    args: () => {
      const bytes = readFileSync(TAPE)
      return replay(written('cut.gz', bytes.subarray(0, bytes.length >> 1)))
    },
    says: ['cut.gz', /line \d+/, 'truncated'],
  },
  {
    name: 'a PNG for a tape',
    args: () =>
      replay(written('chart.png', Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000', 'hex'))),
    says: ['chart.png', 'line 1'],
  },
  {
    name: 'prose for a tape',
    args: () => replay(written('prose.txt', 'Once upon a time\nthere was a market\n')),
    says: ['prose.txt', 'line 1', 'receive time'],
  },
  { name: 'an empty tape', args: () => replay(written('empty.gz', '')), says: ['empty.gz'] },
  {
    name: 'JSON of no market',
    args: () => replay(written('other.txt', '1700000000000000000 {"hello":"world"}\n')),
    says: ['other.txt', 'no Binance futures frame'],
  },
  { name: 'a folder for a tape', args: () => replay(space.dir), says: [space.dir, 'readable file'] },
]

describe('bad input ends with one clear message', () => {
  test.each([...CONFIGS, ...LIVE, ...MODELS, ...PLACES, ...TAPES])(
    '$name',
    async ({ args, says, code = 1, env, isApart }) => {
      const line = await args()
      const result = await (isApart ? runProgram : runHere)(line, env)
      for (const part of says) expect(result.err).toMatch(part)
      expect(result.code).toBe(code)
      expect(result.err).not.toMatch(/^\s+at .*:\d+:\d+/m) // A stack trace.
      expect(result.err).not.toMatch(/^fatal:/m)
      expect(result.err.match(/^error: /gm)).toHaveLength(1)
      expect(space.exchange()).toBeUndefined() // None was started for nothing, and none was left behind.
      for (const canary of Object.values(CANARIES)) expect(result.out + result.err).not.toContain(canary)
    },
    60_000,
  )
})

describe('a second daemon on the same state', () => {
  const own = workspace()
  afterAll(() => own.remove())

  test('is refused; the first goes on unharmed, and so does its exchange', async () => {
    const args = ['demo', '--config', own.config('demo', EAGER_ALONE), '--json']
    const first = startProgram(args)
    await first.line(/^tickwright demo/)
    const exchange = own.exchange()
    const second = await runProgram(args)
    expect(second.err).toContain(`is in use by process ${first.pid}`)
    expect(second.code).toBe(1)
    expect(own.exchange()).toEqual(exchange)
    const before = barsOf(first)
    await until('another bar', () => barsOf(first) > before, 5_000)
    first.kill('SIGINT')
    expect(await first.ended()).toBe(0)
    expect(lastJson(first.out())).toMatchObject({ gaps: 0, positionMatchesVenue: true, stoppedBy: 'SIGINT' })
    expect(first.err()).not.toMatch(LOUD)
    expect(own.leaks()).toEqual([])
  }, 120_000)
})
