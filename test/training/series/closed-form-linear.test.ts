import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { fitLinear, ols, olsRaw } from '../../../src/training/series/closed-form-linear.ts'
import { parseSeries } from '../../../src/training/series/parse-series.ts'
import { repeat } from '../../../src/training/series/repeat.ts'
import { scoreSeries } from '../../../src/training/series/score-series.ts'
import type { SeriesData } from '../../../src/training/series/series-data.ts'
import type { SeriesForecaster } from '../../../src/training/series/series-trainer.ts'
import { gatherWindows, windowStarts } from '../../../src/training/series/series-windows.ts'
import { splitRuleOf, splitSeries } from '../../../src/training/series/split-series.ts'
import { windowMoments } from '../../../src/training/series/window-moments.ts'
import { solveRidgeMap } from '../../../src/training/solve-ridge.ts'

const settings = { lookBack: 5, horizon: 3 }

/** Two channels of walks that return to their mean. */
function walks(rows: number): SeriesData {
  const random = seededRandom(8)
  const values = new Float64Array(2 * rows)
  for (let i = 2; i < values.length; i += 1) values[i] = 0.9 * values[i - 2]! + normal(random)
  const share = (part: number): number => Math.floor(rows * part)
  return {
    channels: 2,
    values,
    parts: {
      train: { from: 0, to: share(0.7) },
      validation: { from: share(0.7), to: share(0.8) },
      test: { from: share(0.8), to: rows },
    },
  }
}

test('moments of sliding windows equal those of the windows formed one by one', () => {
  const { values } = walks(60)
  const { windows, sums, products } = windowMoments(values, 2, { from: 3, to: 40 }, 6)
  expect(windows).toBe(74)
  const at = (start: number, channel: number, i: number): number => values[2 * (start + i) + channel]!
  for (let i = 0; i < 6; i += 1) {
    for (let j = 0; j < 6; j += 1) {
      let [sum, product] = [0, 0]
      for (let start = 3; start < 40; start += 1) {
        for (const channel of [0, 1]) {
          sum += at(start, channel, i)
          product += at(start, channel, i) * at(start, channel, j)
        }
      }
      expect(sums[i]).toBeCloseTo(sum, 10)
      expect(products[6 * i + j]).toBeCloseTo(product, 10)
    }
  }
})

test.each([true, false])('anchored %s: the map equals a ridge on all windows of all channels', (anchored) => {
  const data = walks(400)
  const { from, to } = windowStarts(data, 'train', settings)
  const [x, y]: [number[], number[]] = [[], []]
  for (let start = from; start < to; start += 1) {
    for (const channel of [0, 1]) {
      const value = (i: number): number => data.values[2 * (start + i) + channel]!
      const anchor = anchored ? value(4) : 0
      for (let i = 0; i < 5; i += 1) x.push(value(i) - anchor)
      for (let i = 5; i < 8; i += 1) y.push(value(i) - anchor)
    }
  }
  const expected = solveRidgeMap(Float64Array.from(x), Float64Array.from(y), 5, 1e-6)
  const found = fitLinear(data, settings, anchored)
  for (const [i, weight] of expected.weights.entries()) expect(found.weights[i]).toBeCloseTo(weight, 9)
  for (const [i, bias] of expected.biases.entries()) expect(found.biases[i]).toBeCloseTo(bias, 9)
})

test('forecasts apply the map to each channel, the anchor put back', async () => {
  const data = walks(400)
  const { inputs } = gatherWindows(data, [300, 310], settings)
  for (const [trainer, anchored] of [
    [ols, true],
    [olsRaw, false],
  ] as const) {
    const { weights, biases } = fitLinear(data, settings, anchored)
    const found = await (await trainer.fit(data, settings)).forecast(inputs, 2)
    expect(found).toHaveLength(2 * 3 * 2)
    const value = (i: number): number => data.values[2 * (310 + i) + 1]!
    const anchor = anchored ? value(4) : 0
    for (const h of [0, 1, 2]) {
      let expected = biases[h]! + anchor
      for (let i = 0; i < 5; i += 1) expected += (value(i) - anchor) * weights[3 * i + h]!
      expect(found[2 * (3 + h) + 1]).toBeCloseTo(expected, 5)
    }
  }
})

