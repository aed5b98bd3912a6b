import { NOT_ENOUGH } from '../backtest/metric-text.ts'
import { moneyText, numberText, percentText, signedPercentText } from '../backtest/number-text.ts'
import { escaped } from '../model/svg.ts'
import type { ReportScores, ReportTrading } from './training-report-data.ts'

interface ScoreRow<T> {
  readonly name: string
  readonly value: (scored: T) => number | null
  readonly text: (value: number) => string
  /** Which is better; `neither`: none is marked. */
  readonly better: 'less' | 'more' | 'neither'
}

const loss = (value: number): string => numberText(value, Math.abs(value) >= 1_000 ? 1 : 4)
const percent = (value: number): string => percentText(value, 2)
const ratio = (value: number): string => numberText(value, 2)

const FORECASTS: readonly ScoreRow<ReportScores>[] = [
  { name: 'CRPS, bps', value: (s) => s.crpsBps, text: loss, better: 'less' },
  { name: 'pinball, bps', value: (s) => s.pinballBps, text: loss, better: 'less' },
  { name: 'MAE, bps', value: (s) => s.maeBps, text: loss, better: 'less' },
  { name: 'MSE, bps²', value: (s) => s.mseBps2, text: loss, better: 'less' },
  { name: 'R²', value: (s) => s.rSquared, text: (value) => numberText(value, 4), better: 'more' },
  { name: 'right direction', value: (s) => s.directionalAccuracy, text: percent, better: 'more' },
  { name: 'Brier score', value: (s) => s.brier, text: loss, better: 'less' },
  { name: 'class error', value: (s) => s.classError, text: percent, better: 'less' },
]

const TRADING: readonly ScoreRow<ReportTrading>[] = [
  { name: 'return', value: (t) => t.totalReturn, text: (value) => signedPercentText(value, 2), better: 'more' },
  { name: 'Sharpe ratio', value: (t) => t.sharpe, text: ratio, better: 'more' },
  { name: 'Sortino ratio', value: (t) => t.sortino, text: ratio, better: 'more' },
  { name: 'max drawdown', value: (t) => t.maxDrawdown, text: percent, better: 'less' },
  { name: 'profit factor', value: (t) => t.profitFactor, text: ratio, better: 'more' },
  { name: 'win rate', value: (t) => t.winRate, text: percent, better: 'more' },
  { name: 'turnover', value: (t) => t.turnover, text: moneyText, better: 'neither' },
  { name: 'trades', value: (t) => t.trades, text: (value) => numberText(value, 0), better: 'neither' },
  { name: 'fees', value: (t) => t.fees, text: moneyText, better: 'neither' },
]

/** All forecasters beside each other, one column each. Nothing without one. */
export function scorePart(scores: readonly ReportScores[], currency: string): string {
  if (scores.length === 0) return ''
  const traded = scores.some(({ trading }) => trading !== null)
  const rows = [
    ...FORECASTS.map((row) => rowOf(row, scores)),
    ...(traded
      ? TRADING.map((row, i) =>
          rowOf(
            row,
            scores.map(({ trading }) => trading),
            i === 0,
          ),
        )
      : []),
  ]
  const heads = scores.map(({ name }) => `<th scope="col">${escaped(name)}</th>`).join('')
  const money = traded ? ` Trading is in the simulated venue, after costs; turnover and fees in ${currency}.` : ''
  const best = scores.length > 1 ? ' The best of each row is bold with a star.' : ''
  const about = `<p>↓ less is better, ↑ more is better.${best}${escaped(money)} Class error: expected calibration error of the class probabilities.</p>`
  return `${about}<div class="scroll" tabindex="0"><table class="scores"><thead><tr><th></th>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

const ARROWS = { less: ' ↓', more: ' ↑', neither: '' } as const

/** `scored`: null where it was not traded. */
function rowOf<T>({ name, value, text, better }: ScoreRow<T>, scored: readonly (T | null)[], isFirst = false): string {
  const values = scored.map((each) => (each === null ? null : value(each)))
  const best = bestOf(values, better)
  const cells = values.map((each, i) => {
    if (scored[i] === null) return '<td class="none">not traded</td>'
    if (each === null || !Number.isFinite(each)) return `<td class="none">${NOT_ENOUGH}</td>`
    return each === best ? `<td class="best">★ ${text(each)}</td>` : `<td>${text(each)}</td>`
  })
  return `<tr${isFirst ? ' class="first"' : ''}><th scope="row">${name}${ARROWS[better]}</th>${cells.join('')}</tr>`
}

/** Undefined where there is nothing to compare. */
function bestOf(values: readonly (number | null)[], better: ScoreRow<never>['better']): number | undefined {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as readonly number[]
  const [low, high] = [Math.min(...known), Math.max(...known)]
  if (known.length < 2 || low === high || better === 'neither') return undefined
  return better === 'less' ? low : high
}
