import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MarketEvent } from '../../src/core/market-event.ts'
import { type Sequencer, sequencer, TRADE_IDS_MAX } from '../../src/market/sequencer.ts'
import { connectionOf, deltaOf, gapOf, kindsOf, snapshotOf, tradeOf, watermarkOf } from './events.ts'

const bids = [[100, 5] as const]
const asks = [[101, 5] as const]
const first = snapshotOf(1, 50, bids, asks)

function drive(events: readonly MarketEvent[], order: Sequencer = sequencer()) {
  const out: MarketEvent[] = []
  const resyncs = events.map((event) => order.step(event, (next) => out.push(next)))
  return { order, out, kinds: kindsOf(out), resyncs }
}

describe('first delta after the snapshot', () => {
  test.each<[string, readonly [number, number, number], string[], boolean]>([
    ['ends before it: dropped', [40, 45, 49], ['snapshot'], false],
    ['ends on it: applied', [40, 45, 50], ['snapshot', 'delta'], false],
    ['holds it: applied', [40, 45, 55], ['snapshot', 'delta'], false],
    ['begins on it', [40, 50, 55], ['snapshot', 'delta'], false],
    ['begins behind it, follows it', [50, 51, 55], ['snapshot', 'delta'], false],
    ['begins behind it, names an id before it', [48, 53, 55], ['snapshot', 'delta'], false],
    ['names an id behind it: something is lost', [51, 53, 55], ['snapshot', 'gap:sequence'], true],
  ])('%s', (_name, ids, kinds, resync) => {
    const { kinds: got, resyncs } = drive([first, deltaOf(2, ids, bids, [])])
    expect(got).toEqual(kinds)
    expect(resyncs).toEqual([false, resync])
  })
})

describe('while no snapshot is there', () => {
  test('deltas wait, then follow it in order', () => {
    const { kinds, order, resyncs } = drive([
      deltaOf(1, [30, 31, 40], [[90, 1]], []),
      deltaOf(2, [40, 41, 52], [[99, 7]], []),
      deltaOf(3, [52, 53, 60], [[100, 0]], []),
      first,
    ])
    expect(kinds).toEqual(['snapshot', 'delta', 'delta'])
    expect(resyncs).toEqual([false, false, false, false])
    expect(order.book.levels('bids')).toEqual([99, 7])
  })

  test('a snapshot older than what waits is refused without a gap; a newer one heals', () => {
    const waiting = deltaOf(1, [60, 61, 70], [[99, 7]], [])
    const old = drive([waiting, first])
    expect(old.kinds).toEqual([])
    expect(old.resyncs).toEqual([false, true])
    expect(old.order.synced).toBe(false)
    expect(drive([snapshotOf(3, 65, bids, asks)], old.order).kinds).toEqual(['snapshot', 'delta'])
  })

  test('a break among what waits is a gap, and what lies behind it waits on', () => {
    const { kinds, resyncs, order } = drive([
      deltaOf(1, [45, 46, 52], [[99, 1]], []),
      deltaOf(2, [55, 56, 60], [[99, 2]], []),
      deltaOf(3, [60, 61, 65], [[99, 3]], []),
      first,
    ])
    expect(kinds).toEqual(['snapshot', 'delta', 'gap:sequence'])
    expect(resyncs.at(-1)).toBe(true)
    expect(drive([snapshotOf(4, 58, bids, asks)], order).kinds).toEqual(['snapshot', 'delta', 'delta'])
  })

  test('trades and watermarks pass', () => {
    expect(drive([tradeOf(1, 1, 100, 1), watermarkOf(2)]).kinds).toEqual(['trade', 'watermark'])
  })

  test('the buffer is bounded: one gap per episode, a resync each time', () => {
    const waiting = Array.from({ length: 9 }, (_, nth) => deltaOf(nth, [nth, nth + 1, nth + 1], [], []))
    const { kinds, resyncs } = drive(waiting.slice(0, 4), sequencer({ bufferMax: 4 }))
    expect([kinds, resyncs.includes(true)]).toEqual([[], false])
    const over = drive(waiting, sequencer({ bufferMax: 4 }))
    expect(over.kinds).toEqual(['gap:overflow'])
    expect(over.resyncs.filter(Boolean)).toHaveLength(2)
  })
})

