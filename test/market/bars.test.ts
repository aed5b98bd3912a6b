import { map } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { expect, test } from 'vitest'
import { converter } from '../../src/core/instrument.ts'
import type { MarketEvent } from '../../src/core/market-event.ts'
import { bars } from '../../src/market/bars.ts'
import { snapshotOf, tradeOf, watermarkOf } from './events.ts'
import { BTCUSDT } from './instruments.ts'

const input: Record<string, MarketEvent> = {
  b: snapshotOf(1_000, 1, [[100, 1]], [[101, 1]]),
  t: tradeOf(1_500, 1, 100, 1),
  u: tradeOf(2_000, 2, 100, 1), // Of the next bar: closes nothing.
  w: watermarkOf(2_000),
  q: watermarkOf(4_000), // Silence: two bars at once.
}

test('bars close with the watermark, and each subscription has a state of its own', () => {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, expectObservable }) => {
    const ends$ = cold('btuw-q---|', input).pipe(
      bars({ converter: converter(BTCUSDT), bar: { kind: 'time', ms: 1_000 } }),
      map(({ endAt }) => endAt),
    )
    for (const subscription of ['^', '-^']) {
      const shift = '-'.repeat(subscription.length - 1)
      expectObservable(ends$, subscription).toBe(`${shift}---x-(yz)|`, { x: 2_000, y: 3_000, z: 4_000 })
    }
  })
})

test('event bars close with the trade that completes them, or with the first watermark past their age', () => {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, expectObservable }) => {
    const late: Record<string, MarketEvent> = {
      ...input,
      v: tradeOf(2_000, 3, 101, 1), // The third: completes the bar, as late as the second came.
      r: tradeOf(2_000, 3, 101, 1), // Seen before: no trade.
      x: tradeOf(4_100, 4, 101, 1),
      z: watermarkOf(5_000),
    }
    const closes$ = cold('btuwv-rqxz|', late).pipe(
      bars({ converter: converter(BTCUSDT), bar: { kind: 'tick', trades: 3, maxMs: 3_000 } }),
      map(({ startAt, endAt, tradeCount }) => [startAt, endAt, tradeCount]),
    )
    expectObservable(closes$).toBe('----x----y|', { x: [1_000, 2_000, 3], y: [2_000, 5_000, 1] })
  })
})