test('scores are means over all windows, horizons and channels, whatever the batches', async () => {
  const data = walks(900)
  const off: SeriesForecaster = {
    forecast: async (inputs, batch) =>
      (await (await repeat.fit(data, settings)).forecast(inputs, batch)).map((v) => v + 1),
  }
  const { from, to } = windowStarts(data, 'test', settings)
  let [squares, absolutes, count] = [0, 0, 0]
  for (let start = from; start < to; start += 1) {
    for (let h = 0; h < 3; h += 1) {
      for (const channel of [0, 1]) {
        const error = 1 + data.values[2 * (start + 4) + channel]! - data.values[2 * (start + 5 + h) + channel]!
        squares += error ** 2
        absolutes += Math.abs(error)
        count += 1
      }
    }
  }
  const { windows, mse, mae } = await scoreSeries(off, data, settings)
  expect(windows).toBe(180 - 2) // No whole number of batches.
  expect(mse).toBeCloseTo(squares / count, 5)
  expect(mae).toBeCloseTo(absolutes / count, 5)
})

const folder = path.join(process.env['TICKWRIGHT_DATA'] ?? '../shared/data', 'oracles')
const isAbsent = !['ETTh1.csv.gz', 'exchange_rate.txt.gz'].every((name) => existsSync(path.join(folder, name)))
if (isAbsent) {
  console.log(
    `skipped: no ETTh1.csv.gz and exchange_rate.txt.gz in ${folder}; set TICKWRIGHT_DATA to the parent folder`,
  )
}

describe.skipIf(isAbsent)('public data, look-back 336', () => {
  const read = (name: string): SeriesData =>
    splitSeries(parseSeries(gunzipSync(readFileSync(path.join(folder, name))).toString()), splitRuleOf(name))
  const scoreOf = async (data: SeriesData, trainer: typeof ols, horizon: number): Promise<readonly number[]> => {
    const wanted = { lookBack: 336, horizon }
    const { windows, mse, mae } = await scoreSeries(await trainer.fit(data, wanted), data, wanted)
    return [windows, Number(mse.toFixed(4)), Number(mae.toFixed(4))]
  }

  test('ETTh1: persistence', async () => {
    const data = read('ETTh1.csv.gz')
    expect(await scoreOf(data, repeat, 96)).toEqual([2_785, 1.2944, 0.7132])
    expect(await scoreOf(data, repeat, 192)).toEqual([2_689, 1.3249, 0.7331])
    expect(await scoreOf(data, repeat, 336)).toEqual([2_545, 1.3299, 0.746])
    expect(await scoreOf(data, repeat, 720)).toEqual([2_161, 1.3351, 0.755])
  })

  // The other horizons take seconds: `npm run bench -- ett` has them.
  test('ETTh1: least squares on window − last, which beats NLinear trained by gradients (0.374 and 0.394)', async () => {
    expect(await scoreOf(read('ETTh1.csv.gz'), ols, 96)).toEqual([2_785, 0.3702, 0.3915])
  })

  test('exchange rates: persistence, which is hard to beat on prices', async () => {
    const data = read('exchange_rate.txt.gz')
    expect(await scoreOf(data, repeat, 96)).toEqual([1_422, 0.0811, 0.1964])
    expect(await scoreOf(data, repeat, 192)).toEqual([1_326, 0.1671, 0.2887])
    expect(await scoreOf(data, repeat, 336)).toEqual([1_182, 0.3057, 0.3978])
    expect(await scoreOf(data, repeat, 720)).toEqual([798, 0.8101, 0.6764])
  })
})
