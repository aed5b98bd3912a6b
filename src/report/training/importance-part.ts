import { CHART_WIDTH, chartSvg } from '../backtest/chart-frame.ts'
import { countText, numberText } from '../backtest/number-text.ts'
import { clipped, escaped, px } from '../model/svg.ts'
import type { TrainingReportData } from './training-report-data.ts'

type Importance = NonNullable<TrainingReportData['importance']>

const FEATURES_MAX = 40
/** One column of bars up to here, two above. */
const COLUMN_MAX = 14
const ROW = 27
const NAME_MAX = 32

/** Bars with whiskers of one deviation, most important first. Nothing without a feature. */
export function importancePart(importance: Importance): string {
  if (importance.length === 0) return ''
  const shown = importance.slice(0, FEATURES_MAX)
  const x = scaleOf(shown)
  const decimals = decimalsOf(shown)
  const columns = shown.length > COLUMN_MAX ? 2 : 1
  const size = Math.ceil(shown.length / columns)
  const charts = Array.from({ length: columns }, (_, i) => {
    const label = i === 0 ? 'Importance of the features' : 'Importance, the rest'
    return `<div class="card">${barRows(shown.slice(i * size, (i + 1) * size), { x, decimals }, label)}</div>`
  })
  const omitted = importance.length - shown.length
  const rest = omitted > 0 ? ` ${countText(omitted, 'feature')} of less importance not shown.` : ''
  const about = `How much the CRPS rises, in basis points, when a column is shuffled; whiskers are one standard deviation either way. A bar at or left of the line: the model did as well without it.${rest}`
  return `<p>${about}</p><div class="cards">${charts.join('')}</div>`
}

/** One scale for all bars, zero on it. */
function scaleOf(rows: Importance): (value: number) => number {
  const ends = rows.flatMap(({ riseBps, deviationBps }) => [
    riseBps - spread(deviationBps),
    riseBps + spread(deviationBps),
  ])
  const finite = ends.filter(Number.isFinite)
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)]
  return (value) => (high > low ? 4 + ((value - low) / (high - low)) * (CHART_WIDTH - 8) : 4)
}

const spread = (deviation: number): number => (Number.isFinite(deviation) ? deviation : 0)

/** For three digits of the greatest rise. */
function decimalsOf(rows: Importance): number {
  const greatest = Math.max(0, ...rows.flatMap(({ riseBps }) => (Number.isFinite(riseBps) ? [Math.abs(riseBps)] : [])))
  return greatest > 0 ? Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(greatest)))) : 2
}

interface BarScale {
  readonly x: (value: number) => number
  readonly decimals: number
}

function barRows(rows: Importance, { x, decimals }: BarScale, label: string): string {
  const drawn = rows.map(({ feature, riseBps, deviationBps }, at) => {
    const top = at * ROW + 14
    const value = Number.isFinite(riseBps) ? riseBps : 0
    const [from, to] = [x(Math.min(0, value)), x(Math.max(0, value))]
    const [low, high, middle] = [x(value - spread(deviationBps)), x(value + spread(deviationBps)), top + 4.5]
    return [
      `<text x="4" y="${top - 3}">${escaped(clipped(feature, NAME_MAX))}<title>${escaped(feature)}</title></text>`,
      `<text x="${CHART_WIDTH - 4}" y="${top - 3}" text-anchor="end">${numberText(riseBps, decimals)} ± ${numberText(deviationBps, decimals)}</text>`,
      `<rect class="bar${value < 0 ? ' down' : ''}" x="${px(from)}" y="${top}" width="${px(Math.max(0.5, to - from))}" height="9" rx="1"/>`,
      `<path class="whisker" d="M${px(low)},${px(middle)}H${px(high)}M${px(low)},${px(middle - 2.5)}v5M${px(high)},${px(middle - 2.5)}v5"/>`,
      `<line class="axis" x1="${px(x(0))}" x2="${px(x(0))}" y1="${top - 1}" y2="${top + 10}"/>`,
    ].join('')
  })
  return chartSvg(label, drawn.join(''), rows.length * ROW + 4)
}
