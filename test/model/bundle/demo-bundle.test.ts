import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readCurrentBundle } from '../../../src/adapters/bundle/read-bundle.ts'
import { onnxRuntime } from '../../../src/adapters/onnx/onnx-runtime.ts'
import { epochMs } from '../../../src/core/units.ts'
import { defaultFeatureSettings, featureSchema } from '../../../src/features/feature-schema.ts'
import { loadForecaster } from '../../../src/inference/forecaster.ts'
import { openBundle } from '../../../src/model/bundle/bundle.ts'
import { lostContests } from '../../../src/training/compare-baselines.ts'

describe('models/demo', () => {
  const schema = featureSchema(defaultFeatureSettings(1_000))
  const running = { names: schema.names, schemaHash: schema.hash, barMs: 1_000 }
  const open = async () =>
    openBundle(await readCurrentBundle(fileURLToPath(new URL('../../../models/demo', import.meta.url))), running)

  test('fits the running schema and proves its golden vectors', async () => {
    const clock = { now: () => epochMs(0), monotonicMs: () => 0 }
    const forecaster = await loadForecaster(await open(), onnxRuntime(), 'cpu', clock)
    expect(forecaster.modelId).toMatch(/^demo\/lstm-[0-9a-f]{12}$/)
    await forecaster.release()
  })

  test('was measured on markets that it had not seen, and has skill there', async () => {
    const { fit, metrics } = (await open()).manifest
    expect(fit.evaluationSeeds.filter((seed) => fit.seeds.includes(seed))).toEqual([])
    expect(metrics['rSquaredWorstSeries']).toBeGreaterThan(0.1)
    expect(metrics['pinballSkill']).toBeGreaterThan(0.05)
    expect(metrics['pinballSkillOverBest']).toBeGreaterThan(0)
    expect(lostContests(metrics)).toEqual([])
    for (const level of [5, 25, 50, 75, 95]) {
      expect(Math.abs(metrics[`coverage${level}`]! - level / 100)).toBeLessThan(0.03)
    }
  })
})
