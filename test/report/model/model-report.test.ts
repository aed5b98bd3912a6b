import { describe, expect, test } from 'vitest'
import type { ManifestDraft } from '../../../src/model/bundle/manifest.ts'
import { ridgeForecasterGraph } from '../../../src/model/ridge-forecaster.ts'
import { coverages, metricRows } from '../../../src/report/model/metric-rows.ts'
import { type ModelReport, modelReport } from '../../../src/report/model/model-report.ts'
import { settingRows } from '../../../src/report/model/setting-rows.ts'
import { sampleDraft, sampleModel } from '../../model/sample-model.ts'

const draft: ManifestDraft = {
  ...sampleDraft(sampleModel()),
  architecture: { name: 'lstm', parameters: { layers: [{ hidden: 64 }], dropout: 0.1 } },
  weights: { count: 12_345 },
  metrics: { pinballBps: 1.5, baselinePinballBps: 2, coverage5: 0.06, coverage95: 0.5 },
  fit: { ...sampleDraft(sampleModel()).fit, evaluationRows: 2_000, source: 'BTC <script>alert(1)</script> & more' },
  training: {
    ...{ engine: 'onnx', provider: 'cpu', seed: 7, epochs: 3, bestEpoch: 2, optimizer: { name: 'adam' } },
    losses: { train: [1, 0.6, 0.5], validation: [1.1, 0.8, 0.9] },
  },
}
const report: ModelReport = {
  manifest: draft,
  graph: ridgeForecasterGraph(sampleModel()),
  confusion: [
    [5, 1, 0],
    [2, 6, 2],
    [0, 1, 3],
  ],
  notes: ['Scores are of the <b>simulator</b>.'],
}

describe('modelReport', () => {
  const html = modelReport(report)

  test('holds scores beside baselines, losses, coverage, classes, parameters, features and the drawing', () => {
    for (const part of [
      '<td>pinballBps</td><td class="number">1.5</td><td class="number">2</td>',
      '3 epochs, the weights of epoch 2 kept',
      'aria-label="Loss by epoch"',
      '<td>5 %</td><td>6 %</td><td>2.864 % – 7.136 %</td><td>inside</td>',
      '<td>95 %</td><td>50 %</td>',
      'outside',
      '70 % of 20 right',
      '<td>layers[0].hidden</td><td>64</td>',
      '<li>logReturn</li>',
      '>MatMul</text>',
    ]) {
      expect(html).toContain(part)
    }
    expect(html).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('runs no script and fetches nothing', () => {
    expect(html).toContain("default-src 'none'")
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|url\(h|@import|(src|href)=/)
    expect(html).toContain('BTC &lt;script&gt;')
    expect(html).toContain('&lt;b&gt;simulator')
  })

  test('is the same for the same model', () => expect(modelReport(report)).toBe(html))

  test('of a closed-form fit has no losses and no classes', () => {
    const { training: _, ...manifest } = draft
    const short = modelReport({ manifest: { ...manifest, metrics: {} }, graph: report.graph })
    expect(short).not.toMatch(/<h2>(Training|Classes|Coverage)/)
    expect(short).toContain('<h2>Parameters</h2>')
  })

  test('one epoch of one loss is drawn too', () => {
    const training = { ...draft.training!, epochs: 1, bestEpoch: 1, losses: { train: [1], validation: [1] } }
    expect(modelReport({ ...report, manifest: { ...draft, training } })).not.toMatch(/NaN|Infinity/)
  })
})

test('baselines stand beside their score, and alone where there is none', () => {
  expect(metricRows({ loss: 1, baselineLoss: 2, baselineOther: 3 })).toEqual([
    { name: 'loss', value: 1, baseline: 2 },
    { name: 'baselineOther', value: 3 },
  ])
})

test('the band of a coverage counts one return per horizon', () => {
  const [only] = coverages({ coverage50: 0.5, coverageMean: 1, coverage100: 1 }, 1_000, 10)
  expect(only).toMatchObject({ level: 0.5, observed: 0.5 })
  expect(only!.high - 0.5).toBeCloseTo(1.96 * Math.sqrt(0.25 / 100), 12)
  expect(coverages({ coverage5: 0 }, 3, 10)[0]).toMatchObject({ low: 0, high: 0.05 + 1.96 * Math.sqrt(0.0475) })
})

test('settings become rows of path and value', () => {
  expect(settingRows({ a: { b: [1, 2], c: [{ d: true }, null] }, e: 'x' })).toEqual([
    ['a.b', '1, 2'],
    ['a.c[0].d', 'true'],
    ['a.c[1]', 'null'],
    ['e', 'x'],
  ])
})
