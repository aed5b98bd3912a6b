import { beforeAll, describe, expect, test } from 'vitest'
import { onnxRuntime } from '../../../src/adapters/onnx/onnx-runtime.ts'
import { isForecast } from '../../../src/inference/forecast.ts'
import { loadForecaster } from '../../../src/inference/forecaster.ts'
import { checkBundle } from '../../../src/model/bundle/bundle.ts'
import { OUTPUT_NAMES } from '../../../src/model/forecaster-outputs.ts'
import { datasetFromRows } from '../../../src/training/dataset.ts'
import type { RowTable } from '../../../src/training/rows/row-table.ts'
import { type Champion, championOfBundle } from '../../../src/wiring/trainer/champion.ts'
import { trialsSoFar } from '../../../src/wiring/trainer/trials-so-far.ts'
import { madeRows, NAMES, SCHEMA } from '../evaluation/made-rows.ts'
import { checkOf, type Trained, trained } from './support/candidates.ts'

const clock = { monotonicMs: () => 0 }
const ROWS = 2_000
const edge = madeRows({ seed: 1, rows: ROWS, edge: 6 })
const STEPS = 2
let fitted: Trained
beforeAll(async () => {
  fitted = await trained([edge])
})

/** The table with the values of its rows put in another place. */
function changed(table: RowTable, change: (value: number, feature: number, row: number) => number): RowTable {
  const width = NAMES.length
  return { ...table, values: table.values.map((value, i) => change(value, i % width, Math.floor(i / width))) }
}

async function opened({ model }: Trained) {
  const bundle = checkBundle({ folder: `made/${model.version}`, files: model.files })
  const forecaster = await loadForecaster(bundle, onnxRuntime({ intraOpThreads: 1 }), 'cpu', clock)
  return { bundle, forecaster }
}

describe('the verdict', () => {
  test('a planted edge passes, and again under the same name', async () => {
    expect(fitted.verdict).toMatchObject({ outcome: 'pass' })
    expect((await trained([edge])).model.version).toBe(fitted.model.version)
  })

  test('without an edge it fails, whatever the signal', async () => {
    const { verdict } = await trained([madeRows({ seed: 2, rows: ROWS })])
    expect(verdict.outcome).not.toBe('pass')
  })

  test('labels that belong to other rows leave nothing to pass with', async () => {
    const shuffled = changed(
      edge,
      (_value, feature, row) => edge.values[((row * 773) % ROWS) * NAMES.length + feature]!,
    )
    expect((await trained([shuffled])).verdict.outcome).not.toBe('pass')
  })

  test('a feature that looks ahead is refused, and one that the model must not look at is none of its business', async () => {
    const ahead = madeRows({ seed: 3, rows: ROWS, edge: 6, look: 3 })
    await expect(trained([ahead])).rejects.toThrow(/features noise: each explains over half/)
    expect((await trained([ahead], { features: ['signal', 'drift'] })).verdict.outcome).toBe('pass')
  })

  test('what was tried before counts', async () => {
    const store = { trialsOn: (name: string) => ({ count: 200, sharpes: name === 'a' ? [-0.5, 0.5] : [0.4] }) }
    const trials = trialsSoFar(store, ['a', 'b'])
    expect(trials.count).toBe(401)
    expect(trials.sharpeVariance).toBeCloseTo(0.303, 3)
    const many = await trained([edge], {}, { trials })
    expect(checkOf(many, 'deflatedSharpe')!.value!).toBeLessThan(checkOf(fitted, 'deflatedSharpe')!.value!)
  })
})

describe('nothing of the test rows reaches the model', () => {
  test('other prices and features from the test on: the same graph and the same calibration', async () => {
    const { cut, data } = fitted.findings
    const from = data.endAt[cut.test[0]!]!
    const other = madeRows({ seed: 9, rows: ROWS, edge: -6 })
    const isTest = (row: number): boolean => edge.endAt[row]! >= from - 1_000 * STEPS
    const spliced = Object.fromEntries(
      (['open', 'high', 'low', 'close', 'bidTicks', 'askTicks'] as const).map((name) => [
        name,
        edge[name].map((value, row) => (isTest(row) ? other[name][row]! : value)),
      ]),
    )
    const wild = changed({ ...edge, ...spliced }, (value, feature, row) => (isTest(row) ? 50 * feature + value : value))
    const again = await trained([wild])
    expect(again.verdict.outcome).not.toBe('pass')
    const graphOf = ({ model }: Trained) => model.files.get('model.onnx')
    expect(graphOf(again)).toEqual(graphOf(fitted))
    const [one, two] = [await opened(fitted), await opened(again)]
    expect(two.bundle.manifest.calibration).toEqual(one.bundle.manifest.calibration)
    expect(two.bundle.manifest.reference).toEqual(one.bundle.manifest.reference)
    expect(two.bundle.manifest.golden.inputs).toEqual(one.bundle.manifest.golden.inputs)
    await Promise.all([one, two].map(({ forecaster }) => forecaster.release()))
  })

  test('each part is purged of what later parts see and are told', () => {
    const { cut, data } = fitted.findings
    const parts = [cut.train, cut.validation, cut.calibration, cut.test]
    for (const [nth, part] of parts.slice(0, -1).entries()) {
      const told = Math.max(...Array.from(part, (row) => data.labelEndAt[row]!))
      const seen = Math.min(...parts.slice(nth + 1).flatMap((later) => Array.from(later, (row) => data.endAt[row]!)))
      expect(told).toBeLessThan(seen - STEPS * 1_000)
    }
  })

  test('baselines know the rows before the test: their first forecasts are not those of a beginner', () => {
    const { assessed, test: tested } = fitted.findings
    const { outputs } = assessed.baselines.find(({ name }) => name === 'ewma')!
    // A beginner knows no outcome for a horizon: one and the same volatility.
    expect(new Set(outputs.volatility.subarray(0, 3)).size).toBe(3)
    expect(outputs.mean).toHaveLength(tested.rows)
  })
})

