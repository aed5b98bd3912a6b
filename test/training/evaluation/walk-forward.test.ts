import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { calibrationSettingsSchema } from '../../../src/training/calibration/calibration-settings.ts'
import type { Dataset, Split } from '../../../src/training/dataset.ts'
import { datasetOf, subsetOf } from '../../../src/training/dataset.ts'
import { evaluateForecasts } from '../../../src/training/evaluation/evaluate-forecasts.ts'
import type { OutOfSample } from '../../../src/training/evaluation/out-of-sample.ts'
import { walkForward } from '../../../src/training/evaluation/walk-forward.ts'
import { fitRidgeForecaster } from '../../../src/training/fit-ridge-forecaster.ts'
import type { FitForecaster } from '../../../src/training/fitted-forecaster.ts'
import { fitCut } from '../../../src/training/splits/final-cut.ts'
import { type FoldSettings, foldPlan, foldSettingsSchema } from '../../../src/training/splits/fold-plan.ts'
import { SHAPE, syntheticWindows } from '../synthetic-windows.ts'

const calibration = calibrationSettingsSchema.parse({})
const shares = { validation: 0.25, calibration: 0.2 }
const OPTIONS = { shares, calibration, embargoBars: 0, withLogistic: false }
const UNTOUCHED = calibrationSettingsSchema.parse({ classes: 'none', quantiles: 'none', volatility: 'none' })
const WALK: FoldSettings = foldSettingsSchema.parse({ kind: 'walk-forward', folds: 3 })
const COMBINED: FoldSettings = foldSettingsSchema.parse({ kind: 'combinatorial', groups: 4, testGroups: 2 })

const dataOf = (edge: number, bars = 500): Dataset =>
  datasetOf(
    [1, 2].map((seed) => syntheticWindows({ seed, bars, edge })),
    SHAPE,
  )
const planted = dataOf(1)
const run = (data: Dataset, settings: FoldSettings, fit = fitRidgeForecaster, options = {}) =>
  walkForward(data, foldPlan(data, settings), fit, { ...OPTIONS, ...options })

const evaluated = (data: Dataset, { rows, forecasts, thresholdsBps }: OutOfSample, name: string) => {
  const found = forecasts.find((one) => one.name === name)!
  const reference = forecasts.find((one) => one.name === 'unconditional')!.outputs.mean
  return evaluateForecasts(name, found.outputs, subsetOf(data, rows), thresholdsBps, reference)
}

describe('out of sample', () => {
  test('a planted edge is found, the baselines stand beside it on the same rows, in the order of the dataset', async () => {
    const [record, ...others] = await run(planted, WALK)
    expect(others).toEqual([])
    expect(record!.forecasts.map(({ name }) => name)).toEqual([
      'model',
      'unconditional',
      'zero-return',
      'ewma',
      'har',
      'ridge',
    ])
    expect([...record!.rows]).toEqual([...record!.rows].sort((a, b) => a - b))
    expect(record!.forecasts.every(({ outputs }) => outputs.mean.length === record!.rows.length)).toBe(true)
    // Of three bars the first can be forecast, its edge as large as its noise: R² is at most 1/6.
    expect(evaluated(planted, record!, 'model').rSquared).toBeGreaterThan(0.08)
    expect(evaluated(planted, record!, 'unconditional').rSquared).toBe(0)
  })

  test('shuffled labels: the skill is gone', async () => {
    const random = seededRandom(9)
    const shuffled = { ...planted, targetsBps: planted.targetsBps.map(() => 2 * normal(random)) }
    const [record] = await run(shuffled, WALK)
    expect(evaluated(shuffled, record!, 'model').rSquared).toBeLessThan(0.01)
  })

  test('combinatorial: a record for each path, each over all rows', async () => {
    const records = await run(planted, COMBINED)
    expect(records).toHaveLength(3)
    for (const record of records) {
      expect(record.rows).toHaveLength(planted.rows)
      expect(evaluated(planted, record, 'model').rSquared).toBeGreaterThan(0.08)
    }
    expect(new Set(records.map(({ folds }) => folds.join())).size).toBe(3)
  })
})