describe('synced', () => {
  const second = deltaOf(2, [49, 50, 55], [[100, 6]], [])
  test('pu must equal the u before', () => {
    expect(drive([first, second, deltaOf(3, [55, 58, 60], bids, [])]).kinds).toEqual(['snapshot', 'delta', 'delta'])
    const broken = drive([first, second, deltaOf(3, [56, 58, 60], bids, []), deltaOf(4, [60, 61, 62], bids, [])])
    expect(broken.kinds).toEqual(['snapshot', 'delta', 'gap:sequence'])
    expect(broken.resyncs).toEqual([false, false, true, false])
    expect(broken.order.synced).toBe(false)
    expect(broken.order.book.bidCount).toBe(0)
  })

  test('a delta seen before is dropped and counted', () => {
    const { kinds, order } = drive([first, second, second])
    expect(kinds).toEqual(['snapshot', 'delta'])
    expect(order.duplicates).toBe(1)
  })

  test('a crossed book is a gap', () => {
    const { kinds, resyncs } = drive([first, deltaOf(2, [49, 50, 55], [[101, 1]], [])])
    expect(kinds).toEqual(['snapshot', 'gap:crossed'])
    expect(resyncs).toEqual([false, true])
  })

  test('a crossed snapshot is a gap', () => {
    expect(drive([snapshotOf(1, 5, [[101, 1]], [[101, 1]])]).kinds).toEqual(['gap:crossed'])
  })

  test('a newer snapshot replaces the book, an older one is dropped', () => {
    const { kinds, order } = drive([first, second, first, snapshotOf(3, 58, [[90, 1]], [[91, 1]])])
    expect(kinds).toEqual(['snapshot', 'delta', 'snapshot'])
    expect(order.book.levels('bids')).toEqual([90, 1])
    expect(drive([deltaOf(4, [55, 56, 60], [[89, 1]], [])], order).kinds).toEqual(['delta'])
  })

  test('a lost connection is a gap; the feed brings the next snapshot by itself', () => {
    const { kinds, resyncs } = drive([first, second, connectionOf(3, 'down'), connectionOf(4, 'up'), first])
    expect(kinds).toEqual(['snapshot', 'delta', 'connection', 'gap:disconnect', 'connection', 'snapshot'])
    expect(resyncs).not.toContain(true)
  })

  test('a gap handed in voids the book and asks for a new one', () => {
    const { kinds, resyncs, order } = drive([first, second, gapOf(3)])
    expect(kinds).toEqual(['snapshot', 'delta', 'gap:malformed'])
    expect([resyncs[2], order.synced]).toEqual([true, false])
    // The feed reports the loss of its connection: it is about to bring a book by itself.
    expect(drive([first, second, gapOf(3, 'disconnect')]).resyncs).not.toContain(true)
  })

  test('a trade seen before is dropped; ids that start anew later are not', () => {
    const { kinds, order } = drive([tradeOf(5, 9, 100, 1), tradeOf(5, 9, 100, 1), tradeOf(6, 1, 100, 1)])
    expect(kinds).toEqual(['trade', 'trade'])
    expect(order.duplicates).toBe(1)
  })
})

test('any loss, repetition or reordering of deltas leaves the true book or none', () => {
  const toggles = fc.array(fc.record({ price: fc.integer({ min: 80, max: 99 }), lots: fc.nat(3) }), {
    minLength: 5,
    maxLength: 40,
  })
  const faults = fc.array(fc.record({ at: fc.nat(60), fault: fc.constantFrom('drop', 'repeat', 'swap') }), {
    maxLength: 3,
  })
  fc.assert(
    fc.property(toggles, faults, (changes, wounds) => {
      const truth = new Map<number, string>()
      const levels = new Map<number, number>([[100, 5]])
      const stream = changes.map(({ price, lots }, nth) => {
        if (lots > 0) levels.set(price, lots)
        else levels.delete(price)
        truth.set(51 + nth, JSON.stringify([...levels].sort(([a], [b]) => b - a).flat()))
        return deltaOf(nth, [50 + nth, 51 + nth, 51 + nth], [[price, lots]], [])
      })
      for (const { at, fault } of wounds) {
        const index = at % stream.length
        const [taken] = stream.splice(index, 1)
        if (fault === 'repeat') stream.splice(index, 0, taken!, taken!)
        if (fault === 'swap') stream.splice(Math.min(index + 1, stream.length), 0, taken!)
        if (stream.length === 0) return
      }
      const order = sequencer()
      order.step(first, () => {})
      for (const delta of stream) {
        order.step(delta, (event) => {
          if (event.kind !== 'book') return
          expect(JSON.stringify(order.book.levels('bids'))).toBe(truth.get(event.lastId))
        })
      }
    }),
  )
})

