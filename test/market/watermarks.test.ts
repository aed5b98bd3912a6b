import { expect, test } from 'vitest'
import type { MarketEvent } from '../../src/core/market-event.ts'
import { watermarker } from '../../src/market/watermarks.ts'
import { gapOf, markOf, tradeOf } from './events.ts'

const times = (events: readonly MarketEvent[]): (number | undefined)[] => {
  const step = watermarker({ barMs: 1_000, latenessMs: 500 })
  return events.map((event) => step(event)?.exchangeTime)
}

test('an hour is no leap for bars of an hour', () => {
  const step = watermarker({ barMs: 3_600_000, latenessMs: 500 })
  expect([tradeOf(1_000, 1, 1, 1), tradeOf(3_600_500, 2, 1, 1)].map((event) => step(event)?.exchangeTime)).toEqual([
    undefined,
    3_600_000,
  ])
})

test.each<[string, readonly MarketEvent[], (number | undefined)[]]>([
  ['the first event passes nothing', [tradeOf(1_900, 1, 1, 1)], [undefined]],
  ['lateness not over', [tradeOf(1_900, 1, 1, 1), tradeOf(2_499, 2, 1, 1)], [undefined, undefined]],
  ['lateness over', [tradeOf(1_900, 1, 1, 1), tradeOf(2_500, 2, 1, 1)], [undefined, 2_000]],
  ['once per boundary', [tradeOf(1_900, 1, 1, 1), markOf(2_500, 1), markOf(2_600, 1)], [undefined, 2_000, undefined]],
  ['one for many', [tradeOf(1_900, 1, 1, 1), tradeOf(9_499, 2, 1, 1)], [undefined, 8_000]],
  ['never back', [tradeOf(9_500, 1, 1, 1), tradeOf(1_000, 2, 1, 1)], [undefined, undefined]],
  ['a leap of ten minutes', [tradeOf(1_900, 1, 1, 1), tradeOf(601_500, 2, 1, 1)], [undefined, 601_000]],
  [
    'a longer leap must be confirmed',
    [tradeOf(1_900, 1, 1, 1), tradeOf(602_500, 2, 1, 1), tradeOf(602_510, 3, 1, 1)],
    [undefined, undefined, 602_000],
  ],
  [
    'one mad time changes nothing',
    [tradeOf(1_900, 1, 1, 1), tradeOf(9e12, 2, 1, 1), tradeOf(2_500, 3, 1, 1)],
    [undefined, undefined, 2_000],
  ],
  ['local events have no exchange clock', [tradeOf(1_900, 1, 1, 1), gapOf(9_000)], [undefined, undefined]],
])('%s', (_name, events, expected) => {
  expect(times(events)).toEqual(expected)
})
