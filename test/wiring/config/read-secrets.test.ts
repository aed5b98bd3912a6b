import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/wiring/config/load-config.ts'
import { readSecrets } from '../../../src/wiring/config/read-secrets.ts'
import type { Config } from '../../../src/wiring/config/schema.ts'
import { Secret } from '../../../src/wiring/config/secret.ts'

const paper = loadConfig('config/paper.yaml')
const live: Config = {
  ...paper,
  mode: 'live',
  live: { confirm: 'I understand that live trading can lose all my money' },
}
const LIVE_ENV = { TICKWRIGHT_LIVE: 'yes', TICKWRIGHT_API_KEY: 'canary-key', TICKWRIGHT_API_SECRET: 'canary-secret' }

describe('readSecrets', () => {
  test('paper needs none', () => {
    expect(readSecrets(paper, {})).toEqual({})
  })

  test('live names everything that it lacks', () => {
    expect(() => readSecrets(live, {})).toThrow(/TICKWRIGHT_LIVE=yes .*TICKWRIGHT_API_KEY .*TICKWRIGHT_API_SECRET/)
  })

  test.each([undefined, '', 'no', 'YES', 'true'])('live refuses TICKWRIGHT_LIVE=%s', (value) => {
    expect(() => readSecrets(live, { ...LIVE_ENV, TICKWRIGHT_LIVE: value })).toThrow('TICKWRIGHT_LIVE=yes')
  })

  test('live takes its keys', () => {
    expect(readSecrets(live, LIVE_ENV).apiSecret?.reveal()).toBe('canary-secret')
  })

  test('an enabled sink needs its secret, which may not be blank', () => {
    const alerts = { telegram: { enabled: true, chatId: '1' }, webhook: { enabled: true, url: 'https://example.com' } }
    const message = /TICKWRIGHT_TELEGRAM_TOKEN .*TICKWRIGHT_WEBHOOK_SECRET/
    expect(() => readSecrets({ ...paper, alerts }, { TICKWRIGHT_TELEGRAM_TOKEN: ' ' })).toThrow(message)
  })
})

test('a Secret shows itself in no way but one', () => {
  const secret = new Secret('canary')
  const shown = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret, { showHidden: true }),
    Object.values(secret).join(),
  ]
  expect(shown.join('\n')).not.toContain('canary')
  expect(secret.reveal()).toBe('canary')
})
