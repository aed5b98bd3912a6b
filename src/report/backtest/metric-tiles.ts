import type { BacktestMetrics } from '../metrics/backtest-metrics.ts'
import type { Interval, Metric } from '../metrics/metric.ts'
import { escaped } from '../model/svg.ts'
import { change, intervalText, metricText, NOT_ENOUGH, numberOf, ratio, reasonOf, share } from './metric-text.ts'
import { countText, moneyText, numberText, percentText, signedMoneyText } from './number-text.ts'
import { plainTable } from './plain-table.ts'
import { spanText } from './utc-text.ts'

interface Tile {
  readonly name: string
  /** Undefined: not enough data, `note` says why. */
  readonly text: string | undefined
  readonly note?: string | undefined
}

/** The numbers of a run, each with its interval, or why there is none. */
export function metricTiles(metrics: BacktestMetrics): string {
  const tiles = [...returnTiles(metrics), ...tradeTiles(metrics), ...significanceTiles(metrics)]
  return `<div class="tiles">${tiles.map(tileHtml).join('')}</div>${annualisationText(metrics)}`
}

const tileHtml = ({ name, text, note }: Tile): string => {
  const value = text === undefined ? `<b class="none">${NOT_ENOUGH}</b>` : `<b>${escaped(text)}</b>`
  return `<div class="tile"><span>${escaped(name)}</span>${value}${note === undefined ? '' : `<span>${escaped(note)}</span>`}</div>`
}

const days = (value: number): string => countText(Math.ceil(value), 'day')

const tile = (name: string, metric: Metric, shown: (value: number) => string, note?: string): Tile => ({
  ...{ name, text: metricText(metric, shown), note: reasonOf(metric) ?? note },
})

function returnTiles({ performance, bootstrap }: BacktestMetrics): readonly Tile[] {
  const { drawdown } = performance
  const bounds = (key: 'sharpe' | 'totalReturn' | 'maxDrawdown'): Interval =>
    'notEnough' in bootstrap ? bootstrap : bootstrap[key]
  const recovered = drawdown.recoveredAt === null ? 'not recovered' : 'to recovery'
  const length = drawdown.fraction === 0 ? undefined : `${spanText(drawdown.peakToRecoveryMs)}, ${recovered}`
  const fallBounds = intervalText(bounds('maxDrawdown'), share)
  return [
    tile('Return', performance.totalReturn, change, intervalText(bounds('totalReturn'), change)),
    tile('CAGR', performance.cagr, change),
    tile('Sharpe ratio', performance.sharpe, ratio, intervalText(bounds('sharpe'), ratio)),
    tile(
      'Maximum drawdown',
      performance.maxDrawdown,
      share,
      [length, fallBounds].filter(Boolean).join('; ') || undefined,
    ),
    tile('Sortino ratio', performance.sortino, ratio),
    tile('Calmar ratio', performance.calmar, ratio),
    tile('Omega', performance.omega, ratio),
    tile('Volatility a year', performance.volatility, share),
  ]
}

function tradeTiles({ trades, activity, costs, currency, liquidations }: BacktestMetrics): readonly Tile[] {
  const times = (value: number): string => `${numberText(value, value < 10 ? 1 : 0)} ×`
  const kinds = `${trades.longs} long, ${trades.count - trades.longs} short`
  const bps = metricText(trades.expectancyBps, (value) => `a trade; ${numberText(value, 1)} bps of its value`)
  return [
    { name: 'Trades', text: trades.count.toLocaleString('en-US'), note: kinds },
    tile('Win rate', trades.winRate, share),
    tile('Profit factor', trades.profitFactor, ratio),
    tile(`Expectancy, ${currency}`, trades.expectancy, signedMoneyText, bps ?? 'a trade'),
    tile('Payoff', trades.payoff, ratio, 'mean win ÷ mean loss'),
    tile(`Mean MAE, ${currency}`, trades.mae.mean, moneyText, 'against us while open'),
    tile(`Mean MFE, ${currency}`, trades.mfe.mean, moneyText, 'for us while open'),
    { name: 'Losing streak', text: countText(trades.longestLosingStreak, 'trade') },
    tile('Turnover a year', activity.turnoverPerYear, times, 'of mean equity'),
    tile('Mean exposure', activity.meanExposure, share, 'of equity'),
    tile('Time in the market', activity.timeInMarket, share),
    { name: `Fees, ${currency}`, text: signedMoneyText(-costs.fees) },
    { name: `Slippage, ${currency}`, text: signedMoneyText(-costs.slippage), note: 'part of the gross profit' },
    { name: `Funding, ${currency}`, text: signedMoneyText(costs.funding) },
    ...(liquidations === 0 ? [] : [{ name: 'Liquidations', text: String(liquidations) }]),
  ]
}

