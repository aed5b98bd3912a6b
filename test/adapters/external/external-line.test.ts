import { describe, expect, test } from 'vitest'
import { externalLine } from '../../../src/adapters/external/external-line.ts'
import type { EpochMs } from '../../../src/core/units.ts'

const NOW = 1_700_000_000_000
const rules = { series: ['fear', 'news'], clock: { now: () => NOW as EpochMs } }
const good = { series: 'fear', value: 41, observedAt: NOW - 5 }

describe('lines that are readings', () => {
  test.each<[string, 'jsonl' | 'csv', string, unknown]>([
    ['JSON', 'jsonl', `{"observedAt":${NOW - 5},"series":"fear","value":41}`, good],
    ['JSON with an ISO time', 'jsonl', '{"observedAt":"2023-11-14T22:13:19.995Z","series":"fear","value":41}', good],
    ['an ISO time of another zone', 'csv', '2023-11-15T00:13:19.995+02:00,fear,41', good],
    ['CSV', 'csv', `${NOW - 5},fear,41`, good],
    ['blanks around cells', 'csv', ` ${NOW - 5} , fear , 4.1e1 \r`, good],
    ['at the edge of the future', 'csv', `${NOW + 5_000},fear,41`, { ...good, observedAt: NOW + 5_000 }],
    ['the header', 'csv', 'observedAt,series,value', undefined],
    ['an empty line', 'jsonl', '  ', undefined],
  ])('%s', (_name, format, line, expected) => {
    expect(externalLine(line, format, rules)).toEqual(expected)
  })
})

describe('lines that break a rule, which is named', () => {
  test.each<[string, 'jsonl' | 'csv', string, RegExp]>([
    [
      'beyond the future',
      'csv',
      `${NOW + 5_001},fear,41`,
      /observedAt was .*; it must not be more than 5000 ms in the future/,
    ],
    ['another series', 'csv', `${NOW},fair,41`, /series was fair; it must be one of fear, news/],
    ['a value that is no number', 'csv', `${NOW},fear,high`, /value was high; it must be a finite number/],
    [
      'a value as text',
      'jsonl',
      `{"observedAt":${NOW},"series":"fear","value":"41"}`,
      /value was 41; it must be a finite number/,
    ],
    ['an infinite value', 'jsonl', `{"observedAt":${NOW},"series":"fear","value":1e999}`, /value was Infinity/],
    ['NaN', 'csv', `${NOW},fear,NaN`, /value was NaN/],
    [
      'a time without its zone',
      'csv',
      '2023-11-14T22:13:20,fear,41',
      /observedAt was 2023-11-14T22:13:20; it must be milliseconds/,
    ],
    ['a time before 1970', 'csv', '-1,fear,41', /observedAt was -1/],
    ['a missing time', 'jsonl', '{"series":"fear","value":41}', /observedAt was undefined/],
    ['a field too many', 'jsonl', `{"observedAt":${NOW},"series":"fear","value":41,"note":1}`, /note: unknown field/],
    [
      'a hostile key',
      'jsonl',
      `{"__proto__":{"series":"fear"},"observedAt":${NOW},"value":1}`,
      /__proto__: unknown field/,
    ],
    [
      'a hostile text',
      'jsonl',
      `{"observedAt":${NOW},"series":"a\\u001b[31m","value":1}`,
      /series was string; it must be/,
    ],
    ['no object', 'jsonl', '[1]', /a reading was object; it must be an object/],
    ['no JSON', 'jsonl', '{"a"', /one JSON object/],
    ['two cells', 'csv', '1,fear', /2 cells; a line must have three/],
  ])('%s', (_name, format, line, message) => {
    expect((externalLine(line, format, rules) as { refused: string }).refused).toMatch(message)
  })
})
