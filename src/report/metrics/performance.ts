import { type Drawdown, drawdownOf } from './drawdown.ts'
import type { EquityPath } from './equity-path.ts'
import { known, LEAST, type Metric, metricOf, tooFew, when } from './metric.ts'
import { momentsOf, sumOf } from './moments.ts'
import { type PeriodReturns, periodReturns } from './period-returns.ts'

/** Of one equity path. Ratios against a riskless rate of 0, scaled to a year where a year is named. */
export interface Performance {
  /** Last equity ÷ first − 1. */
  readonly totalReturn: Metric
  /** (last ÷ first)^(365 ÷ days) − 1. */
  readonly cagr: Metric
  /** Standard deviation of returns × √(periods per year). */
  readonly volatility: Metric
  /** Mean ÷ standard deviation × √(periods per year) (Sharpe 1994). */
  readonly sharpe: Metric
  /** Mean ÷ √(mean of min(return, 0)²) × √(periods per year) (Sortino and Price 1994). */
  readonly sortino: Metric
  /** CAGR ÷ maximum drawdown (Young 1991), over the whole record. */
  readonly calmar: Metric
  /** Σ gains ÷ Σ losses of returns, threshold 0 (Keating and Shadwick 2002). */
  readonly omega: Metric
  /** Fraction of the peak, at every reading of equity. */
  readonly maxDrawdown: Metric
  readonly drawdown: Drawdown
}

/** Why returns cannot be judged, if so. */
export const returnsLack = ({ returns, ruined }: Pick<PeriodReturns, 'returns' | 'ruined'>): string | undefined =>
  when(ruined, 'equity fell to 0 or below') ??
  tooFew(
    returns.reduce((count, value) => (value === 0 ? count : count + 1), 0),
    LEAST.returns,
    'returns other than 0',
  )

/** Why nothing can be scaled to a year, if so. */
export const yearLacks = ({ days }: PeriodReturns): string | undefined => tooFew(Math.floor(days), LEAST.days, 'days')

export function performanceOf(path: EquityPath, barMs: number): Performance {
  const period = periodReturns(path, barMs)
  const { returns, periodsPerYear, days, ruined } = period
  const drawdown = drawdownOf(path)
  const [first, last] = [path.equity[0]!, path.equity.at(-1)!]
  const { mean, deviation } = momentsOf(returns)
  const scale = Math.sqrt(periodsPerYear)
  const lack = returnsLack(period)
  const yearLack = yearLacks(period)
  const downside = Math.sqrt(sumOf(returns, (value) => Math.min(value, 0) ** 2) / returns.length)
  const losses = sumOf(returns, (value) => Math.max(-value, 0))
  const still = when(deviation === 0, 'returns do not vary')
  const noLoss = when(losses === 0, 'no return below 0')
  const ruin = when(ruined, 'equity fell to 0 or below')
  const growth = (): number => (last / first) ** (365 / days) - 1
  return {
    totalReturn: known(last / first - 1),
    cagr: metricOf([yearLack, ruin], growth),
    volatility: metricOf([lack], () => deviation * scale),
    sharpe: metricOf([lack, yearLack, still], () => (mean / deviation) * scale),
    sortino: metricOf([lack, yearLack, noLoss], () => (mean / downside) * scale),
    calmar: metricOf(
      [yearLack, ruin, when(drawdown.fraction === 0, 'no drawdown')],
      () => growth() / drawdown.fraction,
    ),
    omega: metricOf([lack, noLoss], () => sumOf(returns, (value) => Math.max(value, 0)) / losses),
    maxDrawdown: known(drawdown.fraction),
    drawdown,
  }
}
