import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { loadAnyConfig, loadConfig, loadFitConfig } from '../../../src/wiring/config/load-config.ts'
import { MODES } from '../../../src/wiring/config/modes.ts'

const dir = mkdtempSync(join(tmpdir(), 'config-'))
const read = (mode: string) => readFileSync(`config/${mode}.yaml`, 'utf8')
const CONFIRMED = 'confirm: "I understand that live trading can lose all my money"'

/** Message of what a file says with some of its text changed. */
function complaint(mode: string, ...changes: readonly (readonly [string | RegExp, string])[]): string {
  const file = join(dir, 'changed.yaml')
  writeFileSync(
    file,
    changes.reduce((text, [from, to]) => {
      const changed = text.replace(from, to)
      if (changed === text) throw new Error(`nothing replaced: ${String(from)}`)
      return changed
    }, read(mode)),
  )
  try {
    loadAnyConfig(file)
    return ''
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.message.replace(file, 'FILE')
  }
}

describe('the files that ship', () => {
  test.each(MODES.filter((mode) => mode !== 'live'))('%s.yaml is fine', (mode) => {
    expect(loadConfig(`config/${mode}.yaml`).mode).toBe(mode)
  })
  test('live.yaml lacks the sentence, and is fine with it', () => {
    expect(() => loadConfig('config/live.yaml')).toThrow('live.confirm was "": live trading needs exactly this text')
    expect(complaint('live', ['confirm: ""', CONFIRMED])).toBe('')
  })
  test('fit.yaml is fine, and is no way to run', () => {
    expect(loadFitConfig('config/fit.yaml').mode).toBe('fit')
    expect(() => loadConfig('config/fit.yaml')).toThrow('mode was "fit": one of demo, paper, signal, live, replay')
  })
  test('features agree in all of them: one model serves all', () => {
    const { features, barMs } = loadFitConfig('config/fit.yaml')
    for (const mode of MODES.filter((name) => name !== 'live'))
      expect(loadConfig(`config/${mode}.yaml`)).toMatchObject({ features, barMs })
  })
  test('the demo trades a market that its model has not seen', () => {
    const demo = loadConfig('config/demo.yaml')
    const { fit } = loadFitConfig('config/fit.yaml')
    expect([...fit.trainSeeds, ...fit.evaluationSeeds]).not.toContain(demo.mode === 'demo' && demo.simulator.seed)
  })
})

