import { describe, expect, test } from 'vitest'
import { backtestReport } from '../../../src/report/backtest/backtest-report.ts'
import { reportJson } from '../../../src/report/backtest/report-json.ts'
import { backtestMetrics } from '../../../src/report/metrics/backtest-metrics.ts'
import { sampleAbout, sampleRecord } from './sample-record.ts'

const options = { seed: 1, resamples: 100, trials: 3 }
const record = sampleRecord({ bars: 6_000, barMs: 900_000, tradeEach: 150 })
const metrics = backtestMetrics(record, options)
const page = backtestReport(record, metrics, sampleAbout)

describe('backtestReport', () => {
  test('holds every part', () => {
    const titles = [...page.body.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, title]) => title)
    expect(titles).toEqual([
      'Equity',
      'Beside doing nothing',
      'Price and trades',
      'Forecasts against outcomes',
      'When it was earned',
      'Costs',
      `Trades (${record.trips.length})`,
      'What this simulation cannot show',
      'What the run was made of',
    ])
    for (const { id } of page.charts) expect(page.body).toContain(`id="${id}"`)
    for (const told of [sampleAbout.runHash, 'commit bcf5485', 'demo/2024-02', '3 gap filled', 'docs/simulation.md'])
      expect(page.body).toContain(told)
  })

  test('says not enough data instead of a number', () => {
    const few = sampleRecord({ bars: 400, barMs: 900_000, tradeEach: 100 })
    const { body } = backtestReport(few, backtestMetrics(few, options), sampleAbout)
    expect(body).toMatch(/Sharpe ratio<\/span><b class="none">not enough data<\/b><span>\d+ days; at least 30/)
    expect(body).toMatch(/Win rate<\/span><b class="none">not enough data<\/b><span>3 trades; at least 30/)
    expect(body).not.toMatch(/NaN|undefined|Infinity|\[object/)
  })

  test('no trade, no forecast, one bar: still a page', () => {
    const bare = { ...sampleRecord({ bars: 1, barMs: 900_000 }), forecasts: [] }
    const { body } = backtestReport(bare, backtestMetrics(bare, options), { ...sampleAbout, models: [], data: [] })
    expect(body).toContain('Made no trade')
    expect(body).toContain('Forecasts: not enough data (0 forecasts; at least 100).')
    expect(body).not.toMatch(/NaN|undefined|Infinity|\[object/)
  })

  test('bars longer than an hour tell no hour, longer than a day no weekday', () => {
    const charts = (barMs: number): number => {
      const long = sampleRecord({ bars: 200, barMs })
      const { body } = backtestReport(long, backtestMetrics(long, options), sampleAbout)
      return [...body.matchAll(/aria-label="Profit by/g)].length
    }
    expect([charts(3_600_000), charts(14_400_000), charts(604_800_000)]).toEqual([2, 1, 0])
  })

  test('no text of the run becomes markup', () => {
    const hostile = '"><img src=x onerror=alert(1)>\''
    const odd = {
      ...record,
      currency: hostile,
      prices: record.prices.map((each) => ({ ...each, symbol: hostile })),
      trips: record.trips.map((each) => ({ ...each, symbol: hostile, modelId: hostile, exitReason: hostile })),
    }
    const about = {
      ...sampleAbout,
      title: hostile,
      config: { [hostile]: hostile },
      models: [{ ...sampleAbout.models[0]!, modelId: hostile }],
      data: [{ ...sampleAbout.data[0]!, file: hostile, symbol: hostile, sha256: hostile, repairs: { [hostile]: 1 } }],
      code: { version: hostile, commit: hostile },
      runHash: hostile,
    }
    const { body } = backtestReport(odd, backtestMetrics(odd, options), about)
    expect(body).not.toContain('<img')
    expect(body).not.toContain('"">')
    expect(body).toContain('&lt;img')
  })

  test('equal runs give equal pages', () => {
    const again = sampleRecord({ bars: 6_000, barMs: 900_000, tradeEach: 150 })
    expect(backtestReport(again, backtestMetrics(again, options), sampleAbout)).toEqual(page)
  })

  test('twelve weeks of 1-minute bars and ten thousand trades (curves are thinned alike whatever their length) stay below 5 MB', () => {
    const big = sampleRecord({ bars: 121_000, barMs: 60_000, tradeEach: 12 })
    expect(big.trips.length).toBeGreaterThan(10_000)
    const { body, charts } = backtestReport(big, backtestMetrics(big, options), sampleAbout)
    expect(body.length + JSON.stringify(charts).length).toBeLessThan(4_500_000)
  }, 60_000)
})

describe('reportJson', () => {
  const json = reportJson(record, metrics, sampleAbout)

  test('the numbers most asked for stand at the top', () => {
    expect(json).toMatchObject({
      bars: sampleAbout.bars,
      trades: record.trips.length,
      maxDrawdown: metrics.performance.drawdown.fraction,
      fees: metrics.costs.fees,
      funding: record.costs.funding,
      barsPerSecond: sampleAbout.barsPerSecond,
      runHash: sampleAbout.runHash,
      from: '2024-01-01T00:00:00.000Z',
    })
    for (const key of ['sharpe', 'sortino', 'profitFactor', 'winRate', 'totalReturn'])
      expect(typeof json[key]).toBe('number')
  })

  test('what there is too little data for is null, with the reason below', () => {
    const few = sampleRecord({ bars: 400, barMs: 900_000, tradeEach: 100 })
    const told = reportJson(few, backtestMetrics(few, options), sampleAbout)
    expect([told['sharpe'], told['winRate']]).toEqual([null, null])
    expect(told).toMatchObject({ metrics: { trades: { winRate: { notEnough: '3 trades; at least 30' } } } })
  })

  test('is plain JSON', () => expect(JSON.parse(JSON.stringify(json))).toEqual(json))
})
