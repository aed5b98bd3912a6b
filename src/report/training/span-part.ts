import { CHART_WIDTH, chartSvg } from '../backtest/chart-frame.ts'
import { countText, numberText } from '../backtest/number-text.ts'
import { plainTable } from '../backtest/plain-table.ts'
import { spanText, utcDay, utcMinute } from '../backtest/utc-text.ts'
import { px } from '../model/svg.ts'
import { card } from './card.ts'
import { timeTicks } from './time-ticks.ts'
import type { ReportSpan } from './training-report-data.ts'

const SPANS_MAX = 40
const ROW = 28
const LEFT = 4
const STYLES = { train: 'f0', validation: 'f1', calibration: 'f2', test: 'f3' } as const

/** Milliseconds since the epoch: rows that were left out between a span and the one that ends last before it. */
interface Gap {
  readonly from: number
  readonly to: number
}

/** Which rows were used for what, as a timeline and in figures. Nothing without a span. */
export function spanPart(all: readonly ReportSpan[]): string {
  const spans = all.slice(0, SPANS_MAX)
  if (spans.length === 0) return ''
  const gaps = spans.map((span) => gapBefore(span, spans))
  const rows = spans.map(({ name, from, to, rows: count }, i) => {
    const gap = gaps[i]
    return [name, utcMinute(from), utcMinute(to), numberText(count, 0), gap ? spanText(gap.to - gap.from) : '–']
  })
  const omitted =
    all.length > spans.length ? `<p>${countText(all.length - spans.length, 'more span')} not shown.</p>` : ''
  const about = '<p>Red: purged, so that no label or window reaches from one span into the next.</p>'
  const figures = plainTable(['', 'from, UTC', 'to', 'rows', 'gap before'], rows, 'figures')
  return `${about}<div class="cards">${card('Timeline', timeline(spans, gaps))}${card('Figures', figures)}</div>${omitted}`
}

function gapBefore({ from }: ReportSpan, spans: readonly ReportSpan[]): Gap | undefined {
  const ends = spans.flatMap(({ to }) => (to <= from ? [to] : []))
  const end = ends.reduce((latest, to) => Math.max(latest, to), Number.NEGATIVE_INFINITY)
  return Number.isFinite(end) && end < from ? { from: end, to: from } : undefined
}

function timeline(spans: readonly ReportSpan[], gaps: readonly (Gap | undefined)[]): string {
  const [first, last] = [Math.min(...spans.map(({ from }) => from)), Math.max(...spans.map(({ to }) => to))]
  const x = (at: number): number => LEFT + ((at - first) / (last - first || 1)) * (CHART_WIDTH - 2 * LEFT)
  const bar = (style: string, { from, to }: Gap, top: number, title: string): string =>
    `<rect class="${style}" x="${px(x(from))}" y="${top}" width="${px(Math.max(1.2, x(to) - x(from)))}" height="10"><title>${title}</title></rect>`
  const rows = spans.map((span, i) => {
    const top = i * ROW + 15
    const gap = gaps[i]
    return [
      `<text x="${LEFT}" y="${top - 4}" class="strong">${span.name}</text>`,
      `<text x="${CHART_WIDTH - LEFT}" y="${top - 4}" text-anchor="end">${utcDay(span.from)} to ${utcDay(span.to)}</text>`,
      `<rect class="track" x="${LEFT}" y="${top}" width="${CHART_WIDTH - 2 * LEFT}" height="10"/>`,
      bar(STYLES[span.name], span, top, `${span.name}: ${countText(span.rows, 'row')}`),
      gap ? bar('gap', gap, top, `purged: ${spanText(gap.to - gap.from)}`) : '',
    ].join('')
  })
  const bottom = spans.length * ROW + 12
  return chartSvg('Timeline of the spans', rows.join('') + timeAxis(first, last, x, bottom), bottom + 6)
}

function timeAxis(first: number, last: number, x: (at: number) => number, y: number): string {
  const { ticks, text } = timeTicks(first, last)
  const labels = ticks.map((at) => {
    const place = Math.min(Math.max(x(at), 20), CHART_WIDTH - 20)
    return `<text x="${px(place)}" y="${y}" text-anchor="middle">${text(at)}</text>`
  })
  return labels.join('')
}
