import { type ChartFrame, chartFrame, chartSvg } from '../backtest/chart-frame.ts'
import { axisText, countText, moneyText, percentText } from '../backtest/number-text.ts'
import { thinIndices } from '../backtest/thin-curve.ts'
import { escaped, px } from '../model/svg.ts'
import { card } from './card.ts'
import { rangeOf } from './chart-range.ts'
import { drawLine, legend } from './draw-line.ts'
import { timeTicks } from './time-ticks.ts'
import type { ReportEquity } from './training-report-data.ts'

/** As many as can be told apart. */
const CURVES_MAX = 6
/** The chart is 278 pixels wide on a phone; extremes of each column are kept. */
const COLUMNS = 278
const FLAT = 'flat'

interface Curve {
  readonly name: string
  readonly style: string
  readonly at: readonly number[]
  readonly equity: readonly number[]
  /** 0 at a peak, −0.1 a tenth below. */
  readonly drawdown: readonly number[]
  readonly last: number
}

/** Equity and drawdown of all that was traded, beside doing nothing. Nothing without a point. */
export function equityPart(all: readonly ReportEquity[], currency: string): string {
  const filled = all.filter(({ equity }) => equity.some(Number.isFinite))
  if (filled.length === 0) return ''
  const curves = filled.slice(0, CURVES_MAX).map(curveOf)
  const times = curves.flatMap(({ at }) => [at[0]!, at.at(-1)!])
  const span = [Math.min(...times), Math.max(...times)] as const
  const start = filled[0]!.equity.find(Number.isFinite)!
  const flat = filled.some(({ name }) => name === FLAT) ? [] : [{ name: `${FLAT}: no position`, style: 'flat' }]
  const named = curves.map(({ name, style, last }) => ({ style, name: `${name}: ${moneyText(last)} ${currency}` }))
  const rest = filled.slice(CURVES_MAX).map(({ name }) => name)
  const omitted =
    rest.length === 0 ? '' : `<p>Not drawn: ${countText(rest.length, 'more curve')} (${escaped(rest.join(', '))}).</p>`
  const cards = [
    card(`Equity after costs, ${escaped(currency)}`, equityChart(curves, span, flat.length > 0 ? start : undefined)),
    card('Below the highest so far', drawdownChart(curves, span)),
  ]
  return `${legend([...named, ...flat])}<div class="cards">${cards.join('')}</div>${omitted}`
}

function curveOf({ name, at, equity }: ReportEquity, index: number): Curve {
  const below = drawdownOf(equity)
  const kept = thinIndices(Float64Array.from(at), [Float64Array.from(equity), Float64Array.from(below)], COLUMNS)
  const pick = (values: readonly number[]): readonly number[] => kept.map((i) => values[i]!)
  const last = equity.findLast(Number.isFinite)!
  return { name, style: `l${index}`, at: pick(at), equity: pick(equity), drawdown: pick(below), last }
}

function drawdownOf(equity: readonly number[]): readonly number[] {
  let peak = 0
  return equity.map((value) => {
    if (!Number.isFinite(value)) return Number.NaN
    peak = Math.max(peak, value)
    return peak > 0 ? value / peak - 1 : Number.NaN
  })
}

type Span = readonly [from: number, to: number]

function equityChart(curves: readonly Curve[], span: Span, start: number | undefined): string {
  const values = curves.flatMap(({ equity }) => equity)
  const frame = timeFrame(span, rangeOf(values), axisText)
  const [left, right] = span.map((at) => px(frame.x(at)))
  const level = start === undefined ? '' : px(frame.y(start))
  const flat = level === '' ? '' : `<line class="line flat" x1="${left!}" x2="${right!}" y1="${level}" y2="${level}"/>`
  const lines = curves.map(({ at, equity, style }) => drawLine(placesOf(frame, at, equity), style))
  // The model, which is the first, lies above the others.
  return chartSvg('Equity over time', frame.svg + flat + lines.toReversed().join(''))
}

function drawdownChart(curves: readonly Curve[], span: Span): string {
  const deepest = rangeOf(curves.flatMap(({ drawdown }) => drawdown))[0]
  const frame = timeFrame(span, [Math.min(deepest, -1e-4), 0], percentAxis(-deepest))
  const lines = curves.map(({ at, drawdown, style }) => drawLine(placesOf(frame, at, drawdown), style))
  return chartSvg('Drawdown over time', frame.svg + lines.toReversed().join(''))
}

/** Decimals as the deepest of all asks for. */
function percentAxis(deepest: number): (value: number) => string {
  const decimals = deepest > 0.05 ? 0 : deepest > 0.005 ? 1 : 2
  return (value) => percentText(value, decimals)
}

function timeFrame(span: Span, y: Span, yText: (value: number) => string): ChartFrame {
  const { ticks, text } = timeTicks(...span)
  return chartFrame({ x: span, y, xLabel: 'UTC', yLabel: '', xText: text, yText, xTicks: ticks })
}

const placesOf = ({ x, y }: ChartFrame, at: readonly number[], values: readonly number[]) =>
  at.map((time, i) => [x(time), y(values[i]!)] as const)
