import { expect, test } from 'vitest'
import type { CandleSeries } from '../../../src/market/candles/candle.ts'
import { checkLookahead, type RunOn, withPlantedLookahead } from '../../../src/wiring/backtest/check-lookahead.ts'
import { allCandles } from '../../support/all-candles.ts'
import { SHORT as BASE, SPAN_BARS } from './support/backtest-config.ts'
import { madeCandles } from './support/candles.ts'
import { walked } from './support/walk.ts'

const series = [madeCandles({ seed: 5, count: 2.25 * SPAN_BARS, carry: 0.4 })]
const plain: RunOn = async (some, onDecision) => {
  await walked(BASE, some, { onDecision })
}
const options = { cuts: 2, seed: 7 }

test('what was decided does not change when the future is taken away', async () => {
  const report = await checkLookahead(series, plain, options)
  expect(report.found).toEqual([])
  expect(report.decisionsCompared).toBeGreaterThan(1_000)
})

test('a feature that knows the next close is caught', async () => {
  const planted: RunOn = (some, onDecision) => plain(some.map(withPlantedLookahead), onDecision)
  const { found } = await checkLookahead(series, planted, options)
  expect(found).toHaveLength(2)
  expect(found.every(({ differs }) => differs === 'features')).toBe(true)
})

test('so is a series that was scaled over its whole length before it was cut', async () => {
  const scaled = (one: CandleSeries): CandleSeries => {
    const candles = allCandles(one.candles)
    const volumes = candles.map(({ volume }) => volume)
    const most = Math.max(...volumes.slice(-200))
    return {
      ...one,
      candles: candles.map((candle, at) => ({ ...candle, volume: candle.volume / (at % 2 ? most : 1) })),
    }
  }
  const leaking: RunOn = (some, onDecision) => plain(some.map(scaled), onDecision)
  expect((await checkLookahead(series, leaking, options)).found.length).toBeGreaterThan(0)
})

test('and models that would be others had the future not been known', async () => {
  const whole = series[0]!.candles.length
  const leaking: RunOn = async (some, onDecision) => {
    const validationShare = some[0]!.candles.length === whole ? 0.2 : 0.4
    const retrain = { ...BASE.backtest.retrain!, validationShare }
    await walked({ ...BASE, backtest: { ...BASE.backtest, retrain } }, some, { onDecision })
  }
  const { found } = await checkLookahead(series, leaking, options)
  expect(found.some(({ differs }) => differs === 'forecast')).toBe(true)
})
