import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createLogger, type LogLevel } from '../../../src/adapters/log/logger.ts'
import { Secret } from '../../../src/wiring/config/secret.ts'

const CANARY = 'canary"\\/7f3a'

function rig(level: LogLevel = 'info') {
  const lines: string[] = []
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk))
      done()
    },
  })
  return { log: createLogger(level, [CANARY, ''], destination), lines }
}

describe('createLogger', () => {
  test('writes one JSON object a line, with time and level in words', () => {
    const { log, lines } = rig()
    log.warn({ symbol: 'BTC/USDT:USDT' }, 'feed is stale')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'warn', symbol: 'BTC/USDT:USDT', msg: 'feed is stale' })
    expect((JSON.parse(lines[0]!) as { time: string }).time).toMatch(/^\d{4}-.*Z$/)
  })

  test('leaves out what is below its level', () => {
    const { log, lines } = rig('warn')
    log.info('no')
    log.warn('yes')
    expect(lines).toHaveLength(1)
  })

  test.each([
    ['in a message', (log: ReturnType<typeof rig>['log']) => log.error(`GET /order?apiKey=${CANARY}&x=1`)],
    ['in a field', (log: ReturnType<typeof rig>['log']) => log.error({ url: `wss://x/${CANARY}` })],
    [
      'in an error',
      (log: ReturnType<typeof rig>['log']) => log.error({ err: new Error(CANARY, { cause: new Error(CANARY) }) }),
    ],
    ['deep inside', (log: ReturnType<typeof rig>['log']) => log.error({ a: { b: { c: { d: [CANARY] } } } })],
    ['as a key', (log: ReturnType<typeof rig>['log']) => log.error({ [CANARY]: 1 })],
    ['of a child', (log: ReturnType<typeof rig>['log']) => log.child({ held: CANARY }).error('x')],
  ])('a known secret %s is hidden, and the line stays JSON', (_where, write) => {
    const { log, lines } = rig()
    write(log)
    expect(lines[0]).not.toContain('7f3a')
    expect(lines[0]).toContain('[secret]')
    expect(() => JSON.parse(lines[0]!) as unknown).not.toThrow()
  })

  test.each(['apiKey', 'apiSecret', 'token', 'signature', 'listenKey', 'X-MBX-APIKEY'])(
    'an unknown secret under the name %s is hidden',
    (name) => {
      const { log, lines } = rig()
      log.error({ [name]: 'unknown-1', options: { [name]: 'unknown-2', headers: { [name]: 'unknown-3' } } })
      expect(lines[0]).not.toContain('unknown-')
    },
  )

  test('a Secret hides itself', () => {
    const { log, lines } = rig()
    log.error({ whatever: new Secret('unknown-4') }, `${new Secret('unknown-4')}`)
    expect(lines[0]).not.toContain('unknown-4')
  })

  test.each([
    [2_000, 2_000],
    [2_001, 2_001],
    [1_000_000, 2_001],
  ])('a string of %i characters is written with %i', (length, expected) => {
    const { log, lines } = rig()
    log.error({ frame: 'x'.repeat(length) })
    const { frame } = JSON.parse(lines[0]!) as { frame: string }
    expect(frame).toHaveLength(expected)
    expect(frame.endsWith('…')).toBe(length > 2_000)
  })

  test('a long string of escapes stays JSON', () => {
    const { log, lines } = rig()
    log.error({ frame: '"\\\n'.repeat(3_000), after: 1 })
    expect(JSON.parse(lines[0]!)).toMatchObject({ after: 1 })
  })
})
