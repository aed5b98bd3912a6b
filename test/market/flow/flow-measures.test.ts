import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecayedFlow } from '../../../src/market/flow/decayed-flow.ts'
import { depthSlope } from '../../../src/market/flow/depth-slope.ts'
import { kyleLambda } from '../../../src/market/flow/kyle-lambda.ts'
import { Vpin } from '../../../src/market/flow/vpin.ts'

const amount = fc.integer({ min: 0, max: 40 })
const trade = fc.record({ isBuy: fc.boolean(), size: fc.integer({ min: 1, max: 60 }) })

describe('DecayedFlow', () => {
  test('halves after one half-life, each at its own pace', () => {
    const flow = new DecayedFlow([1_000, 4_000])
    expect(flow.valuesAt(5)).toEqual([0, 0])
    flow.add(0, 8)
    flow.add(1_000, 2)
    expect(flow.valuesAt(1_000)).toEqual([6, 8 / 2 ** 0.25 + 2])
    expect(flow.valuesAt(3_000)[0]).toBe(1.5)
  })

  test('an event stamped before the last one counts at that one’s time', () => {
    const flow = new DecayedFlow([100])
    flow.add(1_000, 4)
    flow.add(900, 2)
    expect(flow.valuesAt(1_100)).toEqual([3])
    expect(flow.valuesAt(900)).toEqual([6])
  })

  test('equals the sum over all events by its definition', () => {
    const events = fc.array(fc.tuple(amount, fc.integer({ min: -9, max: 9 })), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 50 }), (steps, halfLife) => {
        const flow = new DecayedFlow([halfLife])
        let at = 0
        const stamped = steps.map(([elapsed, x]) => {
          at += elapsed
          return { at, x }
        })
        for (const each of stamped) flow.add(each.at, each.x)
        const brute = stamped.reduce((sum, each) => sum + each.x * 2 ** (-(at + 7 - each.at) / halfLife), 0)
        expect(flow.valuesAt(at + 7)[0]).toBeCloseTo(brute, 9)
      }),
    )
  })

  test('restored in the middle goes on with the same bits; reset forgets', () => {
    const [whole, cut] = [new DecayedFlow([3, 11]), new DecayedFlow([3, 11])]
    for (const flow of [whole, cut]) flow.add(1, 0.1)
    const later = new DecayedFlow([3, 11])
    later.restore(JSON.parse(JSON.stringify(cut.save())) as number[])
    for (const flow of [whole, later]) flow.add(2.5, -0.7)
    expect(later.save()).toEqual(whole.save())
    whole.reset()
    expect(whole.valuesAt(9)).toEqual([0, 0])
    later.restore(JSON.parse(JSON.stringify(whole.save())) as number[])
    later.add(-5, 2)
    expect(later.valuesAt(-5)).toEqual([2, 2])
    expect(() => later.restore([1])).toThrow('state of 4 numbers')
  })

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a half-life of %s is refused', (halfLife) => {
    expect(() => new DecayedFlow([halfLife])).toThrow('half-life')
  })
})