describe('no leak', () => {
  interface Seen {
    readonly data: Dataset
    readonly split: Split
  }
  const watched =
    (seen: Seen[]): FitForecaster =>
    (data, split) => {
      seen.push({ data, split })
      return fitRidgeForecaster(data, split)
    }

  test.each([
    { name: 'walk-forward', settings: WALK },
    { name: 'combinatorial', settings: COMBINED },
  ])('$name: a fit is given no row whose window or label shares a moment with a test row', async ({ settings }) => {
    const seen: Seen[] = []
    const plan = foldPlan(planted, settings)
    await walkForward(planted, plan, watched(seen), OPTIONS)
    const back = SHAPE.steps * SHAPE.barMs
    expect(seen).toHaveLength(plan.folds.length)
    for (const [fold, { data, split }] of seen.entries()) {
      const tested = [...plan.folds[fold]!.test].map((row) => [planted.endAt[row]! - back, planted.labelEndAt[row]!])
      const shares = [...data.endAt].some((at, row) =>
        tested.some(([from, to]) => at - back <= to! && data.labelEndAt[row]! >= from!),
      )
      expect(shares).toBe(false)
      expect(split.train.length + split.validation.length).toBe(data.rows)
      const lastLabel = Math.max(...Array.from(split.train, (row) => data.labelEndAt[row]!))
      const firstWindow = Math.min(...Array.from(split.validation, (row) => data.endAt[row]! - back))
      expect(lastLabel).toBeLessThan(firstWindow)
    }
  })

  test('what comes after a fold changes none of its forecasts, neither of the model nor of a baseline', async () => {
    const plan = foldPlan(planted, WALK)
    const [whole] = await walkForward(planted, plan, fitRidgeForecaster, OPTIONS)
    const firstFold = plan.folds[0]!
    const lastAt = Math.max(...Array.from(firstFold.test, (row) => planted.endAt[row]!))
    const later = (row: number): boolean => planted.labelEndAt[row]! > lastAt
    const changed: Dataset = {
      ...planted,
      targetsBps: planted.targetsBps.map((target, row) => (later(row) ? 1_000 : target)),
      variancesBps2: planted.variancesBps2.map((variance, row) => (later(row) ? 1e6 : variance)),
    }
    const [again] = await walkForward(changed, plan, fitRidgeForecaster, OPTIONS)
    const inFirst = (record: OutOfSample) =>
      record.forecasts.map(({ outputs }) =>
        Object.values(outputs).flatMap((values) => {
          const width = values.length / record.rows.length
          return [...values].filter((_, i) => record.folds[Math.floor(i / width)] === 0)
        }),
      )
    expect(inFirst(again!)).toEqual(inFirst(whole!))
    const inLast = (record: OutOfSample) =>
      record.forecasts[0]!.outputs.quantiles.filter((_, i) => record.folds[Math.floor(i / 5)] === 2)
    expect(inLast(again!)).not.toEqual(inLast(whole!))
  })
})

