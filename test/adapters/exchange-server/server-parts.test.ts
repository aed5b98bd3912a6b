import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { checkKey, checkSigned, signedPayload } from '../../../src/adapters/exchange-server/authenticate.ts'
import { listenKeys } from '../../../src/adapters/exchange-server/listen-keys.ts'
import { orderFaults } from '../../../src/adapters/exchange-server/order-faults.ts'
import { requestWeight } from '../../../src/adapters/exchange-server/request-weight.ts'
import { readUpgrade } from '../../../src/adapters/exchange-server/upgrade.ts'
import { epochMs } from '../../../src/core/units.ts'

const NOW = epochMs(1_795_219_200_000)
const KEYS = new Map([['k', { apiKey: 'k', secret: 's', account: 'a' }]])
const sign = (payload: string, secret = 's') => createHmac('sha256', secret).update(payload).digest('hex')

describe('checkSigned', () => {
  const check = (params: Record<string, string>, apiKey: string | undefined = 'k', secret = 's') => {
    const payload = new URLSearchParams(params).toString()
    const result = checkSigned(KEYS, apiKey, { ...params, signature: sign(payload, secret) }, payload, NOW)
    return result.ok ? 'ok' : result.error.body.code
  }
  const at = (offset: number, extra: Record<string, string> = {}) => ({ timestamp: String(NOW + offset), ...extra })

  test.each<[string, string | number, Record<string, string>]>([
    ['fresh', 'ok', at(0)],
    ['at the end of the usual window', 'ok', at(-5_000)],
    ['behind the usual window', -1021, at(-5_001)],
    ['behind it, with a wider one', 'ok', at(-5_001, { recvWindow: '6000' })],
    ['widest window', 'ok', at(0, { recvWindow: '60000' })],
    ['wider than the widest', -1131, at(0, { recvWindow: '60001' })],
    ['window that is no number', -1131, at(0, { recvWindow: 'wide' })],
    ['just ahead', 'ok', at(999)],
    ['too far ahead', -1021, at(1_000)],
    ['no timestamp', -1102, {}],
    ['timestamp that is none', -1102, { timestamp: 'now' }],
  ])('%s -> %s', (_name, expected, params) => {
    expect(check(params)).toBe(expected)
  })

  test('who it is comes before everything else', () => {
    expect(check(at(0), '')).toBe(-2014)
    expect(check(at(0), 'other')).toBe(-2015)
    expect(checkKey(KEYS, undefined)).toMatchObject({ ok: false, error: { status: 401, body: { code: -2014 } } })
  })

  test('a signature by another secret, for another payload, cut, or absent is refused', () => {
    expect(check(at(0), 'k', 'wrong')).toBe(-1022)
    const params = at(0)
    const code = (signature: string) => {
      const result = checkSigned(KEYS, 'k', { ...params, signature }, 'timestamp=1', NOW)
      return result.ok ? 'ok' : result.error.body.code
    }
    expect(code(sign('timestamp=2'))).toBe(-1022)
    expect(code(sign('timestamp=1').slice(2))).toBe(-1022)
    expect(code('')).toBe(-1102)
    expect(code(sign('timestamp=1'))).toBe('ok')
  })

  test('the payload is query and body joined, without the signature', () => {
    expect(signedPayload('a=1&signature=x', 'b=2')).toBe('a=1b=2')
    expect(signedPayload('', 'b=2&signature=x')).toBe('b=2')
  })
})

test('listen keys: one an account, renewed by PUT, gone at the end of their life', () => {
  const keys = listenKeys(1_000)
  const key = keys.start('a', epochMs(0))
  expect(keys.start('a', epochMs(500))).toBe(key)
  expect(keys.accountOf(key)).toBe('a')
  expect(keys.expire(epochMs(1_499))).toEqual([])
  expect(keys.keepAlive('a', epochMs(1_499))).toBe(true)
  expect(keys.expire(epochMs(2_498))).toEqual([])
  expect(keys.expire(epochMs(2_499))).toEqual([key])
  expect([keys.accountOf(key), keys.keyOf('a'), keys.keepAlive('a', epochMs(2_500))]).toEqual([
    undefined,
    undefined,
    false,
  ])
  expect(keys.start('a', epochMs(2_500))).not.toBe(key)
})

test('request weight: the limit itself passes, one more does not, the next minute starts anew', () => {
  const weight = requestWeight(10)
  expect(weight.add('x', 10, epochMs(59_000))).toEqual({ used: 10, isOver: false })
  expect(weight.add('x', 1, epochMs(59_999)).isOver).toBe(true)
  expect(weight.add('y', 1, epochMs(59_999)).isOver).toBe(false)
  expect(weight.add('x', 1, epochMs(60_000)).isOver).toBe(false)
})

test('order faults meet order requests only, first come first served', () => {
  const faults = orderFaults()
  faults.plan(1, { kind: 'delay', ms: 5 }, 'place')
  faults.plan(1, { kind: '503-accepted' }, 'cancel')
  expect(faults.take('GET', '/fapi/v1/order')).toBeUndefined()
  expect(faults.take('POST', '/fapi/v1/leverage')).toBeUndefined()
  expect(faults.take('DELETE', '/fapi/v1/order')).toEqual({ kind: '503-accepted' })
  expect(faults.take('POST', '/fapi/v1/algoOrder')).toEqual({ kind: 'delay', ms: 5 })
  expect(faults.take('POST', '/fapi/v1/order')).toBeUndefined()
})

describe('readUpgrade', () => {
  const category = (stream: string) => ({ 'btcusdt@depth': 'public', 'btcusdt@aggTrade': 'market' })[stream]
  test.each<[string, object]>([
    ['/public/ws', { ok: true, kind: 'public', isCombined: false, streams: [] }],
    ['/public/ws/0', { ok: true, kind: 'public', streams: [] }],
    ['/public/ws/btcusdt@depth', { ok: true, streams: ['btcusdt@depth'] }],
    [
      '/public/stream?streams=btcusdt@depth/btcusdt@aggTrade',
      { ok: true, isCombined: true, streams: ['btcusdt@depth'] },
    ],
    ['/market/ws', { ok: true, kind: 'market' }],
    ['/private/ws?listenKey=live', { ok: true, kind: 'private', listenKey: 'live' }],
    ['/private/ws?listenKey=dead', { ok: false, status: 400 }],
    ['/private/ws', { ok: false, status: 400 }],
    ['/ws-fapi/v1', { ok: true, kind: 'api' }],
    ['/ws', { ok: false, status: 404 }],
    ['/ws/btcusdt@depth', { ok: false, status: 404 }],
    ['/other/ws', { ok: false, status: 404 }],
    ['//', { ok: false }],
  ])('%s', (url, expected) => {
    expect(readUpgrade(url, category, (key) => key === 'live')).toMatchObject(expected)
  })
})
