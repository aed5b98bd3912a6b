import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import type { Dataset, Split } from '../../../src/training/dataset.ts'
import { datasetOf, subsetOf } from '../../../src/training/dataset.ts'
import { evaluateForecasts } from '../../../src/training/evaluation/evaluate-forecasts.ts'
import type { OutOfSample } from '../../../src/training/evaluation/out-of-sample.ts'
import { walkForward } from '../../../src/training/evaluation/walk-forward.ts'
import { fitRidgeForecaster } from '../../../src/training/fit-ridge-forecaster.ts'
import type { FitForecaster } from '../../../src/training/fitted-forecaster.ts'
import { type FoldSettings, foldPlan, foldSettingsSchema } from '../../../src/training/splits/fold-plan.ts'
import { SHAPE, syntheticWindows } from '../synthetic-windows.ts'

const OPTIONS = { validationShare: 0.25, embargoBars: 0, withLogistic: false }
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
        [...outputs.mean, ...outputs.volatility].filter((_, i) => record.folds[i % record.rows.length] === 0),
      )
    expect(inFirst(again!)).toEqual(inFirst(whole!))
    const inLast = (record: OutOfSample) => record.forecasts[0]!.outputs.mean.filter((_, i) => record.folds[i] === 2)
    expect(inLast(again!)).not.toEqual(inLast(whole!))
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
