import fc from 'fast-check'
import type { GivenRow } from '../row-tables.ts'

/** Basis points above 100. */
export const atBps = (bps: number): number => 100 * Math.exp(bps / 10_000)

const step = fc.record({
  move: fc.integer({ min: -20, max: 20 }),
  up: fc.integer({ min: 0, max: 15 }),
  down: fc.integer({ min: 0, max: 15 }),
  tainted: fc.constantFrom(false, false, false, false, false, false, false, true),
  hole: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1),
  value: fc.integer({ min: -1, max: 1 }),
})

/** Bars of a random walk in whole basis points: leaps at the open, highs and lows around open and close, gaps, taints. */
export const walks = fc.array(step, { minLength: 2, maxLength: 40 }).map((steps): GivenRow[] => {
  let mid = 0
  return steps.map(({ move, up, down, tainted, hole, value }) => {
    const open = mid + Math.trunc(move / 2)
    mid += move
    const [high, low] = [Math.max(open, mid) + up, Math.min(open, mid) - down]
    return { mid: atBps(mid), open: atBps(open), high: atBps(high), low: atBps(low), tainted, hole, values: [value] }
  })
})