describe('Vpin', () => {
  test('two buckets of ten: 6 of 10 and 2 of 10 give 0.4', () => {
    const vpin = new Vpin({ bucketVolume: 10, buckets: 2 })
    vpin.add(8, 0)
    vpin.add(0, 2)
    expect(vpin.value).toBeNaN()
    vpin.add(4, 0)
    vpin.add(0, 6)
    expect(vpin.value).toBe((6 + 2) / 20)
    // A bucket under way does not count yet.
    vpin.add(9, 0)
    expect(vpin.value).toBe(0.4)
    vpin.add(1, 0)
    expect(vpin.value).toBe((2 + 10) / 20)
  })

  test('a large trade fills many buckets; of more than n only the last n count', () => {
    const vpin = new Vpin({ bucketVolume: 10, buckets: 3 })
    vpin.add(0, 5)
    vpin.add(1e15, 0) // Bucket by bucket it would take days.
    expect(vpin.value).toBe(1)
    vpin.add(0, 5)
    // The bucket under way held 5 bought: 5 and 5 cancel.
    expect(vpin.value).toBeCloseTo(2 / 3, 12)
  })

  test('a bar’s volumes are taken as mixed evenly', () => {
    const vpin = new Vpin({ bucketVolume: 4, buckets: 1 })
    vpin.add(6, 2)
    expect(vpin.value).toBe(0.5)
    vpin.add(0, 0)
    expect(vpin.value).toBe(0.5)
  })

  test('equals lots dealt into buckets one by one', () => {
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 60 }), (trades) => {
        const vpin = new Vpin({ bucketVolume: 10, buckets: 4 })
        for (const { isBuy, size } of trades) vpin.add(isBuy ? size : 0, isBuy ? 0 : size)
        const lots = trades.flatMap(({ isBuy, size }) => Array.from({ length: size }, () => (isBuy ? 1 : -1)))
        const full = Array.from({ length: Math.floor(lots.length / 10) }, (_, nth) =>
          lots.slice(10 * nth, 10 * nth + 10),
        )
        const last = full.slice(-4).map((bucket) => Math.abs(bucket.reduce((sum, lot) => sum + lot, 0)))
        const expected = last.length < 4 ? Number.NaN : last.reduce((sum, each) => sum + each, 0) / 40
        expect(vpin.value).toBe(expected)
      }),
    )
  })

  test('restored in the middle goes on with the same bits', () => {
    const settings = { bucketVolume: 0.3, buckets: 3 }
    const [whole, cut] = [new Vpin(settings), new Vpin(settings)]
    for (const vpin of [whole, cut]) for (const size of [0.1, 0.25, 0.7]) vpin.add(size, size / 3)
    const later = new Vpin(settings)
    later.restore(JSON.parse(JSON.stringify(cut.save())) as number[])
    for (const vpin of [whole, later]) for (const size of [0.2, 0.55]) vpin.add(size / 7, size)
    expect(later.save()).toEqual(whole.save())
    expect(later.value).toBe(whole.value)
    expect(() => later.restore([1, 2])).toThrow('state of 7 numbers')
  })

  test.each([
    { bucketVolume: 0, buckets: 50 },
    { bucketVolume: Number.NaN, buckets: 50 },
    { bucketVolume: 1, buckets: 0 },
    { bucketVolume: 1, buckets: 1.5 },
  ])('%j is refused', (settings) => {
    expect(() => new Vpin(settings)).toThrow('is not allowed')
  })
})

describe('kyleLambda', () => {
  test('price moves 3 ticks per unit of net buying, whatever its drift', () => {
    expect(kyleLambda([5, -1, 8, 2], [1, -1, 2, 0])).toBeCloseTo(3, 12)
  })

  test('nothing to say: too few intervals, no volume, no move', () => {
    expect(kyleLambda([1, 2], [1, 2])).toBeUndefined()
    expect(kyleLambda([1, 2, 3], [4, 4, 4])).toBeUndefined()
    expect(kyleLambda([4, 4, 4], [1, 2, 3])).toBeUndefined()
  })
})

describe('depthSlope', () => {
  test('the same size on every tick from the mid on has that size as slope', () => {
    expect(depthSlope(100, [99, 98, 97], [5, 5, 5])).toBeCloseTo(5, 12)
    expect(depthSlope(100, [101, 102, 103], [5, 5, 5])).toBeCloseTo(5, 12)
  })

  test('by hand: distances 1 and 3, sizes 2 and 7 within them 2 and 9', () => {
    expect(depthSlope(10, [9, 7], [2, 7])).toBeCloseTo((1 * 2 + 3 * 9) / (1 + 9), 12)
  })

  test('a level that is not there ends the side; an empty side has none', () => {
    expect(depthSlope(10, [9, Number.NEGATIVE_INFINITY], [2, 0])).toBe(2)
    expect(depthSlope(10, [9, Number.NaN], [2, 0])).toBe(2)
    expect(depthSlope(10, [Number.NaN], [0])).toBeNaN()
  })
})