describe('whole books in the stream', () => {
  const whole = (at: number, lastId: number) => ({ ...snapshotOf(at, lastId, bids, asks), inStream: true as const })

  test('replaces the book whatever its id, and says that something may be missing', () => {
    const { kinds, resyncs, order } = drive([
      whole(1, 50),
      deltaOf(2, [50, 51, 51], [[99, 1]], []),
      whole(3, 1), // The venue began anew.
      deltaOf(4, [1, 2, 2], [[98, 1]], []),
    ])
    expect(kinds).toEqual(['snapshot', 'delta', 'gap:sequence', 'snapshot', 'delta'])
    expect(resyncs).toEqual([false, false, false, false])
    expect(order.book.levels('bids')).toEqual([100, 5, 98, 1])
  })
  test('repeated at the id where the book stands: dropped', () => {
    const { kinds, order } = drive([whole(1, 50), whole(2, 50)])
    expect(kinds).toEqual(['snapshot'])
    expect(order.duplicates).toBe(1)
  })
  test('another book at the same id: the venue began anew twice', () => {
    const second = { ...snapshotOf(2, 1, [[98, 2]], asks), inStream: true as const }
    const { kinds, order } = drive([whole(1, 1), second])
    expect(kinds).toEqual(['snapshot', 'gap:sequence', 'snapshot'])
    expect(order.book.levels('bids')).toEqual([98, 2])
  })
  test('after a gap it heals alone; what waited for it is older', () => {
    const { kinds, order } = drive([whole(1, 50), deltaOf(2, [55, 56, 56], [[99, 9]], []), whole(3, 60)])
    expect(kinds).toEqual(['snapshot', 'gap:sequence', 'snapshot'])
    expect(order.book.levels('bids')).toEqual([100, 5])
  })
  test('ids set back by the venue follow when they name the one before (OKX after maintenance)', () => {
    const { kinds } = drive([whole(1, 50), deltaOf(2, [50, 3, 3], [[99, 1]], []), deltaOf(3, [3, 7, 7], [[99, 2]], [])])
    expect(kinds).toEqual(['snapshot', 'delta', 'delta'])
  })
})

describe('trade ids', () => {
  const numbered = (at: number, id: number) => ({ ...tradeOf(at, id, 100, 1), prevTradeId: id - 1 })
  const named = (at: number, id: string) => ({ ...tradeOf(at, 0, 100, 1), tradeId: id })

  test.each([
    ['without holes', [numbered(1, 5), numbered(1, 6)], ['trade', 'trade']],
    [
      'a hole: trades are missing, the book stands',
      [first, numbered(2, 5), numbered(3, 8)],
      ['snapshot', 'trade', 'gap:trades', 'trade'],
    ],
    [
      'a hole behind a known loss is no news',
      [numbered(1, 5), gapOf(2, 'disconnect'), numbered(3, 9)],
      ['trade', 'gap:disconnect', 'trade'],
    ],
    ['begun anew', [numbered(1, 5), numbered(2, 1)], ['trade', 'trade']],
    ['texts: each once', [named(1, 'a'), named(1, 'b'), named(2, 'a')], ['trade', 'trade']],
    ['none: nothing is a repetition', [named(1, ''), named(1, '')], ['trade', 'trade']],
  ])('%s', (_name, events, kinds) => {
    const { kinds: got, order } = drive(events)
    expect(got).toEqual(kinds)
    if (events[0] === first) expect(order.synced).toBe(true)
  })

  test(`texts are remembered up to ${TRADE_IDS_MAX}`, () => {
    const order = sequencer()
    const many = Array.from({ length: TRADE_IDS_MAX }, (_, nth) => named(1, `t${nth}`))
    drive(many, order)
    expect(drive([named(2, 't0')], order).kinds).toEqual([])
    drive([named(3, 'new')], order)
    expect(drive([named(4, 't0')], order).kinds).toEqual(['trade'])
  })
})
