import { escaped } from '../model/svg.ts'
import { costChart } from './cost-chart.ts'
import { type CostStep, costSteps } from './cost-steps.ts'
import { moneyText, numberText, percentText, signedMoneyText } from './number-text.ts'
import { plainTable } from './plain-table.ts'
import type { BacktestRecord } from './record.ts'

/** From gross to net: the picture, and each step against turnover and opening balance. */
export function costPart(record: BacktestRecord): string {
  const { costs, currency, startingBalance } = record
  const steps = costSteps(record)
  const row = ({ name, value }: CostStep): readonly string[] => [
    name,
    signedMoneyText(value),
    numberText(costs.turnover > 0 ? (1e4 * value) / costs.turnover : Number.NaN, 2),
    percentText(value / startingBalance, 2),
  ]
  const table = plainTable(['', currency, 'bps', 'share'], steps.map(row), 'figures')
  const traded = `<p>Turnover ${moneyText(costs.turnover)} ${escaped(currency)}: bps are of that, shares of the opening balance. Slippage is against the price that decisions saw; "gross" is what the fills earned.</p>`
  return `<div class="cards"><div class="card">${costChart(steps, currency)}</div><div class="card">${table}${traded}</div></div>`
}
