import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import { openBundle } from '../../src/model/bundle/bundle.ts'
import { REPORT_FILE } from '../../src/model/bundle/manifest.ts'
import { ridgeForecast } from '../../src/model/ridge-forecast.ts'
import type { RidgeForecaster } from '../../src/model/ridge-forecaster.ts'
import { lostContests } from '../../src/training/compare-baselines.ts'
import type { Dataset } from '../../src/training/dataset.ts'
import { datasetOf, splitByTime } from '../../src/training/dataset.ts'
import { baselineOf, confusionOf, evaluate } from '../../src/training/evaluate.ts'
import { fitBundle } from '../../src/training/fit-bundle.ts'
import { fitRidge } from '../../src/training/fit-ridge.ts'
import { fitRidgeForecaster } from '../../src/training/fit-ridge-forecaster.ts'
import { valuesOf } from './dense-dataset.ts'
import { bar, SHAPE, syntheticWindows, windowsOf } from './synthetic-windows.ts'

const dataset = (seed: number, edge: number, bars = 4_000, planted = false): Dataset =>
  datasetOf([syntheticWindows({ seed, bars, edge, planted })], SHAPE)

const request = {
  family: 'demo',
  schemaHash: 'synthetic',
  createdAt: '2026-01-02T03:04:05.000Z',
  source: 'synthetic',
  window: 'simulated' as const,
  seeds: [1],
  evaluationSeeds: [2],
  fit: fitRidgeForecaster,
}
const requestOf = (fitData: Dataset, evaluationData: Dataset) => ({
  ...request,
  ...{ fitData, evaluationData, split: splitByTime(fitData, 0.25) },
})

describe('datasetOf', () => {
  const features = Array.from({ length: 30 }, (_, i) => [i, 0, 0])

  test('a row holds its window and the log-return of the mid over the horizon', () => {
    const bars = features.map((_, i) => bar(i, 10_000 + i))
    const data = datasetOf([windowsOf(bars, features, 4)], SHAPE)
    const { rows, targetsBps, endAt, labelEndAt } = data
    expect(rows).toBe(30 - 3 - 3) // Three bars to fill the window, three of horizon.
    expect([...valuesOf(data).slice(0, 12)]).toEqual([0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0])
    expect(targetsBps[0]).toBeCloseTo(10_000 * Math.log(10_006 / 10_003), 9)
    expect(endAt[0]).toBe(bars[3]!.endAt)
    expect(labelEndAt[0]).toBe(bars[6]!.endAt)
  })

  test('nothing reaches across a tainted bar', () => {
    const bars = features.map((_, i) => bar(i, 10_000 + i, i === 15 ? ['gap'] : []))
    const data = datasetOf([windowsOf(bars, features, 4)], SHAPE)
    const last = [...data.endAt].map((at) => bars.findIndex((b) => b.endAt === at))
    // The label of bar 11 ends at 14; the first window after the gap is that of bar 19.
    expect(last.filter((i) => i > 11 && i < 19)).toEqual([])
    expect(last).toEqual(expect.arrayContaining([11, 19]))
    expect([...valuesOf(data)]).not.toContain(15)
  })

  test('nothing reaches across a missing bar', () => {
    const kept = features.map((_, i) => i).filter((i) => i !== 15)
    const bars = kept.map((i) => bar(i, 10_000 + i))
    const { endAt } = datasetOf(
      [
        windowsOf(
          bars,
          kept.map((i) => features[i]!),
          4,
        ),
      ],
      SHAPE,
    )
    const all = new Set(endAt)
    expect(all.has(bar(11, 1).endAt)).toBe(true)
    expect([12, 13, 14].some((i) => all.has(bar(i, 1).endAt))).toBe(false)
    // These windows call themselves ready over the hole, as under the rule `carry`: what they hold is learnt from.
    expect(all.has(bar(16, 1).endAt)).toBe(true)
  })

  test('a void book at the close gives no label', () => {
    const bars = features.map((_, i) => bar(i, i === 20 ? Number.NaN : 10_000))
    const { endAt } = datasetOf([windowsOf(bars, features, 4)], SHAPE)
    expect(endAt.includes(bars[20]!.endAt)).toBe(false)
    // The label of bar 17 ends in it, those of 18 and 19 pass over it: what the price did there nobody knows.
    for (const i of [17, 18, 19]) expect(endAt.includes(bars[i]!.endAt)).toBe(false)
    for (const i of [16, 21]) expect(endAt.includes(bars[i]!.endAt)).toBe(true)
  })

  test('the split leaves horizon + steps bars between training and validation, in each series', () => {
    const series = [1, 2].map((seed) => syntheticWindows({ seed, bars: 200, edge: 0 }))
    const data = datasetOf(series, SHAPE)
    const { train, validation } = splitByTime(data, 0.25)
    for (const index of [0, 1]) {
      const endOf = (rows: Int32Array) => [...rows].filter((r) => data.series[r] === index).map((r) => data.endAt[r]!)
      const gapMs = Math.min(...endOf(validation)) - Math.max(...endOf(train))
      expect(gapMs).toBeGreaterThanOrEqual((SHAPE.horizonBars + SHAPE.steps) * SHAPE.barMs)
      expect(gapMs).toBeLessThanOrEqual((SHAPE.horizonBars + SHAPE.steps + 1) * SHAPE.barMs)
      expect(endOf(validation)).toHaveLength(49)
    }
  })
})