function significanceTiles({ significance, performance }: BacktestMetrics): readonly Tile[] {
  const { trials, minTrackRecordDays } = significance
  const hurdle = metricText(significance.hurdleSharpe, ratio)
  const beyond = `${countText(trials, 'trial')}; the best without skill shows ${hurdle ?? 'an unknown ratio'}`
  const hopeless = (numberOf(performance.sharpe) ?? 1) <= 0
  return [
    tile('Probabilistic Sharpe', significance.probabilisticSharpe, share, 'chance that the true ratio is above 0'),
    tile('Deflated Sharpe', significance.deflatedSharpe, share, beyond),
    hopeless
      ? { name: 'Track record needed', text: '–', note: 'no length shows a ratio of 0 or less to be above 0' }
      : tile('Track record needed', minTrackRecordDays, days, 'to say that the ratio is above 0'),
  ]
}

function annualisationText({ annualisation, bootstrap }: BacktestMetrics): string {
  const { period, periodsPerYear, returns } = annualisation
  const cut = `Ratios: ${countText(returns, `return`)} by the ${period}, times √${numberText(periodsPerYear, 0)} for a year of 365 days, riskless rate 0.`
  const drawn =
    'notEnough' in bootstrap
      ? ''
      : ` Intervals: ${numberText(bootstrap.resamples, 0)} stationary-bootstrap resamples, mean block ${numberText(bootstrap.meanBlock, 1)} returns; they tell the luck of the draw, no more.`
  return `<p>${escaped(cut + drawn)}</p>`
}

/** The run beside doing nothing and beside holding. */
export function besideTable({ performance, buyAndHold, flat }: BacktestMetrics): string {
  const rows = [
    ['this run', performance],
    ['buy and hold', buyAndHold],
    ['nothing', flat],
  ] as const
  const cells = rows.map(([name, each]) => [
    name,
    metricText(each.totalReturn, change) ?? '–',
    metricText(each.sharpe, ratio) ?? '–',
    metricText(each.maxDrawdown, share) ?? '–',
    metricText(each.cagr, change) ?? '–',
    metricText(each.volatility, share) ?? '–',
  ])
  const held = `Buy and hold: the opening balance spread evenly, bought at the first close and sold at the last, ${percentText(buyAndHold.feeRate, 2)} fee each time, no funding.`
  const table = plainTable(['', 'return', 'Sharpe', 'drawdown', 'CAGR', 'volatility'], cells, 'figures')
  return `${table}<p>${escaped(held)}</p>`
}

/** Nothing where there is only one. */
export function symbolTable({ bySymbol, currency }: BacktestMetrics): string {
  if (bySymbol.length < 2) return ''
  const rows = bySymbol.map((each) => [
    each.symbol,
    each.count.toLocaleString('en-US'),
    signedMoneyText(each.netPnl),
    metricText(each.winRate, share) ?? '–',
    metricText(each.profitFactor, ratio) ?? '–',
    metricText(each.expectancyBps, (value) => numberText(value, 1)) ?? '–',
  ])
  const heads = ['symbol', 'trades', `net, ${currency}`, 'won', 'profit factor', 'bps a trade']
  return `<h3>By symbol</h3>${plainTable(heads, rows, 'figures')}`
}
