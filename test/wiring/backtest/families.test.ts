import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { featureSchema } from '../../../src/features/feature-schema.ts'
import { isForecast } from '../../../src/inference/forecast.ts'
import type { DecisionRecord } from '../../../src/trading/journal-records.ts'
import type { BacktestModels } from '../../../src/wiring/backtest/backtest.ts'
import { loadModels } from '../../../src/wiring/backtest/load-models.ts'
import { runBacktest } from '../../../src/wiring/backtest/run-backtest.ts'
import type { BacktestConfig } from '../../../src/wiring/config/schema.ts'
import { fakeIo } from '../commands/fake-io.ts'
import { ridgeFamily } from '../daemon/ridge-family.ts'
import { SHORT, SPAN_BARS } from './support/backtest-config.ts'
import { type MadeSeries, madeCandles } from './support/candles.ts'

const folder = mkdtempSync(join(tmpdir(), 'tickwright-families-'))
afterAll(() => rmSync(folder, { recursive: true }))

const BTC = 'BTC/USDT:USDT'
const ETH = 'ETH/USDT:USDT'
const made = (count: number) => ({
  bitcoin: madeCandles({ seed: 1, count, carry: 0.5 }),
  ether: madeCandles({ seed: 2, count, carry: 0.4, symbol: ETH }),
})
const schema = featureSchema({ barMs: SHORT.barMs, ...SHORT.features })
const { barMs } = SHORT
const clock = { monotonicMs: () => 0 }

const { retrain: _retrain, ...backtest } = SHORT.backtest
type Model = Pick<BacktestConfig['model'], 'path' | 'groups'>
const FIXED: BacktestConfig = { ...SHORT, symbols: [BTC, ETH], backtest }
const withModel = (model: Partial<Model>, config = FIXED): BacktestConfig => ({
  ...config,
  model: { ...config.model, provider: 'cpu', ...model },
})

async function run(config: BacktestConfig, series: readonly MadeSeries[]) {
  const { families, dated } = await loadModels(config, schema, clock, fakeIo().io)
  const decisions: DecisionRecord[] = []
  const onDecision = (record: DecisionRecord) => void decisions.push(record)
  const outcome = await runBacktest({ config, schema, series, families, monotonicMs: () => 0, onDecision })
  const said = (symbol: string) =>
    decisions
      .filter((record) => record.symbol === symbol)
      .map(({ barEndAt, forecast }) => [barEndAt, forecast && isForecast(forecast) ? forecast.meanBps : null])
  return { ...outcome, decisions, said, dated: dated() }
}

describe('champions of groups', () => {
  const { bitcoin, ether } = made(300)
  const shared = join(folder, 'shared')
  const own = join(folder, 'own')
  beforeAll(async () => {
    await ridgeFamily(shared, schema, [{ version: 'a', seed: 1, barMs }])
    for (const group of ['BTC-USDT-USDT', 'ETH-USDT-USDT']) {
      await ridgeFamily(join(shared, group), schema, [{ version: 'a', seed: 1, barMs }])
    }
    await ridgeFamily(join(own, 'majors'), schema, [{ version: 'm', seed: 1, barMs }])
    await ridgeFamily(join(own, 'others'), schema, [{ version: 'o', seed: 3, steps: 6, barMs }])
  })

  test('copies of one model in every family decide as the one for all', async () => {
    const pooled = await run(withModel({ path: shared }), [bitcoin, ether])
    const copied = await run(withModel({ path: shared, groups: 'each' }), [bitcoin, ether])
    expect(pooled.fills).toBeGreaterThan(2)
    expect(copied.runHash).toBe(pooled.runHash)
    expect(copied.modelIds).toHaveLength(2)
  })

  test('each family decides its own instruments, as it does alone, whatever the others look back on', async () => {
    const both = await run(withModel({ path: own, groups: { others: [ETH], majors: [BTC] } }), [bitcoin, ether])
    const modelOf = (symbol: string) =>
      new Set(both.decisions.filter((one) => one.symbol === symbol && one.modelId).map(({ modelId }) => modelId))
    expect(modelOf(BTC)).toEqual(new Set(['demo/m']))
    expect(modelOf(ETH)).toEqual(new Set(['demo/o']))
    expect(both.dated.map(({ modelId }) => modelId)).toEqual(['demo/o', 'demo/m'])
    for (const [symbol, series, group] of [
      [BTC, bitcoin, 'majors'],
      [ETH, ether, 'others'],
    ] as const) {
      const alone = await run(withModel({ path: join(own, group) }, { ...FIXED, symbols: [symbol] }), [series])
      // The windows are as long as those of the longest model: the first of them come later.
      const from = both.said(symbol).findIndex(([, mean]) => mean !== null)
      expect(from).toBeGreaterThan(0)
      expect(both.said(symbol).slice(from)).toEqual(alone.said(symbol).slice(from))
    }
  })

  test('a family that cannot be read ends it, and names its folder', async () => {
    const config = withModel({ path: own, groups: { majors: [BTC], absent: [ETH] } })
    await expect(loadModels(config, schema, clock, fakeIo().io)).rejects.toThrow(join(own, 'absent'))
  })
})

test('walk-forward of each family: models of its own instruments, in a folder of its own', async () => {
  const { bitcoin, ether } = made(1.2 * SPAN_BARS)
  const out = join(folder, 'walked')
  const retrained = { ...SHORT, backtest: { ...backtest, retrain: { ...SHORT.backtest.retrain!, out } } }
  const both = await run(withModel({ groups: 'each' }, { ...retrained, symbols: [BTC, ETH] }), [bitcoin, ether])
  expect(both.retrainings).toBe(2)
  expect(both.modelIds).toHaveLength(2)
  expect(both.dated.map(({ modelId }) => modelId.split('/')[0])).toEqual(['BTC-USDT-USDT', 'ETH-USDT-USDT'])
  for (const [symbol, series] of [
    [BTC, bitcoin],
    [ETH, ether],
  ] as const) {
    const alone = await run(withModel({}, { ...retrained, symbols: [symbol] }), [series])
    expect(alone.said(symbol).filter(([, mean]) => mean !== null).length).toBeGreaterThan(SPAN_BARS / 8)
    expect(both.said(symbol)).toEqual(alone.said(symbol))
  }
})

describe('a run releases its models', () => {
  const counted = () => {
    const count = { released: 0 }
    const models: BacktestModels = {
      ...{ steps: 1, horizonBars: 1, thresholdBps: () => 0, begin: () => undefined, isDue: () => true },
      next: () => Promise.reject(new Error('no model')),
      release: () => {
        count.released += 1
        return Promise.resolve()
      },
    }
    return { count, families: [{ group: undefined, symbols: [BTC], models }] }
  }
  const { bitcoin } = made(10)
  const config = { ...FIXED, symbols: [BTC] }

  test.each([
    ['when one cannot be had', [bitcoin], 'no model'],
    ['when it cannot begin', [{ ...bitcoin, candles: [] }], 'there are no candles'],
  ])('%s', async (_, series, message) => {
    const { count, families } = counted()
    await expect(runBacktest({ config, schema, series, families, monotonicMs: () => 0 })).rejects.toThrow(message)
    expect(count.released).toBe(1)
  })
})
