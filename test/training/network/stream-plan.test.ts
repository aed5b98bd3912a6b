import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import type { Piece, StreamWindow } from '../../../src/training/network/stream-plan.ts'
import { planStreams } from '../../../src/training/network/stream-plan.ts'

/** Pieces of these lengths, each beginning where the one before ends. */
const piecesOf = (lengths: readonly number[]): Piece[] =>
  lengths.map((length, i) => {
    const from = lengths.slice(0, i).reduce((sum, each) => sum + each, 0)
    return { from, to: from + length }
  })

const settings = fc
  .record({
    lengths: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 }),
    streams: fc.integer({ min: 1, max: 8 }),
    k1: fc.integer({ min: 1, max: 8 }),
    more: fc.integer({ min: 0, max: 8 }),
    seed: fc.nat(),
  })
  .map(({ lengths, streams, k1, more, seed }) => ({ pieces: piecesOf(lengths), streams, k1, k2: k1 + more, seed }))

describe('planStreams', () => {
  test('every row counts once; windows of a stream are k1 apart, within one piece, at most k2 long', () => {
    fc.assert(
      fc.property(settings, ({ pieces, streams, k1, k2, seed }) => {
        const runs = planStreams(pieces, streams, { k1, k2 }, seededRandom(seed))
        const counted: number[] = []
        for (let stream = 0; stream < streams; stream += 1) {
          let before: StreamWindow | undefined
          for (const run of runs) {
            expect(run).toHaveLength(streams)
            const window = run[stream]
            if (!window) continue
            expect(window.to - window.from).toBeLessThanOrEqual(k2)
            expect(pieces.some(({ from, to }) => window.from >= from && window.to <= to)).toBe(true)
            if (window.resets) expect(window.countsFrom).toBe(window.from)
            else expect([window.from, window.countsFrom]).toEqual([before!.from + k1, before!.to])
            for (let at = window.countsFrom; at < window.to; at += 1) counted.push(at)
            before = window
          }
        }
        expect(counted.toSorted((a, b) => a - b)).toEqual([...Array(pieces.at(-1)!.to).keys()])
        for (const run of runs) expect(run.some((window) => window && window.to > window.countsFrom)).toBe(true)
      }),
    )
  })

  test('one long piece is shared out among the streams', () => {
    const runs = planStreams([{ from: 0, to: 400 }], 4, { k1: 10, k2: 20 }, seededRandom(1))
    expect(runs[0]!.map((window) => window?.from).toSorted()).toEqual([0, 100, 200, 300])
    expect(runs).toHaveLength(9) // 20 steps, then eight times 10 more.
    expect(runs.every((run) => run.every((window) => window !== undefined))).toBe(true)
  })

  test('after the first run of a piece the last k1 steps count', () => {
    const runs = planStreams([{ from: 0, to: 13 }], 1, { k1: 3, k2: 8 }, seededRandom(1))
    expect(runs.map(([window]) => window)).toEqual([
      { from: 0, to: 8, countsFrom: 0, resets: true },
      { from: 3, to: 11, countsFrom: 8, resets: false },
      { from: 6, to: 13, countsFrom: 11, resets: false },
    ])
  })
})
