import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../src/core/random.ts'
import { architectureOf } from '../../src/model/architectures/registry.ts'
import { ridgeForecast } from '../../src/model/ridge-forecast.ts'
import type { Dataset, Split } from '../../src/training/dataset.ts'
import { datasetFromRows, splitByTime, subsetOf } from '../../src/training/dataset.ts'
import { baselineOf, evaluate } from '../../src/training/evaluate.ts'
import { fitRidge } from '../../src/training/fit-ridge.ts'
import { forecastWindows } from '../../src/training/forecast-dataset.ts'
import type { LabelSettings } from '../../src/training/labels/label-settings.ts'
import { leakingFeatures } from '../../src/training/leaking-features.ts'
import { shuffledRows } from '../../src/training/network/batches.ts'
import { fitNetwork } from '../../src/training/network/fit-network.ts'
import { trainingOptionsSchema } from '../../src/training/network/training-options.ts'
import { engine } from './network/tiny-training.ts'
import { tableOf } from './row-tables.ts'

const SHAPE = { featureNames: ['signal', 'noise', 'level'], steps: 4, barMs: 1_000, horizonBars: 5 }
const BARRIERS: LabelSettings = { kind: 'triple-barrier', upper: 1, lower: 1, costBps: 0, volatilityHalfLifeBars: 20 }
const RETURNS: LabelSettings = { kind: 'return', costBps: 0 }

/** The next return is 1.5 × `signal` + noise. `look`: bars that `noise` sees ahead. `level`: tells rows of one time from others. */
function walk(seed: number, rows: number, look = 0, labels = RETURNS): Dataset {
  const random = seededRandom(seed)
  const signals = Float64Array.from({ length: rows }, () => normal(random))
  let log = 0
  const logs = signals.map((_, row) => {
    log += 1.5 * (signals[row - 1] ?? 0) + normal(random)
    return log
  })
  const given = Array.from(logs, (at, row) => {
    const ahead = look > 0 ? (logs[row + look] ?? log) - at : normal(random)
    return { mid: 100 * Math.exp(at / 10_000), values: [signals[row]!, ahead, row / rows] }
  })
  return datasetFromRows([tableOf(given, SHAPE.featureNames)], SHAPE, labels)
}

function rSquared(fit: Dataset, split: Split, unseen: Dataset): number {
  const { model } = fitRidge(fit, split)
  const outputs = forecastWindows((windows, rows) => ridgeForecast(model, windows, rows), unseen.inputs)
  return evaluate(outputs, unseen, baselineOf(fit.targetsBps, model.thresholdBps), model.thresholdBps)['rSquared']!
}

describe('a feature that looks ahead', () => {
  test.each([3, 5])('by %i bars is named', (look) => {
    expect(leakingFeatures(walk(1, 1_500, look))).toEqual(['noise'])
    expect(leakingFeatures(walk(1, 1_500, 5, BARRIERS))).toEqual(['noise'])
  })

  test('an honest one is not, strong as it is', () => {
    expect(leakingFeatures(walk(1, 1_500))).toEqual([])
  })
})

test('shuffled labels leave no skill, on returns and on barriers', () => {
  for (const labels of [RETURNS, BARRIERS]) {
    const [fit, unseen] = [walk(2, 3_000, 0, labels), walk(3, 3_000, 0, labels)]
    const order = shuffledRows(fit.rows, seededRandom(7))
    const shuffled = { ...fit, targetsBps: subsetOf(fit, order).targetsBps }
    expect(rSquared(fit, splitByTime(fit, 0.25), unseen)).toBeGreaterThan(0.1)
    expect(rSquared(shuffled, splitByTime(shuffled, 0.25), unseen)).toBeLessThan(0.01)
  }
})

describe('what is fitted depends on the training rows alone', () => {
  const data = walk(4, 600)
  const split = splitByTime(data, 0.25)
  /** All rows that do not train hold wild values. */
  const trains = new Set(split.train)
  const wild: Dataset = {
    ...data,
    inputs: {
      ...data.inputs,
      copy(row, into, offset) {
        data.inputs.copy(row, into, offset)
        if (!trains.has(row)) into.fill(1_000 + row, offset, offset + data.inputs.width)
      },
    },
    targetsBps: data.targetsBps.map((target, row) => (trains.has(row) ? target : 500)),
  }

  test('scaler and threshold of a ridge', () => {
    const [fair, other] = [fitRidge(data, split), fitRidge(wild, split)]
    for (const name of ['centre', 'scale', 'thresholdBps'] as const) expect(other.model[name]).toEqual(fair.model[name])
    expect(other.deviationBps).toBe(fair.deviationBps)
  })

  test('scales of a network, and its weights but for when it stops', async () => {
    const lstm = architectureOf('lstm')
    const settings = {
      architecture: { architecture: lstm, options: lstm.options.parse({ hidden: 3 }) },
      heads: { quantiles: { share: 1 } },
      training: trainingOptionsSchema.parse({ epochsMax: 1 }),
    }
    const [fair, other] = [
      await fitNetwork({ data, split, settings, engine }),
      await fitNetwork({ data: wild, split, settings, engine }),
    ]
    expect(other.scales).toEqual(fair.scales)
    expect(other.training.state.weights).toEqual(fair.training.state.weights)
  })
})

describe.each([
  ['returns', RETURNS],
  ['barriers', BARRIERS],
] as const)('the purge, labels: %s', (_name, labels) => {
  const data = walk(5, 400, 0, labels)
  const { train, validation } = splitByTime(data, 0.25)
  const firstSeenAt = data.endAt[validation[0]!]! - SHAPE.steps * SHAPE.barMs

  test('no training label ends, and no training window lies, where the first validation window has begun', () => {
    for (const row of train) {
      expect(data.labelEndAt[row]).toBeLessThanOrEqual(firstSeenAt)
      expect(data.endAt[row]).toBeLessThan(data.labelEndAt[row]!)
    }
  })

  test('it drops no row that it need not', () => {
    const last = train.at(-1)!
    const borderAt = data.endAt[data.rows - 1]! - 0.25 * (data.endAt[data.rows - 1]! - data.endAt[0]!)
    const kept = new Set(train)
    for (let row = 0; row < data.rows; row += 1) {
      if (data.labelEndAt[row]! + SHAPE.steps * SHAPE.barMs <= borderAt) expect(kept.has(row)).toBe(true)
    }
    expect(validation[0]! - last).toBeGreaterThan(SHAPE.steps)
  })
})

test('labels that run over the border are kept out of training, all of them', () => {
  const random = seededRandom(8)
  const given = (() => {
    let log = 0
    return Array.from({ length: 1_200 }, () => {
      log += normal(random)
      return { mid: 100 * Math.exp(log / 10_000), values: [log, normal(random), 0] }
    })
  })()
  const shape = { ...SHAPE, horizonBars: 100 }
  const data = datasetFromRows([tableOf(given, SHAPE.featureNames)], shape, RETURNS)
  const { train, validation } = splitByTime(data, 0.25)
  const first = validation[0]!
  // Rows whose label was not known when the first validation row was: only the purge keeps them out.
  const late = Int32Array.from({ length: first }, (_, row) => row).filter(
    (row) => data.labelEndAt[row]! > data.endAt[first]!,
  )
  expect(late.length).toBe(99)
  expect(late.filter((row) => train.includes(row))).toHaveLength(0)
  expect(Math.max(...train.map((row) => data.labelEndAt[row]!))).toBeLessThanOrEqual(data.endAt[first]! - 4_000)
})