describe('what is wrong is named with line, key, value and rule', () => {
  test.each<[string, string, string | RegExp, string, string]>([
    ['unknown key', 'paper', 'leverage: 3', 'leverage: 3\n  maxLoss: 3', 'line 27: venue.maxLoss: unknown key'],
    ['missing unit', 'paper', 'barMs: 1000', 'barMs: "1s"', 'barMs was "1s": a whole number of milliseconds'],
    [
      'wrong type',
      'paper',
      'threads: 1',
      'threads: many',
      'model.threads was "many": expected number, received string',
    ],
    ['not a number', 'paper', 'threads: 1', 'threads: .nan', 'model.threads was NaN: expected number, received NaN'],
    ['missing key', 'paper', 'leverage: 3', '', 'line 15: venue.leverage is missing (leverage set at the venue'],
    ['missing section', 'paper', /^log:\n.*\n.*\n/m, '', 'log is missing (log lines on standard error)'],
    ['bar below its least', 'paper', 'barMs: 1000', 'barMs: 999', 'barMs was 999: at least 1000 (milliseconds)'],
    ['bar that does not divide a day', 'paper', 'barMs: 1000', 'barMs: 7000', 'barMs was 7000: it must divide a day'],
    ['bare symbol', 'paper', 'BTC/USDT:USDT', 'BTCUSDT', 'symbols[0] was "BTCUSDT": use the ccxt form'],
    ['symbol twice', 'replay', 'ETH/USDT:USDT]', 'BTC/USDT:USDT]', 'each symbol once'],
    [
      'symbol that replay cannot know',
      'replay',
      'ETH/USDT:USDT]',
      'SOL/USDT:USDT]',
      'symbols[1] was "SOL/USDT:USDT": every symbol needs an entry',
    ],
    [
      'decimal without quotes',
      'replay',
      '"0.10"',
      '0.10',
      'replay.instruments[0].tickSize was 0.1: write it as a quoted decimal',
    ],
    ['tick of zero', 'replay', '"0.10"', '"0.00"', 'replay.instruments[0].tickSize was "0.00": greater than 0'],
    ['unknown mode', 'paper', 'mode: paper', 'mode: real', 'mode was "real": one of demo, paper, signal, live, replay'],
    ['no mode', 'paper', 'mode: paper', '', 'mode is missing'],
    ['section of another mode', 'signal', 'state:', 'paper:\n  latencyMs: 1\nstate:', 'paper: unknown key'],
    [
      'collar past its limit',
      'paper',
      'collarBps: 5',
      'collarBps: 50.1',
      'trading.collarBps was 50.1: at most risk.collarBpsMax, which is 50',
    ],
    [
      'policy past its limit',
      'paper',
      'notionalMaxQuote: 5000',
      'notionalMaxQuote: 5501',
      'policy.notionalMaxQuote was 5501: at most risk.positionNotionalMaxQuote, which is 5500',
    ],
    [
      'guard below the receive window',
      'paper',
      'absentGuardMs: 5000',
      'absentGuardMs: 4999',
      'trading.absentGuardMs was 4999: at least venue.recvWindowMs, which is 5000',
    ],
    [
      'baseUrl elsewhere',
      'paper',
      'leverage: 3',
      'leverage: 3\n  baseUrl: http://example.com',
      'only a simulator on this machine',
    ],
    [
      'telegram without a chat',
      'paper',
      'enabled: false',
      'enabled: true',
      'alerts.telegram.chatId was "": needed when telegram.enabled is true',
    ],
    [
      'webhook in the clear',
      'paper',
      'url: ""',
      'url: http://example.com/key',
      'alerts.webhook.url was "http://example.com/…": https, or http on loopback',
    ],
    [
      'seed measured on that was learnt',
      'fit',
      '[211, 212, 213, 214, 215, 216]',
      '[201, 101]',
      'fit.evaluationSeeds was [201,101]: none of trainSeeds',
    ],
    ['key twice', 'paper', 'barMs: 1000', 'barMs: 1000\nbarMs: 2000', 'line 14: Map keys must be unique'],
    ['YAML that does not parse', 'paper', 'barMs: 1000', 'barMs: [1000', 'line '],
    ['alias', 'paper', 'barMs: 1000', 'barMs: &a 1000\nx: *a', 'anchors and aliases are not allowed'],
  ])('%s', (_rule, mode, from, to, expected) => {
    expect(complaint(mode, [from, to])).toContain(expected)
  })

  test.each([
    ['collarBps: 50', 'trading at the limit', 'collarBps: 5'],
    ['notionalMaxQuote: 5500', 'policy at the limit', 'notionalMaxQuote: 5000'],
    ['baseUrl: http://127.0.0.1:8080', 'a simulator on this machine', '# baseUrl:'],
    ['expiresAfterMs: 60000', 'an optional key', '# expiresAfterMs: 604800000'],
    ['url: https://example.com/x', 'a webhook over https', 'url: ""'],
  ])('%s is fine: %s', (to, _why, from) => {
    expect(complaint('paper', [from, to])).toBe('')
  })

  test('all problems at once, in the order of the file', () => {
    const message = complaint(
      'paper',
      ['barMs: 1000', 'barMs: 1'],
      ['threads: 1', 'threads: 0'],
      ['onStop: cancel', 'onStop: maybe'],
    )
    expect(message).toMatch(
      /^config FILE: 3 problems\n {2}line \d+: barMs .*\n {2}line \d+: model.threads .*\n {2}line \d+: trading.onStop/,
    )
  })
})

describe('what is no configuration', () => {
  test.each([
    ['missing', undefined, 'cannot be read: ENOENT'],
    ['empty', '', 'expected a map of keys'],
    ['a list', '- 1', 'expected a map of keys'],
    ['two documents', 'mode: demo\n---\nmode: demo', 'line 2: Source contains multiple documents'],
    ['too large', `# ${'x'.repeat(1_048_576)}`, 'at most 1048576 are allowed'],
    ['nested too deep', `a: ${'['.repeat(40)}${']'.repeat(40)}`, 'nested deeper than 32 levels'],
    ['binary', '\u0000\u0001', 'config '],
  ])('%s', (_what, text, expected) => {
    const file = join(dir, `${text === undefined ? 'missing' : 'odd'}.yaml`)
    if (text !== undefined) writeFileSync(file, text)
    expect(() => loadConfig(file)).toThrow(expected)
    expect(() => loadConfig(file)).toThrow(InputError)
  })
})

describe('secrets', () => {
  test.each(['apiKey', 'api_secret', 'token', 'password', 'privateKey', 'walletMnemonic'])(
    '%s in the file is refused and not repeated',
    (key) => {
      const message = complaint('paper', ['leverage: 3', `leverage: 3\n  ${key}: canary-1234`])
      expect(message).toContain(`venue.${key}: secrets do not belong in a config file`)
      expect(message).not.toContain('canary')
    },
  )
})