describe('calibration', () => {
  const plan = foldPlan(planted, WALK)
  const [fold] = plan.folds
  const alone = { folds: [fold!], paths: [[{ fold: 0, rows: fold!.test }]] }
  const cut = fitCut(planted, fold!.train, { ...shares, embargoBars: 0 })
  /** Says half of the spread that it should, and is surer of its classes than it should be. */
  const boastful: FitForecaster = async (data, split) => {
    const honest = await fitRidgeForecaster(data, split)
    return {
      ...honest,
      async forecast(inputs, rows) {
        const said = await honest.forecast(inputs, rows)
        const near = (value: number, i: number): number =>
          said.mean[Math.floor(i / 5)]! + (value - said.mean[Math.floor(i / 5)]!) / 2
        return { ...said, quantiles: said.quantiles.map(near), classes: sharpened(said.classes) }
      },
    }
  }
  const sharpened = (classes: Float32Array): Float32Array =>
    classes.map((p, i) => {
      const row = 3 * Math.floor(i / 3)
      return p ** 4 / (classes[row]! ** 4 + classes[row + 1]! ** 4 + classes[row + 2]! ** 4)
    })
  const said = async (data: Dataset, fit: FitForecaster = boastful, options = OPTIONS) =>
    (await walkForward(data, alone, fit, options))[0]!
  const modelOf = ({ forecasts }: OutOfSample) => forecasts[0]!.outputs
  const withTargets = (rows: Iterable<number>): Dataset => {
    const chosen = new Set(rows)
    return { ...planted, targetsBps: planted.targetsBps.map((target, row) => (chosen.has(row) ? -9 * target : target)) }
  }

  test('a fold is judged as it would be served: a model that boasts is set right', async () => {
    const [raw, served] = [await said(planted, boastful, { ...OPTIONS, calibration: UNTOUCHED }), await said(planted)]
    const inside = (record: OutOfSample): number => {
      const { quantiles } = modelOf(record)
      const hits = [...record.rows].filter((row, i) => {
        const actual = planted.targetsBps[row]!
        return actual >= quantiles[5 * i]! && actual <= quantiles[5 * i + 4]!
      })
      return hits.length / record.rows.length
    }
    expect(inside(raw)).toBeLessThan(0.75)
    // 164 rows that overlap three deep, set by as few: a standard error of 0.055.
    expect(Math.abs(inside(served) - 0.9)).toBeLessThan(0.11)
    expect(evaluated(planted, served, 'model').logLoss).toBeLessThan(evaluated(planted, raw, 'model').logLoss - 0.05)
    expect(modelOf(served).mean).toEqual(modelOf(raw).mean)
  })

  test('what came of the test rows, or of any other that the fold must not know, never reaches it', async () => {
    const known = new Set(fold!.train)
    const unknown = Array.from({ length: planted.rows }, (_, row) => row).filter((row) => !known.has(row))
    expect(modelOf(await said(withTargets(unknown)))).toEqual(modelOf(await said(planted)))
  })

  test('it comes from the latest training rows, which the fit has not seen', async () => {
    const seen: number[] = []
    const [plain, turned] = [await said(planted), await said(withTargets(cut.calibration))]
    expect(modelOf(turned).mean).toEqual(modelOf(plain).mean)
    expect(modelOf(turned).quantiles).not.toEqual(modelOf(plain).quantiles)
    expect(modelOf(turned).classes).not.toEqual(modelOf(plain).classes)
    await said(planted, async (data, split) => {
      seen.push(...data.labelEndAt)
      return await fitRidgeForecaster(data, split)
    })
    const back = SHAPE.steps * SHAPE.barMs
    expect(Math.max(...seen)).toBeLessThan(
      Math.min(...Array.from(cut.calibration, (row) => planted.endAt[row]! - back)),
    )
    expect(seen).toHaveLength(cut.train.length + cut.validation.length)
    const told = Math.max(...Array.from(cut.calibration, (row) => planted.labelEndAt[row]!))
    expect(told).toBeLessThan(Math.min(...Array.from(fold!.test, (row) => planted.endAt[row]! - back)))
  })
})

test('each model is released, also when its forecasts fail; folds are told', async () => {
  let released = 0
  const release = () => {
    released += 1
    return Promise.resolve()
  }
  const told: string[] = []
  const holding: FitForecaster = async (data, split) => ({ ...(await fitRidgeForecaster(data, split)), release })
  await run(planted, WALK, holding, { onFold: (done: number, of: number) => told.push(`${done}/${of}`) })
  expect(released).toBe(3)
  expect(told).toEqual(['1/3', '2/3', '3/3'])
  const failing: FitForecaster = async (data, split) => ({
    ...(await holding(data, split)),
    forecast: () => Promise.reject(new Error('lost')),
  })
  await expect(run(planted, WALK, failing)).rejects.toThrow('lost')
  expect(released).toBe(4)
})
