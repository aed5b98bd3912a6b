import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { converter, type Instrument } from '../../src/core/instrument.ts'
import type { MarketEvent } from '../../src/core/market-event.ts'
import type { Bar } from '../../src/market/bar.ts'
import { barBuilder } from '../../src/market/bar-builder.ts'
import { sequencer } from '../../src/market/sequencer.ts'
import { timeframes } from '../../src/market/timeframes.ts'
import { BTCUSD_PERP, BTCUSDT } from './instruments.ts'
import { RANDOM_BAR_MS, randomMarket } from './random-market.ts'

function built(events: readonly MarketEvent[], ms: number, instrument: Instrument): Bar[] {
  const order = sequencer()
  const builder = barBuilder({ converter: converter(instrument), bar: { kind: 'time', ms }, signature: true })
  const bars: Bar[] = []
  for (const event of events) order.step(event, (next) => bars.push(...builder.step(next, order.book)))
  return bars
}

/** What must be the same bit for bit. Across a gap the means are not: base bars know how long the book stood to the last watermark. */
function exactly({ signature: _, ...bar }: Bar): Partial<Bar> {
  if (!bar.taints.includes('gap')) return bar
  const { weighedMs, spreadTicksMean, bidDepthMean, askDepthMean, ...rest } = bar
  const { bidDepthLevelsMean, askDepthLevelsMean, bidDepths, askDepths, ...others } = rest
  return others
}

describe.each([
  ['linear', BTCUSDT],
  ['inverse', BTCUSD_PERP],
])('timeframes of %s instruments', (_name, instrument) => {
  const units = converter(instrument)

  test('aggregated bars equal those built from the events, bit for bit; signatures of ordered streams to rounding', () => {
    const market = fc.record({
      seed: fc.nat(),
      gaps: fc.constantFrom(0, 0.01),
      pauseMsMax: fc.constantFrom(40, 400),
      jitterMs: fc.constantFrom(0, 80),
    })
    let compared = 0
    fc.assert(
      fc.property(market, ({ seed, ...settings }) => {
        const events = randomMarket(seed, { count: 300, ...settings })
        const frames = timeframes({ converter: units, baseMs: RANDOM_BAR_MS, framesMs: [15_000, 3_000] })
        const higher = built(events, RANDOM_BAR_MS, instrument).flatMap((bar) => frames.step(bar))
        for (const ms of [3_000, 15_000]) {
          const got = higher.filter(({ startAt, endAt }) => endAt - startAt === ms)
          const expected = built(events, ms, instrument)
          expect(got.map(exactly)).toEqual(expected.map(exactly))
          compared += got.length
          for (const [at, bar] of settings.jitterMs === 0 ? got.entries() : []) {
            // The beginning of a partial bar is in no base bar.
            if (bar.taints.includes('partial')) continue
            const largest = Math.max(1, ...bar.signature!.map(Math.abs))
            for (const [term, value] of bar.signature!.entries()) {
              const other = expected[at]!.signature![term]!
              expect(Math.abs(value - other)).toBeLessThanOrEqual(1e-12 * largest)
            }
          }
        }
      }),
      { numRuns: 30 },
    )
    expect(compared).toBeGreaterThan(100)
  })
})

const base = (seed: number): Bar[] => built(randomMarket(seed, { count: 400 }), RANDOM_BAR_MS, BTCUSDT)
const frames = (framesMs: readonly number[] = [5_000]) =>
  timeframes({ converter: converter(BTCUSDT), baseMs: RANDOM_BAR_MS, framesMs })

describe('missing base bars', () => {
  const bars = base(1)
  const firstOf5 = bars.findIndex(({ startAt }) => startAt % 5_000 === 0)
  const [one, two, three, , five, ...later] = bars.slice(firstOf5) as [Bar, Bar, Bar, Bar, Bar, ...Bar[]]

  test('at the beginning: partial', () => {
    const { step } = frames()
    const closed = [two, three, bars[firstOf5 + 3]!, five].flatMap(step)
    expect(closed).toMatchObject([{ startAt: one.startAt, endAt: five.endAt, taints: ['partial'] }])
  })

  test('in the middle: gap, closed on time', () => {
    const { step } = frames()
    expect([one, two, three, five].flatMap(step)).toMatchObject([
      { endAt: five.endAt, taints: ['gap'], bidTicks: five.bidTicks },
    ])
  })

  test('at the end: closed by the next base bar, with no book; the one that begins late is tainted too', () => {
    const { step } = frames()
    const closed = [one, two, ...later.slice(1, 5)].flatMap(step)
    expect(closed).toMatchObject([
      { startAt: one.startAt, taints: ['gap', 'unsynced'] },
      { startAt: five.endAt, taints: ['gap'] },
    ])
    expect(closed[0]!.bidTicks).toBeNaN()
  })

  test('a base bar of another length, or an old one, is a bug', () => {
    const { step } = frames()
    expect(() => step({ ...one, endAt: five.endAt })).toThrow('length of the base bar')
    step(two)
    expect(() => step(one)).toThrow('base bars in order')
  })
})

test('a restart between any two base bars changes nothing', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(30), (seed, split) => {
      const bars = base(seed)
      const whole = frames([2_000, 7_000])
      const first = frames([2_000, 7_000])
      const second = frames([2_000, 7_000])
      const expected = bars.flatMap((bar) => whole.step(bar))
      const before = bars.slice(0, split).flatMap((bar) => first.step(bar))
      second.restore(JSON.parse(JSON.stringify(first.save())))
      expect([...before, ...bars.slice(split).flatMap((bar) => second.step(bar))]).toEqual(expected)
    }),
    { numRuns: 15 },
  )
})

test('a state of other timeframes is refused', () => {
  expect(() => frames([2_000]).restore(frames([3_000]).save())).toThrow('it must be 2000 ms')
  expect(() => frames([2_000]).restore(frames([3_000, 4_000]).save())).toThrow('cannot be restored')
  expect(() => frames([2_000]).restore(null)).toThrow('cannot be restored')
})

test.each([
  [[1_000], '1s must be a multiple of the bar, 1s, and longer'],
  [[1_500], '1500ms must be a multiple'],
  [[Number.NaN], 'must be a multiple'],
  [[2_000, 2_000], '2s must stand once'],
  [Array.from({ length: 17 }, (_, at) => (at + 2) * 1_000), 'at most 16'],
])('timeframes %j are refused', (framesMs, rule) => {
  expect(() => frames(framesMs)).toThrow(rule)
})