describe('a champion', () => {
  const championFrom = (learntUntil: number): Champion => ({
    ...{ version: 'old', learntUntil },
    manifest: {} as Champion['manifest'],
    forecast: (data) =>
      Promise.resolve({
        mean: new Float32Array(data.rows),
        volatility: new Float32Array(data.rows).fill(8),
        quantiles: Float32Array.from({ length: data.rows * 5 }, (_, i) => 8 * ((i % 5) - 2)),
        classes: new Float32Array(3 * data.rows).fill(1 / 3),
      }),
    release: () => Promise.resolve(),
  })

  test('is compared on rows and moments only that it cannot have learnt from', async () => {
    const { data, cut } = fitted.findings
    const middle = data.endAt[cut.test[200]!]!
    const halved = await trained([edge], {}, { champion: championFrom(middle) })
    const whole = await trained([edge], {}, { champion: championFrom(Number.NEGATIVE_INFINITY) })
    const after = Array.from(cut.test).filter((row) => data.endAt[row]! - STEPS * 1_000 > middle).length
    expect(checkOf(whole, 'crps.old')!.numbers['moments']).toBe(cut.test.length)
    expect(checkOf(halved, 'crps.old')!.numbers['moments']).toBe(after)
    expect(checkOf(halved, 'bars')!.value).toBe(after)
    expect(whole.verdict.outcome).toBe('pass')
  })

  test('that may have learnt from all of it leaves no verdict', async () => {
    const { verdict } = await trained([edge], {}, { champion: championFrom(Number.POSITIVE_INFINITY) })
    expect(verdict.outcome).toBe('not enough data')
  })

  test('forecasts rows of a dataset as it would live, also with longer windows', async () => {
    const { bundle, forecaster } = await opened(fitted)
    const champion = championOfBundle(bundle, forecaster, SCHEMA)
    const shape = { featureNames: NAMES, steps: STEPS + 3, barMs: 1_000, horizonBars: 3 }
    const data = datasetFromRows([edge], shape, { kind: 'return', costBps: 0 })
    const outputs = await champion.forecast(data)
    for (const row of [0, 511, 512, data.rows - 1]) {
      const end = edge.endAt.indexOf(data.endAt[row]!)
      const values = edge.values.slice((end + 1 - STEPS) * NAMES.length, (end + 1) * NAMES.length)
      const [live] = await forecaster.forecast([
        { values, steps: STEPS, ready: true, row: { schemaHash: SCHEMA.hash } },
      ])
      if (!live || !isForecast(live)) throw new Error(`no forecast: ${JSON.stringify(live)}`)
      expect(outputs.mean[row]).toBeCloseTo(live.meanBps, 5)
      expect(outputs.volatility[row]).toBeCloseTo(live.volatilityBps, 5)
      for (const [k, value] of live.quantilesBps.entries()) expect(outputs.quantiles[row * 5 + k]).toBeCloseTo(value, 4)
    }
    expect(champion.learntUntil).toBe(Date.parse((bundle.manifest.fit.window as { to: string }).to))
    const other = datasetFromRows([edge], { ...shape, horizonBars: 4 }, { kind: 'return', costBps: 0 })
    await expect(champion.forecast(other)).rejects.toThrow(/looks back on 2 bars and ahead 3; the recipe has 5 and 4/)
    await champion.release()
  })
})

test('columns that the recipe leaves out change no forecast, whatever they hold', async () => {
  const { bundle, forecaster } = await opened(await trained([edge], { features: ['signal', 'dri'] }))
  const champion = championOfBundle(bundle, forecaster, SCHEMA)
  const shape = { featureNames: NAMES, steps: STEPS, barMs: 1_000, horizonBars: 3 }
  const said = async (table: RowTable) =>
    champion.forecast(datasetFromRows([table], shape, { kind: 'return', costBps: 0 }))
  const plain = await said(edge)
  const wild = await said(changed(edge, (value, feature, row) => (feature === 1 ? 1e6 * Math.cos(row) : value)))
  for (const name of OUTPUT_NAMES)
    expect(
      wild[name].every((value, i) => value === plain[name][i]),
      name,
    ).toBe(true)
  expect(bundle.manifest.reference!.ignored).toEqual([1])
  const seen = await said(changed(edge, (value, feature) => (feature === 0 ? -value : value)))
  expect(seen.mean).not.toEqual(plain.mean)
  await champion.release()
})

test.each([
  {
    name: 'a beginning of no column',
    recipe: { features: ['signal', 'sugnal'] },
    why: /recipe.features has sugnal; it must be the beginning/,
  },
  {
    name: 'meta-labels',
    recipe: { labels: { kind: 'meta', costBps: 0, sideFeature: 'signal' } },
    why: /recipe.labels.kind was meta; a model that decides needs return/,
  },
] as const)('$name: refused', async ({ recipe, why }) => {
  await expect(trained([edge], structuredClone(recipe) as never)).rejects.toThrow(why)
})

test('too few rows are told', async () => {
  await expect(trained([madeRows({ seed: 1, rows: 40 })])).rejects.toThrow(
    /^36 rows with a whole window and a known label; it takes at least 50/,
  )
})
