import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BarSpec, barSpec, barSpecText } from '../../src/market/bar-spec.ts'

test.each<[string, BarSpec, string?]>([
  ['500ms', { kind: 'time', ms: 500 }],
  ['1s', { kind: 'time', ms: 1_000 }],
  ['1000ms', { kind: 'time', ms: 1_000 }, '1s'],
  ['90s', { kind: 'time', ms: 90_000 }],
  ['60m', { kind: 'time', ms: 3_600_000 }, '1h'],
  ['24h', { kind: 'time', ms: 86_400_000 }, '1d'],
  ['tick:1', { kind: 'tick', trades: 1 }],
  ['tick:100:max=90s', { kind: 'tick', trades: 100, maxMs: 90_000 }],
  ['volume:0.5', { kind: 'volume', base: 0.5 }],
  ['volume:0.0000001', { kind: 'volume', base: 1e-7 }],
  ['dollar:1000000', { kind: 'dollar', quote: 1_000_000 }],
  ['imbalance:tick:10', { kind: 'imbalance', of: 'tick', expectedTicks: 10 }],
  ['imbalance:dollar:1000:max=1h', { kind: 'imbalance', of: 'dollar', expectedTicks: 1_000, maxMs: 3_600_000 }],
])('%s', (text, spec, written = text) => {
  expect(barSpec(text)).toEqual(spec)
  expect(barSpecText(spec)).toBe(written)
})

test.each([
  ['', 'must be a duration'],
  ['1', 'must be a duration'],
  ['0s', 'must be a duration'],
  ['-1s', 'must be a duration'],
  ['1.5s', 'must be a duration'],
  ['25h', 'must be a duration up to a day'],
  ['5M', 'must be a duration'],
  ['tick', 'must be a duration'],
  ['tick:0', 'whole, from 1 to 10000000'],
  ['tick:1.5', 'whole, from 1 to 10000000'],
  ['tick:10000001', 'whole, from 1 to 10000000'],
  ['tick:1e3', 'whole, from 1'],
  ['tick:', 'whole, from 1'],
  ['tick:5:6', 'must be one of'],
  ['volume:0', 'volume must be a decimal above 0'],
  ['volume:-1', 'volume must be a decimal above 0'],
  ['dollar:NaN', 'value must be a decimal above 0'],
  ['dollar:Infinity', 'value must be a decimal above 0'],
  ['imbalance:100', 'must be one of'],
  ['imbalance:price:100', 'imbalance is of tick, volume or dollar'],
  ['imbalance:tick:9', 'whole, from 10'],
  ['tick:5:max=0s', 'max= must be a duration'],
  ['tick:5:max=', 'max= must be a duration'],
  ['max=5s', 'must be a duration'],
  ['max=5s:tick:5', 'must be one of'],
  ['range:5', 'must be one of'],
])('%j is refused: %s', (text, rule) => {
  expect(() => barSpec(text, '--bar')).toThrow(rule)
  expect(() => barSpec(text, '--bar')).toThrow(`--bar was ${JSON.stringify(text)}`)
})

describe('any specification', () => {
  const maxMs = fc.integer({ min: 1, max: 86_400_000 })
  const decimal = fc.integer({ min: 1, max: 1e9 }).map((count) => count / 1_000)
  const trades = fc.integer({ min: 10, max: 1e7 })
  const limit = fc.option(maxMs, { nil: undefined }).map((ms) => (ms === undefined ? {} : { maxMs: ms }))
  const specs = fc.oneof(
    maxMs.map((ms): BarSpec => ({ kind: 'time', ms })),
    fc.tuple(trades, limit).map(([count, rest]): BarSpec => ({ kind: 'tick', trades: count, ...rest })),
    fc.tuple(decimal, limit).map(([base, rest]): BarSpec => ({ kind: 'volume', base, ...rest })),
    fc.tuple(decimal, limit).map(([quote, rest]): BarSpec => ({ kind: 'dollar', quote, ...rest })),
    fc
      .tuple(fc.constantFrom('tick' as const, 'volume' as const, 'dollar' as const), trades, limit)
      .map(([of, expectedTicks, rest]): BarSpec => ({ kind: 'imbalance', of, expectedTicks, ...rest })),
  )
  test('comes back from its text', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        expect(barSpec(barSpecText(spec))).toEqual(spec)
      }),
    )
  })
})