/** Fits on one seed and scores on another. */
function outOfSample(fitData: Dataset, evaluationData: Dataset): Record<string, number> {
  return scoresOf(fitRidge(fitData, splitByTime(fitData, 0.25)).model, fitData, evaluationData)
}

function scoresOf(model: RidgeForecaster, fitData: Dataset, data: Dataset): Record<string, number> {
  const { thresholdBps } = model
  const outputs = ridgeForecast(model, valuesOf(data), data.rows)
  return evaluate(outputs, data, baselineOf(fitData.targetsBps, thresholdBps), thresholdBps)
}

describe('fitRidge', () => {
  test('finds a planted edge: R² out of sample is that of the truth', () => {
    // Return over 3 bars = edge · signal + 2 further edges + 3 noises: explained share = 1 / (3 + 3) at edge 1.
    const scores = outOfSample(dataset(1, 1, 8_000), dataset(2, 1, 8_000))
    expect(scores['rSquared']).toBeGreaterThan(0.14)
    expect(scores['rSquared']).toBeLessThan(0.19)
    expect(scores['directionalAccuracy']).toBeGreaterThan(0.6)
    expect(scores['directionalAccuracyStrongest25']).toBeGreaterThan(scores['directionalAccuracy']!)
    expect(scores['pinballSkill']).toBeGreaterThan(0.06)
    expect(scores['logLoss']).toBeLessThan(scores['baselineLogLoss']!)
    for (const level of [5, 25, 50, 75, 95]) {
      expect(Math.abs(scores[`coverage${level}`]! - level / 100)).toBeLessThan(0.04)
    }
  })

  test('finds nothing where nothing is', () => {
    const scores = outOfSample(dataset(1, 0), dataset(2, 0))
    expect(Math.abs(scores['rSquared']!)).toBeLessThan(0.01)
    expect(Math.abs(scores['pinballSkill']!)).toBeLessThan(0.02)
  })

  test('shuffled labels leave nothing to find: the pipeline leaks none', () => {
    const shuffled = shuffle(dataset(1, 1))
    const scores = outOfSample(shuffled, dataset(2, 1))
    expect(Math.abs(scores['rSquared']!)).toBeLessThan(0.01)
  })

  test('learns that the noise differs from bar to bar', () => {
    const loud = heteroscedastic(dataset(1, 0, 6_000))
    const { model } = fitRidge(loud, splitByTime(loud, 0.25))
    const width = SHAPE.steps * SHAPE.featureNames.length
    expect(model.logVolatility.weights[width - 2]).toBeGreaterThan(0.3)
    const unseen = heteroscedastic(dataset(3, 0, 6_000))
    const { mean, volatility } = ridgeForecast(model, valuesOf(unseen), unseen.rows)
    const squares = unseen.targetsBps.map((target, row) => ((target - mean[row]!) / volatility[row]!) ** 2)
    const ratio = squares.reduce((sum, square) => sum + square, 0) / unseen.rows
    expect(ratio).toBeGreaterThan(0.85)
    expect(ratio).toBeLessThan(1.15)
    const scores = scoresOf(model, loud, heteroscedastic(dataset(2, 0, 6_000)))
    expect(scores['pinballSkill']).toBeGreaterThan(0.02)
  })
})

