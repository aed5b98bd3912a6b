import { expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { dieboldMariano, lagOf } from '../../../src/training/gate/diebold-mariano.ts'
import { looksDue } from '../../../src/training/gate/looks-due.ts'

const settings = { barsMin: 100, looksMax: 3 }

test.each([
  [0, 0],
  [99, 0],
  [100, 1],
  [199, 1],
  [200, 2],
  [399, 2],
  [400, 3],
  [100_000, 3],
])('after %d bars %d looks are due', (bars, looks) => {
  expect(looksDue(bars, settings)).toBe(looks)
})

test('chances of error hold over all looks; judged after every bar they would not', () => {
  let [byLooks, byBars] = [0, 0]
  const seeds = 200
  for (let seed = 0; seed < seeds; seed += 1) {
    const random = seededRandom(seed)
    const differences = Float64Array.from({ length: 400 }, () => normal(random))
    const pAt = (bars: number): number => dieboldMariano(differences.subarray(0, bars), lagOf(bars, 1)).p
    if ([100, 200, 400].some((bars) => pAt(bars) <= 0.05 / 3)) byLooks += 1
    const often = Array.from({ length: 31 }, (_, i) => 100 + 10 * i)
    if (often.some((bars) => pAt(bars) <= 0.05)) byBars += 1
  }
  expect(byLooks / seeds).toBeLessThanOrEqual(0.06)
  expect(byBars / seeds).toBeGreaterThan(0.1)
})
