import type { BacktestRecord } from './record.ts'

/** One step of the way from the profit before costs to the profit that is left. Settle currency. */
export interface CostStep {
  readonly name: string
  /** Of a sum: the profit so far. Of a cost: what it takes (< 0) or gives (> 0). */
  readonly value: number
  readonly isSum: boolean
}

/** `final equity − starting balance`, and what stood before each cost was taken: the steps add up exactly. */
export function costSteps({ costs, equity, startingBalance }: BacktestRecord): readonly CostStep[] {
  const net = (equity.equity.at(-1) ?? startingBalance) - startingBalance
  const fees = costs.makerFees + costs.takerFees
  const gross = net - costs.funding + fees + costs.liquidationFees
  const step = (name: string, value: number): CostStep => ({ name, value, isSum: false })
  const sum = (name: string, value: number): CostStep => ({ name, value, isSum: true })
  return [
    sum('Before costs', gross + costs.slippage),
    step('Slippage', -costs.slippage),
    sum('Gross', gross),
    step('Maker fees', -costs.makerFees),
    step('Taker fees', -costs.takerFees),
    ...(costs.liquidationFees === 0 ? [] : [step('Liquidation fees', -costs.liquidationFees)]),
    step('Funding', costs.funding),
    sum('Net', net),
  ]
}
