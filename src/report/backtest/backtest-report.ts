import type { BacktestMetrics } from '../metrics/backtest-metrics.ts'
import { buyAndHold } from '../metrics/buy-and-hold.ts'
import { forecastCalibration } from '../metrics/calibration.ts'
import type { TimeSlot } from '../metrics/profit-by-time.ts'
import { escaped } from '../model/svg.ts'
import type { RunAbout } from './about.ts'
import { barChart } from './bar-chart.ts'
import { calibrationPart } from './calibration-part.ts'
import { costPart } from './cost-part.ts'
import {
  drawdownChart,
  type EquityBand,
  equityChart,
  marksEach,
  PRICE_CHARTS_MAX,
  priceCharts,
} from './curve-charts.ts'
import { limitsPart, madeOf } from './made-of.ts'
import { besideTable, metricTiles, symbolTable } from './metric-tiles.ts'
import { countText, moneyText } from './number-text.ts'
import { PAGE_STYLE } from './page-style.ts'
import type { BacktestRecord } from './record.ts'
import type { CurveChart, ReportPage } from './report-page.ts'
import { tradeTable } from './trade-table.ts'
import { unbroken } from './unbroken.ts'
import { spanText, utcDay } from './utc-text.ts'
import { verdictOf, type Worth } from './verdict.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** One page about a run, for people. Equal runs give equal bytes. `calibration`: of its forecasts, where it is known already. */
export function backtestReport(
  record: BacktestRecord,
  metrics: BacktestMetrics,
  about: RunAbout,
  calibration = forecastCalibration(record),
): ReportPage {
  const { currency, trips } = record
  const prices = priceCharts(record)
  const { worth, text } = verdictOf(record, metrics)
  const body = [
    `<h1>${escaped(about.title)}</h1>${factsOf(record)}`,
    `<p class="verdict ${TONES[worth]}">${escaped(text)}</p>`,
    metricTiles(metrics),
    section('Equity', equityPart(metrics)),
    section('Beside doing nothing', besideTable(metrics) + symbolTable(metrics)),
    section('Price and trades', pricePart(record, prices)),
    section('Forecasts against outcomes', calibrationPart(calibration)),
    section('When it was earned', clockPart(record, metrics)),
    section('Costs', costPart(record)),
    section(`Trades (${trips.length.toLocaleString('en-US')})`, tradeTable(trips, currency)),
    section('What this simulation cannot show', limitsPart(about.source)),
    section('What the run was made of', madeOf(about)),
  ]
  const held = { label: 'buy and hold', ...buyAndHold(record, metrics.buyAndHold.feeRate) }
  const charts = [equityChart(record, held, bandOf(metrics)), drawdownChart(record), ...prices]
  return { title: about.title, body: unbroken(body.join('\n')), style: PAGE_STYLE, charts }
}

const TONES: Readonly<Record<Worth, string>> = { idle: '', worse: 'loss', unproven: '', searched: '', better: 'gain' }

/** Between the outer levels, where the equity of 95 % of the resamples lay. */
function bandOf({ bootstrap }: BacktestMetrics): EquityBand | null {
  if ('notEnough' in bootstrap) return null
  const { at, quantiles } = bootstrap.band
  return { label: 'resampled 95 %', at, low: quantiles[0]!, high: quantiles.at(-1)! }
}

const section = (title: string, content: string): string => `<section><h2>${escaped(title)}</h2>${content}</section>`

function factsOf({ startAt, endAt, barMs, prices, startingBalance, currency }: BacktestRecord): string {
  const facts = [
    `${utcDay(startAt)} to ${utcDay(endAt)}`,
    prices.map(({ symbol }) => symbol).join(', '),
    `bars of ${spanText(barMs)}`,
    `started with ${moneyText(startingBalance)} ${currency}`,
  ]
  return `<p>${escaped(facts.join(' · '))}</p>`
}

const ZOOM = [
  ['in', '+', 'Zoom in'],
  ['out', '−', 'Zoom out'],
  ['back', '◀', 'Earlier'],
  ['on', '▶', 'Later'],
  ['all', 'all', 'Whole span'],
] as const

/** Shown where scripts run: buttons for fingers and keys, dragging for mice. */
const zoomBar = (): string => {
  const buttons = ZOOM.map(
    ([zoom, text, label]) => `<button type="button" data-zoom="${zoom}" aria-label="${label}">${text}</button>`,
  )
  return `<div class="zoom" hidden>${buttons.join('')}</div>`
}

const place = (id: string, label: string): string =>
  `<div class="curve" id="${id}" role="img" aria-label="${escaped(label)}"></div>`

const equityPart = ({ bootstrap }: BacktestMetrics): string =>
  [
    'notEnough' in bootstrap
      ? `<p>No bootstrap band: not enough data (${escaped(bootstrap.notEnough)}).</p>`
      : '<p>The band holds 95 % of the equities that the same returns give in another order and draw.</p>',
    zoomBar(),
    place('equity', 'Equity over time'),
    '<h3>Drawdown</h3>',
    place('drawdown', 'Drawdown over time'),
    '<noscript><p>The curves need scripts; the numbers do not.</p></noscript>',
  ].join('')

function pricePart(record: BacktestRecord, charts: readonly CurveChart[]): string {
  const { prices } = record
  const parts = charts.map(({ id }, index) => {
    const curve = prices.filter(({ at }) => at.length > 0)[index]!
    const each = marksEach(record, curve)
    const note = each > 1 ? `<p>Too many trades to mark: every ${each}th is.</p>` : ''
    return `<h3>${escaped(curve.symbol)}</h3>${note}${place(id, `Price of ${curve.symbol} with trades`)}`
  })
  const missing = prices.length - charts.length
  const rest = missing > 0 ? `<p>${countText(missing, 'more symbol')}: only ${PRICE_CHARTS_MAX} are drawn.</p>` : ''
  const legend =
    '<p><span class="up">▲</span> long and <span class="down">▼</span> short entries; rings are exits, <span class="up">won</span> or <span class="down">lost</span>.</p>'
  return legend + zoomBar() + parts.join('') + rest
}

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function clockPart({ barMs, currency }: BacktestRecord, { byHour, byWeekday }: BacktestMetrics): string {
  const chart = (what: string, names: readonly string[], slots: readonly TimeSlot[], nameEach: number): string => {
    const drawn = { label: `Profit by ${what}`, xLabel: `${what}, UTC`, yLabel: currency, names, nameEach }
    return `<div class="card">${barChart({ ...drawn, values: slots.map(({ pnl }) => pnl) })}</div>`
  }
  if (barMs > DAY_MS) return '<p>Bars are longer than a day.</p>'
  const hours = barMs > HOUR_MS ? '' : chart('hour', HOURS, byHour, 3)
  const about =
    'Change of equity over the bars that began then, so fees, funding and open positions count. Some hour and some day are always the best: that is no rule for tomorrow.'
  return `<p>${about}</p><div class="cards">${hours}${chart('weekday', WEEKDAYS, byWeekday, 1)}</div>`
}
