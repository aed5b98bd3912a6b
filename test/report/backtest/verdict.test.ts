import { describe, expect, test } from 'vitest'
import { verdictOf } from '../../../src/report/backtest/verdict.ts'
import { backtestMetrics } from '../../../src/report/metrics/backtest-metrics.ts'
import { type SampleOptions, sampleRecord } from './sample-record.ts'

const options = { seed: 1, resamples: 200, trials: 12 }
const year: SampleOptions = { bars: 8_760, barMs: 3_600_000, tradeEach: 130 }
const judged = (sample: SampleOptions, trials = 12) => {
  const record = sampleRecord(sample)
  return verdictOf(record, backtestMetrics(record, { ...options, trials }))
}

describe('verdictOf', () => {
  test('a loss is not better than holding nothing', () => {
    const { worth, text } = judged({ ...year, drift: -30 })
    expect(worth).toBe('worse')
    expect(text).toMatch(/^Lost \d+\.\d % after costs in 365 days and 67 trades\./)
    expect(text).toContain('below 0, so no bad luck either. Not better than holding nothing.')
    expect(text).toMatch(/Buying and holding: [+−][\d.]+ %, with a drawdown of [\d.]+ %\.$/)
  })

  test('costs that ate a profit are named', () => {
    const record = sampleRecord({ ...year, drift: -30 })
    const costs = { ...record.costs, takerFees: record.costs.takerFees + 5_000 }
    const eaten = { ...record, costs }
    expect(verdictOf(eaten, backtestMetrics(eaten, options)).text).toMatch(
      /it made \+[\d,.]+ USDT: the costs ate all of it\./,
    )
  })

  test('a profit that may be chance is not shown to be better', () => {
    const { worth, text } = judged({ ...year, drift: 9 })
    expect(worth).toBe('unproven')
    expect(text).toMatch(/^Earned .* it includes 0, so the profit may be chance\. Not shown to be better/)
  })

  test('a profit beyond chance, but not beyond the best of so many trials', () => {
    const { worth, text } = judged({ ...year, drift: 26 }, 1_000_000)
    expect(worth).toBe('searched')
    expect(text).toContain('not shown to be more than the best of 1,000,000 trials')
  })

  test('a profit beyond chance and search is better than holding nothing', () => {
    const { worth, text } = judged({ ...year, drift: 60 })
    expect(worth).toBe('better')
    expect(text).toContain('Better than holding nothing, also after counting 12 trials')
  })

  test('few trades are never better, whatever they earned', () => {
    const { worth, text } = judged({ ...year, tradeEach: 1_000, drift: 5_000 })
    expect(worth).toBe('unproven')
    expect(text).toContain('Too few trades to judge (9 trades; at least 30).')
  })

  test('no trade is no verdict on skill', () => {
    const { worth, text } = judged({ ...year, tradeEach: 1e9, bars: 100 })
    expect(worth).toBe('idle')
    expect(text).toMatch(/^Made no trade: nothing earned, nothing lost\. Buying and holding:/)
  })

  test('liquidations are told', () => {
    const record = { ...sampleRecord(year), liquidations: 2 }
    expect(verdictOf(record, backtestMetrics(record, options)).text).toContain('It was liquidated 2 times.')
  })
})
