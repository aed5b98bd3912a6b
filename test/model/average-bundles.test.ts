import { describe, expect, test } from 'vitest'
import { onnxEngine } from '../../src/adapters/onnx/onnx-engine.ts'
import { averageBundles } from '../../src/model/average-bundles.ts'
import { averageGraph } from '../../src/model/average-graph.ts'
import type { ModelBundle } from '../../src/model/bundle/bundle.ts'
import { checkBundle, packBundle } from '../../src/model/bundle/bundle.ts'
import type { ManifestDraft } from '../../src/model/bundle/manifest.ts'
import { LEVELS } from '../../src/model/forecaster-outputs.ts'
import { ridgeForecast } from '../../src/model/ridge-forecast.ts'
import { ridgeForecasterGraph } from '../../src/model/ridge-forecaster.ts'
import { answerRows } from '../../src/training/answer-rows.ts'
import { forecastRows } from '../../src/training/network/forecast-rows.ts'
import { FEATURE_NAMES, sampleDraft, sampleInput, sampleModel } from './sample-model.ts'

const engine = onnxEngine({ provider: 'cpu', threads: 1 })
const models = [1, 2, 3].map((seed) => sampleModel(seed))
const ROWS = 20
const input = sampleInput(models[0]!, ROWS)

const request = {
  family: 'demo',
  createdAt: '2026-01-02T03:04:05.000Z',
  async answer(graph: Uint8Array, inputs: readonly (readonly number[])[]) {
    const session = await engine.load(graph)
    try {
      return await answerRows(session, inputs, [4, 3], LEVELS.length)
    } finally {
      await session.release()
    }
  },
}

function member(seed: number, change: (draft: ManifestDraft) => ManifestDraft = (draft) => draft): ModelBundle {
  const model = sampleModel(seed)
  const version = `sample-${seed}`
  const draft = change({ ...sampleDraft(model), version, metrics: { rSquared: seed / 10, baselinePinballBps: 1 } })
  return checkBundle({ folder: `models/demo/${version}`, files: packBundle(draft, ridgeForecasterGraph(model)) })
}

describe('averageGraph', () => {
  test.each([2, 3])('of %d members says what they say on average', async (count) => {
    const session = await engine.load(averageGraph(models.slice(0, count).map(ridgeForecasterGraph), LEVELS.length))
    const found = await forecastRows(session, input, ROWS, [4, 3])
    await session.release()
    const all = models.slice(0, count).map((model) => ridgeForecast(model, input, ROWS))
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count
    for (const name of ['mean', 'quantiles', 'classes'] as const) {
      for (const [i, value] of found[name].entries()) {
        const expected = mean(all.map((outputs) => outputs[name][i]!))
        expect(Math.abs(value - expected)).toBeLessThan(1e-4 * (1 + Math.abs(expected)))
      }
    }
    for (const [row, value] of found.volatility.entries()) {
      const centre = mean(all.map((outputs) => outputs.mean[row]!))
      const variance = mean(all.map((o) => o.volatility[row]! ** 2 + (o.mean[row]! - centre) ** 2))
      expect(value / Math.sqrt(variance)).toBeCloseTo(1, 4)
    }
    for (let row = 0; row < ROWS; row += 1) {
      const quantiles = [...found.quantiles.subarray(row * 5, row * 5 + 5)]
      expect(quantiles).toEqual(quantiles.toSorted((a, b) => a - b))
    }
  })
})

describe('averageBundles', () => {
  test('gives a bundle that passes every check, its golden vectors of its own graph', async () => {
    const { draft, graph } = await averageBundles([member(1), member(2)], request)
    const folder = `models/demo/${draft.version}`
    const { manifest } = checkBundle({ folder, files: packBundle(draft, graph) })
    expect(manifest).toMatchObject({
      architecture: { name: 'average', parameters: { member0: 'demo/sample-1', member1: 'demo/sample-2' } },
      metrics: { 'demo/sample-1.rSquared': 0.1, 'demo/sample-2.rSquared': 0.2 },
      features: { names: [...FEATURE_NAMES] },
    })
    expect(Object.keys(manifest.metrics)).toHaveLength(2)
    expect(await request.answer(graph, manifest.golden.inputs)).toEqual(manifest.golden.outputs)
  })

  test('the same members give the same version, others another', async () => {
    const versionOf = async (...seeds: readonly number[]) =>
      (
        await averageBundles(
          seeds.map((seed) => member(seed)),
          request,
        )
      ).draft.version
    expect(await versionOf(1, 2)).toBe(await versionOf(1, 2))
    expect(await versionOf(1, 3)).not.toBe(await versionOf(1, 2))
  })

  test.each<[string, (draft: ManifestDraft) => ManifestDraft, string]>([
    ['other bars', (d) => ({ ...d, barMs: 2_000 }), 'barMs was 2000; demo/sample-1 has 1000'],
    ['another horizon', (d) => ({ ...d, horizonBars: 6 }), 'horizonBars was 6; demo/sample-1 has 5'],
    [
      'another schema',
      (d) => ({ ...d, features: { ...d.features, schemaHash: '0123456789' } }),
      'features.schemaHash was 0123456789',
    ],
    [
      'another level',
      (d) => ({ ...d, calibration: { ...d.calibration, levels: [0.05, 0.25, 0.5, 0.75, 0.9] } }),
      'calibration.levels was 0.05, 0.25, 0.5, 0.75, 0.9',
    ],
    [
      'another threshold',
      (d) => ({ ...d, calibration: { ...d.calibration, thresholdBps: 0.8 } }),
      'calibration.thresholdBps was 0.8; it must be within 5 %',
    ],
  ])('refuses %s', async (_name, change, message) => {
    await expect(averageBundles([member(1), member(2, change)], request)).rejects.toThrow(`demo/sample-2: ${message}`)
  })

  test('refuses a single member', async () => {
    await expect(averageBundles([member(1)], request)).rejects.toThrow('1 given; an average needs at least two')
  })
})
