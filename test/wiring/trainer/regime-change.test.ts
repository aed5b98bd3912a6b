import { expect, test, vi } from 'vitest'
import { featureSchema } from '../../../src/features/feature-schema.ts'
import type { TrainConfig } from '../../../src/wiring/config/schema.ts'
import { regimeChange } from '../../../src/wiring/trainer/regime-change.ts'
import { fakeIo } from '../commands/fake-io.ts'
import { CONFIG } from '../evaluation/made-rows.ts'

vi.setConfig({ testTimeout: 60_000 })
/** The session of `npm run truth`, a tenth as long, with an edge that is stronger for it; the watch is that of the shipped truth test. */
const SESSION = { fitBars: 1_000, calmBars: 120, flippedBars: 400 }
const features = { flowPeriods: [2, 5], returnPeriods: [1], volatilityPeriods: [3], volumePeriod: 5 }
const config: TrainConfig = {
  ...CONFIG,
  trainer: {
    ...CONFIG.trainer,
    recipe: {
      ...CONFIG.trainer.recipe,
      steps: 1,
      horizonBars: 5,
      features: ['ofi', 'trade', 'queue', 'depth', 'microprice'],
    },
    gate: { ...CONFIG.trainer.gate, barsMin: 100, coverageErrorMax: 0.25, classErrorMax: 0.25 },
  },
}
const clock = { now: () => 0, monotonicMs: () => 0 } as never
const parts = { schema: featureSchema({ barMs: 1_000, ...features }), clock, io: fakeIo().io }

test('an edge that turns round is told, costs a fraction of what it costs unwatched, and ends the size', async () => {
  const found = await regimeChange(config, 0.9, 85_001, SESSION, parts)
  expect(found).toMatchObject({ seed: 85_001, fittedOutcome: 'pass', alarmsBefore: 0, sizeAfter: 0, holds: true })
  expect(['loss', 'change']).toContain(found.alarmCause)
  expect(found.alarmAfterBars).toBeGreaterThan(config.trainer.recipe.horizonBars)
  expect(found.alarmAfterBars).toBeLessThan(120)
  expect(found.lossFromFlipQuote).toBeGreaterThan(0)
  expect(found.lossFromFlipQuote).toBeLessThan(0.5 * found.lossUnwatchedQuote)
  expect(found.lossFromFlipQuote).toBeLessThanOrEqual(found.lossBoundQuote)
  // Another one has learnt from what came since the alarm, and was judged.
  expect(['pass', 'fail', 'not enough data']).toContain(found.retrainedOutcome)
})

test('a watch that asks for nothing finds nothing and saves nothing: that does not hold', async () => {
  const { oversight } = config
  const blind = { ...oversight!, loss: { ...oversight!.loss, does: [] }, change: { ...oversight!.change, does: [] } }
  const short = { fitBars: 700, calmBars: 60, flippedBars: 240 }
  const found = await regimeChange({ ...config, oversight: blind }, 0.9, 85_001, short, parts)
  expect(found).toMatchObject({
    alarmAfterBars: null,
    alarmCause: null,
    retrainedOutcome: null,
    holds: false,
  })
  expect(found.sizeAfter).toBeGreaterThan(0)
  expect(found.lossFromFlipQuote).toBeGreaterThan(found.lossBoundQuote)
})

test('without a section oversight there is nothing to put on trial', async () => {
  const { oversight: _, ...without } = config
  const short = { fitBars: 700, calmBars: 20, flippedBars: 20 }
  await expect(regimeChange(without, 0.9, 85_001, short, parts)).rejects.toThrow('oversight is missing')
})
