import { expect, test } from 'vitest'
import { featureSchema } from '../../../src/features/feature-schema.ts'
import type { TrainConfig } from '../../../src/wiring/config/schema.ts'
import { truthSeed } from '../../../src/wiring/trainer/truth-seed.ts'
import { fakeIo } from '../commands/fake-io.ts'
import { CONFIG } from '../evaluation/made-rows.ts'

const BARS = 1_500
const features = { flowPeriods: [2, 5], returnPeriods: [1], volatilityPeriods: [3], volumePeriod: 5 }
/** A short market and a strong edge: minutes where `npm run truth` has hours. */
const config: TrainConfig = {
  ...CONFIG,
  trainer: {
    ...CONFIG.trainer,
    recipe: { ...CONFIG.trainer.recipe, horizonBars: 5, features: ['ofi', 'trade', 'queue', 'depth', 'microprice'] },
    // About 90 independent test rows: three standard errors.
    gate: { ...CONFIG.trainer.gate, coverageErrorMax: 0.2, classErrorMax: 0.2 },
  },
}
const clock = { now: () => 0, monotonicMs: () => 0 } as never
const parts = { schema: featureSchema({ barMs: 1_000, ...features }), clock, io: fakeIo().io }
const outcomes = async (alpha: number, seeds: readonly number[]) => {
  const found = []
  for (const seed of seeds) found.push(await truthSeed(config, { alpha, seed, bars: BARS }, parts))
  return found
}

test('a planted edge is found, and earns on another market', async () => {
  for (const { promoted, summary, freshReturn, freshRSquared } of await outcomes(0.9, [80_001])) {
    expect(promoted, summary).toBe(true)
    expect(freshReturn).toBeGreaterThan(0)
    expect(freshRSquared).toBeGreaterThan(0.2)
  }
}, 60_000)

test('where there is none, nothing is promoted', async () => {
  const found = await outcomes(0, [90_001, 90_002])
  expect(found.map(({ promoted }) => promoted)).toEqual([false, false])
}, 60_000)
