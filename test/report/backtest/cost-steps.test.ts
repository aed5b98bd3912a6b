import { describe, expect, test } from 'vitest'
import { costChart } from '../../../src/report/backtest/cost-chart.ts'
import { costSteps } from '../../../src/report/backtest/cost-steps.ts'
import { sampleRecord } from './sample-record.ts'

const record = { ...sampleRecord({ bars: 4_000, barMs: 900_000 }) }

describe('costSteps', () => {
  test.each([
    ['as it is', record],
    ['with a liquidation', { ...record, costs: { ...record.costs, liquidationFees: 12 } }],
  ])('%s: every sum is the one before it and the costs between', (_name, each) => {
    let level = 0
    for (const { value, isSum } of costSteps(each)) {
      if (isSum && level !== 0) expect(value).toBeCloseTo(level, 8)
      level = isSum ? value : level + value
    }
    expect(level).toBeCloseTo(each.equity.equity.at(-1)! - each.startingBalance, 8)
  })

  test('gross is what the trades earned before fees and funding', () => {
    const gross = record.trips.reduce((sum, trip) => sum + trip.grossPnl, 0)
    expect(costSteps(record).find(({ name }) => name === 'Gross')!.value).toBeCloseTo(gross, 8)
  })
})

test('the waterfall: costs hang where the sum before them ended', () => {
  const svg = costChart(
    [
      { name: 'Before', value: 100, isSum: true },
      { name: 'Fees & more', value: -150, isSum: false },
      { name: 'Net', value: -50, isSum: true },
    ],
    'USDT',
  )
  const bars = [...svg.matchAll(/<rect class="([\w ]+)" x="([\d.]+)" y="\d+" width="([\d.]+)"/g)].map(
    ([, kind, x, width]) => [kind, Number(x), Number(x) + Number(width)] as const,
  )
  const [before, fees, net] = bars
  expect(bars.map(([kind]) => kind)).toEqual(['gain', 'loss part', 'loss'])
  expect(fees![2]).toBeCloseTo(before![2], 0) // Ends where 100 is,
  expect(fees![1]).toBeCloseTo(net![1], 0) // begins where −50 is.
  expect(net![2]).toBeCloseTo(before![1], 0) // Zero.
  expect(svg).toContain('Fees &amp; more')
})