describe('fitBundle', () => {
  const [fitData, evaluationData] = [dataset(1, 1), dataset(2, 1)]

  test('the same data give the same bytes, and a bundle that opens', async () => {
    const a = await fitBundle(requestOf(fitData, evaluationData))
    expect(a).toEqual(await fitBundle(requestOf(dataset(1, 1), evaluationData)))
    const folder = `models/demo/${a.version}`
    const schema = { names: SHAPE.featureNames, schemaHash: 'synthetic', barMs: SHAPE.barMs }
    const { manifest } = openBundle({ folder, files: a.files }, schema)
    expect(manifest.metrics).toEqual(a.metrics)
    expect(manifest.fit).toMatchObject({ seeds: [1], evaluationSeeds: [2], evaluationRows: evaluationData.rows })
    expect(new TextDecoder().decode(a.files.get(REPORT_FILE))).toContain(`demo/${a.version}`)
  })

  test('every baseline is scored on the same rows, and the model is held against each', async () => {
    const { metrics, lost } = await fitBundle(requestOf(fitData, evaluationData))
    const names = ['unconditional', 'zero-return', 'ewma', 'har', 'ridge', 'logistic']
    for (const name of names) {
      for (const score of ['pinballBps', 'logLoss', 'squaredErrorBps2', 'qlike']) {
        expect(metrics).toHaveProperty([`baseline.${name}.${score}`])
      }
    }
    const best = Math.min(...names.map((name) => metrics[`baseline.${name}.pinballBps`]!))
    expect(metrics['pinballSkillOverBest']).toBeCloseTo(1 - metrics['pinballBps']! / best, 12)
    expect(lost.join()).toBe(lostContests(metrics).join())
    expect(lostContests({ ...metrics, pinballBps: 0, logLoss: 0, qlike: -99 })).toEqual([])
    expect(lostContests({ ...metrics, pinballBps: 9, logLoss: 9, qlike: 99 })).toEqual([
      expect.stringMatching(/^does not beat ridge: pinballBps 9.0000, ridge /),
      expect.stringMatching(/^does not beat logistic: logLoss /),
      expect.stringMatching(/^does not beat har: qlike /),
    ])
  })

  test('other data give another version', async () => {
    const versionOf = async (fit: Dataset, evaluation: Dataset) => (await fitBundle(requestOf(fit, evaluation))).version
    const other = dataset(3, 1)
    const versions = [
      await versionOf(fitData, evaluationData),
      await versionOf(other, evaluationData),
      await versionOf(fitData, other),
    ]
    expect(new Set(versions).size).toBe(3)
  })

  test('the same fit at another time is the same version', async () => {
    const a = await fitBundle(requestOf(fitData, evaluationData))
    const b = await fitBundle({ ...requestOf(fitData, evaluationData), createdAt: '2027-01-02T03:04:05.000Z' })
    expect(a.version).toBe(b.version)
    expect(a.files).not.toEqual(b.files)
  })

  test('a feature that has seen the future is refused by name', async () => {
    const planted = dataset(1, 1, 2_000, true)
    await expect(fitBundle(requestOf(planted, evaluationData))).rejects.toThrow(/features noise: .* seen it/)
  })
})

describe('confusionOf', () => {
  test('counts what came by what had the greatest probability', () => {
    const data = { ...fitSample(), targetsBps: Float64Array.of(-2, 0, 2, 2) }
    const classes = Float32Array.of(0.5, 0.3, 0.2, 0.2, 0.6, 0.2, 0.1, 0.2, 0.7, 0.8, 0.1, 0.1)
    const outputs = {
      mean: new Float32Array(4),
      volatility: new Float32Array(4),
      quantiles: new Float32Array(20),
      classes,
    }
    expect(confusionOf(outputs, data, 1)).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [1, 0, 1],
    ])
  })
})

const fitSample = (): Dataset => dataset(1, 1, 50)

function shuffle(data: Dataset): Dataset {
  const random = seededRandom(9)
  const targetsBps = data.targetsBps.slice()
  for (let i = targetsBps.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    ;[targetsBps[i], targetsBps[j]] = [targetsBps[j]!, targetsBps[i]!]
  }
  return { ...data, targetsBps }
}

/** Returns whose size grows with the newest value of the second feature: σ = e^(x / 2). */
function heteroscedastic(data: Dataset): Dataset {
  const width = SHAPE.steps * SHAPE.featureNames.length
  const values = valuesOf(data)
  const targetsBps = data.targetsBps.map((target, row) => target * Math.exp(values[(row + 1) * width - 2]! / 2))
  return { ...data, targetsBps }
}
