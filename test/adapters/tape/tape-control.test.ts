import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONTROL_PREFIX, controlText, parseControl, type TapeControl } from '../../../src/adapters/tape/tape-control.ts'
import { nsText, receiveTime } from '../../../src/adapters/tape/tape-time.ts'
import { InputError, InvariantError } from '../../../src/core/errors.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import { BTCUSD_PERP, BTCUSDT } from '../../market/instruments.ts'

const at = (ms: number) => ms as EpochMs
const stamps = { symbol: 'BTC/USDT:USDT', exchangeTime: at(1_723_161_256_298), receivedAt: at(1_723_161_255_030.3147) }

const records: readonly [string, TapeControl][] = [
  [
    'session',
    {
      kind: 'session',
      format: 1,
      program: 'tickwright 9',
      venueId: 'binanceusdm',
      mode: 'record',
      instruments: [{ ...BTCUSDT, lotsMax: Number.POSITIVE_INFINITY }, BTCUSD_PERP],
      streams: ['btcusdt@depth@100ms'],
      startedAt: at(1_723_161_255_030.25),
      fileNumber: 2,
      previousFile: 'a.gz',
    },
  ],
  ['watermark', { kind: 'event', event: { kind: 'watermark', ...stamps } }],
  ['gap', { kind: 'event', event: { kind: 'gap', ...stamps, reason: 'stale', detail: 'é "quoted"\n' } }],
  ['connection', { kind: 'event', event: { kind: 'connection', ...stamps, state: 'down', detail: '' } }],
  [
    'external',
    { kind: 'event', event: { kind: 'external', ...stamps, series: 'fear', value: Number.NaN, observedAt: at(5) } },
  ],
  ['overflow', { kind: 'overflow', lines: 3, characters: 900, fromAt: at(1), toAt: at(2) }],
  ['model', { kind: 'model', modelId: 'demo/lstm-1' }],
  ['model', { kind: 'model', modelId: 'demo/lstm-1', group: 'majors' }],
  [
    'decision-inputs',
    { kind: 'decision-inputs', symbol: 'X', payload: { a: [Number.NaN, -0, Number.NEGATIVE_INFINITY, 0.1], b: null } },
  ],
]

describe('control lines', () => {
  test.each(records)('%s comes back as it was', (kind, record) => {
    const text = controlText(record)
    expect(text.startsWith(CONTROL_PREFIX)).toBe(true)
    expect(text).not.toContain('\n')
    expect(parseControl(text)).toEqual(record)
    // What a reader of the collector's format looks at.
    expect(JSON.parse(text)).toMatchObject({ stream: `tickwright@${kind}`, data: { e: 'tickwright', kind } })
  })

  test.each<[string, string, RegExp]>([
    ['unknown kind', '{"stream":"tickwright@x","data":{"e":"tickwright","kind":"x"}}', /kind/],
    [
      'later format',
      controlText(records[0]![1]).replace('"format":1', '"format":2'),
      /format was 2: it must be 1; .*another version/,
    ],
    ['time as text', controlText(records[1]![1]).replace(/"exchangeTime":\d+/, '"exchangeTime":"1"'), /exchangeTime/],
    ['foreign number tag', controlText(records[4]![1]).replace('"NaN"', '"1e400"'), /\$number must be one of/],
    ['no data', '{"stream":"tickwright@x"}', /data/],
  ])('%s is refused', (_name, text, message) => {
    expect(() => parseControl(text)).toThrow(InputError)
    expect(() => parseControl(text)).toThrow(message)
  })

  test('a payload that looks like our tag is refused when written, not read back as a number', () => {
    const payload = { a: { $number: 'NaN' } }
    expect(() => controlText({ kind: 'decision-inputs', symbol: 'X', payload })).toThrow(InvariantError)
  })

  test('any JSON payload comes back', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (payload) => {
        const record: TapeControl = { kind: 'decision-inputs', symbol: 'X', payload: payload ?? null }
        expect(parseControl(controlText(record))).toEqual(record)
      }),
    )
  })
})

describe('receive times', () => {
  const bits = (value: number) => new BigUint64Array(Float64Array.of(value).buffer)[0]

  test('19 digits give back the very same double', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e11, max: 9_999_999_999_999, noNaN: true }), (ms) => {
        const text = nsText(at(ms))
        expect(text).toMatch(/^\d{19}$/)
        expect(bits(receiveTime(text, text.length) ?? Number.NaN)).toBe(bits(ms))
      }),
      { numRuns: 5_000 },
    )
  })

  test.each([
    [1_723_161_255_030.3147, '1723161255030314697'], // The nearest double.
    [0, '0000000000000000000'],
    [1_723_161_256_000 - 2 ** -12, '1723161255999999756'],
    [999.999_999_999, '0000000001000000000'], // Rounds up into the next millisecond.
  ])('%d', (ms, text) => expect(nsText(at(ms))).toBe(text))

  test.each([-1, 1e13, Number.NaN])('%d is no time', (ms) => {
    expect(() => nsText(at(ms))).toThrow(InvariantError)
  })
})
