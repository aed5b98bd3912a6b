import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { converter } from '../../src/core/instrument.ts'
import { barBuilder } from '../../src/market/bar-builder.ts'
import { barSpec } from '../../src/market/bar-spec.ts'
import { Book } from '../../src/market/book.ts'
import { loadNumbers, saveNumbers } from '../../src/market/saved-numbers.ts'
import { buildBars } from './build-bars.ts'
import { BTCUSDT, ETHUSDT } from './instruments.ts'
import { randomMarket } from './random-market.ts'

const KINDS = ['1s', '250ms', 'tick:7', 'volume:0.15', 'dollar:20:max=2s', 'imbalance:tick:10', 'imbalance:volume:10']

describe.each(KINDS)('%s', (text) => {
  test('a restart at any moment, through JSON, changes no bit of any bar', () => {
    const cuts = fc.record({ seed: fc.nat(), restartAt: fc.nat(250), gaps: fc.constantFrom(0, 0.02) })
    fc.assert(
      fc.property(cuts, ({ seed, restartAt, gaps }) => {
        const events = randomMarket(seed, { count: 250, gaps })
        const whole = buildBars(text, events, { signature: true })
        const cut = buildBars(text, events, { signature: true, restartAt })
        expect(whole.bars.length).toBeGreaterThan(0)
        expect(cut.bars).toEqual(whole.bars)
        expect(cut.builder.lateTrades).toBe(whole.builder.lateTrades)
        expect(cut.builder.save()).toEqual(whole.builder.save())
      }),
      { numRuns: 25 },
    )
  })
})

describe('what cannot be restored', () => {
  const make = (text: string, instrument = BTCUSDT, signature = false) =>
    barBuilder({ converter: converter(instrument), bar: barSpec(text), signature })
  const saved = (text: string) => buildBars(text, randomMarket(3, { count: 20 })).builder.save() as object

  test.each([
    { name: 'bars of another length', into: make('2s'), from: saved('1s') },
    { name: 'another kind', into: make('tick:9'), from: saved('tick:8') },
    { name: 'another instrument', into: make('1s', ETHUSDT), from: saved('1s') },
    { name: 'with and without signature', into: make('1s', BTCUSDT, true), from: saved('1s') },
    { name: 'a list cut short', into: make('tick:8'), from: { ...saved('tick:8'), numbers: [1, 2] } },
    { name: 'null for a number', into: make('1s'), from: { ...saved('1s'), numbers: [0, 0, null] } },
    { name: 'a key too many', into: make('1s'), from: { ...saved('1s'), more: 1 } },
    { name: 'nothing', into: make('1s'), from: undefined },
    {
      name: 'imbalance without its averages',
      into: make('imbalance:tick:10'),
      from: { ...saved('imbalance:tick:10'), rule: [] },
    },
  ])('$name', ({ into, from }) => {
    expect(() => into.restore(from)).toThrow('cannot be restored')
  })
})

test('every double survives JSON with its bits', () => {
  const bits = (values: readonly number[]): BigUint64Array => new BigUint64Array(Float64Array.from(values).buffer)
  const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 5e-324, Number.MAX_VALUE]
  fc.assert(
    fc.property(fc.array(fc.double()), (drawn) => {
      const values = [...special, ...drawn]
      expect(bits(loadNumbers(JSON.parse(JSON.stringify(saveNumbers(values)))))).toEqual(bits(values))
    }),
  )
})

test('a book goes on from its levels as if it had never stopped', () => {
  const rows = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(3)), { maxLength: 40 })
    .map((each) => each.flat())
  fc.assert(
    fc.property(rows, rows, rows, rows, (bids, asks, moreBids, moreAsks) => {
      const [book, other] = [new Book(), new Book()]
      book.apply(bids, asks)
      other.apply([7, 7], [9, 9])
      other.restore(book.levels('bids'), book.levels('asks'))
      for (const each of [book, other]) each.apply(moreBids, moreAsks)
      expect([other.levels('bids'), other.levels('asks')]).toEqual([book.levels('bids'), book.levels('asks')])
    }),
  )
  const deep = new Book()
  const levels = Array.from({ length: 5_000 }, (_, level) => [9_000 - level, 1]).flat()
  deep.restore(levels, [])
  expect([deep.bidCount, deep.bidTicks, deep.levels('bids')]).toEqual([5_000, 9_000, levels])
})
