import { describe, expect, test } from 'vitest'
import { datasetFromRows, subsetOf } from '../../../src/training/dataset.ts'
import { evaluateForecasts } from '../../../src/training/evaluation/evaluate-forecasts.ts'
import { walkForward } from '../../../src/training/evaluation/walk-forward.ts'
import { fitRidgeForecaster } from '../../../src/training/fit-ridge-forecaster.ts'
import { foldPlan } from '../../../src/training/splits/fold-plan.ts'
import type { TrainConfig } from '../../../src/wiring/config/schema.ts'
import { tradeRows } from '../../../src/wiring/evaluation/trade-rows.ts'
import { evaluateRecipe, evaluateTrial } from '../../../src/wiring/trainer/evaluate-recipe.ts'
import { metricsOf, middleOf } from '../../../src/wiring/trainer/evaluated-path.ts'
import { slicedTable } from '../../../src/wiring/trainer/training-rows.ts'
import { fakeIo } from '../commands/fake-io.ts'
import { CONFIG, INSTRUMENTS, madeRows, NAMES, SCHEMA, TERMS } from '../evaluation/made-rows.ts'

const table = madeRows({ seed: 4, rows: 1_200, edge: 6 })
const rows = { tables: [table], instruments: INSTRUMENTS, dataHash: 'made', source: 'made' }
const clock = { now: () => 0, monotonicMs: () => 0 } as never
const parts = { schema: SCHEMA, rows, io: fakeIo().io, clock, params: {} }
const with_ = (folds: TrainConfig['train']['evaluation']['folds']): TrainConfig => ({
  ...CONFIG,
  train: { ...CONFIG.train, evaluation: { folds, permutations: 0 } },
})
const WALK = { kind: 'walk-forward', folds: 3, firstTrainShare: 0.5, scheme: 'anchored', embargoBars: 0 } as const
const COMBINED = { kind: 'combinatorial', groups: 4, testGroups: 2, embargoBars: 0 } as const

describe('a walk-forward', () => {
  test('scores and trades as put together by hand', async () => {
    const found = await evaluateRecipe({ ...parts, config: with_(WALK) })
    const shape = { featureNames: NAMES, steps: 2, barMs: 1_000, horizonBars: 3 }
    const data = datasetFromRows([table], shape, { kind: 'return', costBps: 0 })
    const { shares, calibration } = CONFIG.trainer
    const options = { shares, calibration, embargoBars: 0, withLogistic: false }
    const [record] = await walkForward(data, foldPlan(data, WALK), fitRidgeForecaster, options)
    const test_ = subsetOf(data, record!.rows)
    const reference = record!.forecasts.find(({ name }) => name === 'unconditional')!.outputs.mean
    for (const [i, { name, outputs }] of record!.forecasts.entries()) {
      const direct = evaluateForecasts(name, outputs, test_, record!.thresholdsBps, reference)
      expect(found.scores[i]).toEqual(direct)
    }
    const { series, endAt } = test_
    const forecasts = { outputs: record!.forecasts[0]!.outputs, series, endAt, horizonBars: 3 }
    const traded = await tradeRows([table], { ...forecasts, thresholdBps: record!.thresholdsBps[0]! }, TERMS)
    expect(found.trading.pnl).toEqual(traded.pnl)
    expect(found.paths).toHaveLength(1)
    expect(found.verdict.outcome).toBe('pass')
    const [own, ...others] = found.scores.map(({ name, crpsBps }) => ({ name, crpsBps }))
    for (const { name, crpsBps } of others) if (name !== 'ridge') expect(own!.crpsBps).toBeLessThan(0.9 * crpsBps)
  })

  test('judges what would be served: figures follow trainer.calibration, the mean does not', async () => {
    const none = { classes: 'none', quantiles: 'none', volatility: 'none' } as const
    const config = with_(WALK)
    const raw = await evaluateRecipe({
      ...parts,
      config: { ...config, trainer: { ...config.trainer, calibration: none } },
    })
    const served = await evaluateRecipe({ ...parts, config })
    const [one, other] = [metricsOf(raw), metricsOf(served)]
    for (const name of ['crpsBps', 'logLoss', 'qlike']) expect(other[name], name).not.toBe(one[name])
    expect(other['mseBps2']).toBe(one['mseBps2'])
    const trial = await evaluateTrial({ ...parts, config })
    expect(trial.metrics['crpsBps']).toBe(other['crpsBps'])
  })

  test('is ended when what is asked after a fold says so', async () => {
    const config = with_(WALK)
    const search = { objective: { crpsBps: { goal: 'min', weight: 1 } } } as never
    const asked: number[] = []
    const ask = (step: number, value: number) => {
      asked.push(value)
      return Promise.resolve(step < 2)
    }
    const trial = evaluateTrial({ ...parts, config: { ...config, train: { ...config.train, search } }, ask })
    await expect(trial).rejects.toThrow('pruned')
    expect(asked).toHaveLength(2)
    expect(Math.max(...asked)).toBeLessThan(0)
  })
})

test('combinatorial folds: every path is a whole record, the metrics are their means, the record is the one in the middle', async () => {
  const config = with_(COMBINED)
  const short = { ...rows, tables: [slicedTable(table, 0, 500)] }
  const found = await evaluateRecipe({ ...parts, rows: short, config })
  expect(found.paths).toHaveLength(3)
  for (const { record } of found.paths) expect(record.rows).toHaveLength(found.data.rows)
  const sharpes = found.paths.map((path) => metricsOf(path)['sharpePerBar']!)
  expect(metricsOf(found)['sharpePerBar']).toBe([...sharpes].sort((a, b) => a - b)[1])
  expect(middleOf(found.paths.slice(0, 1))).toBe(found.paths[0])
  const { metrics } = await evaluateTrial({ ...parts, rows: short, config })
  const crps = found.paths.map((path) => metricsOf(path)['crpsBps']!)
  expect(metrics['crpsBps']).toBeCloseTo(crps.reduce((sum, one) => sum + one, 0) / 3, 10)
  expect(new Set(crps).size).toBe(3)
})

describe('meta-labels', () => {
  const meta = (sideFeature?: string) => ({
    ...with_(WALK),
    trainer: {
      ...CONFIG.trainer,
      recipe: {
        ...CONFIG.trainer.recipe,
        labels: { kind: 'meta' as const, costBps: 0, ...(sideFeature && { sideFeature }) },
      },
    },
  })

  test.each([undefined, 'side'])('with %s for a side are refused', async (sideFeature) => {
    const refused = evaluateRecipe({ ...parts, config: meta(sideFeature) })
    await expect(refused).rejects.toThrow(`recipe.labels.sideFeature was ${sideFeature}; meta-labels need the side`)
  })

  test('follow the side that they are about: short where the primary is short', async () => {
    const { test: tested, trading } = await evaluateRecipe({ ...parts, config: meta('signal') })
    const signalAt = (at: number): number => table.values[table.endAt.indexOf(at) * NAMES.length]!
    const sides = trading.record.trips.map(({ side, openedAt }) => {
      const decidedAt = table.endAt.findLast((endAt) => endAt <= openedAt)!
      return (side === 'buy' ? 1 : -1) * signalAt(decidedAt)
    })
    expect(tested.rows).toBeGreaterThan(400)
    expect(sides.length).toBeGreaterThan(20)
    expect(Math.min(...sides)).toBeGreaterThan(0)
    expect(trading.pnl.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0)
  })
})
