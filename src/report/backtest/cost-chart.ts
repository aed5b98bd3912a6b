import { escaped, px } from '../model/svg.ts'
import { CHART_WIDTH, chartSvg } from './chart-frame.ts'
import type { CostStep } from './cost-steps.ts'
import { signedMoneyText } from './number-text.ts'

const ROW = 30
const BAR = 14
const LEFT = 4
const RIGHT = 4

/** Waterfall, one row a step: sums stand on zero, costs hang between the profit before and after them. */
export function costChart(steps: readonly CostStep[], currency: string): string {
  const spans = spansOf(steps)
  const [low, high] = [Math.min(0, ...spans.flat()), Math.max(0, ...spans.flat())]
  const x = (value: number): number =>
    high > low ? LEFT + ((value - low) / (high - low)) * (CHART_WIDTH - LEFT - RIGHT) : LEFT
  const height = steps.length * ROW + 4
  const rows = steps.map(({ name, value, isSum }, at) => {
    const [from, to] = spans[at]!
    const top = at * ROW + 14
    const kind = value >= 0 ? 'gain' : 'loss'
    const bar = `<rect class="${kind}${isSum ? '' : ' part'}" x="${px(x(from))}" y="${top}" width="${px(Math.max(1, x(to) - x(from)))}" height="${BAR - 3}" rx="1.5"/>`
    const text = `<text x="${LEFT}" y="${top - 3}"${isSum ? ' class="strong"' : ''}>${escaped(name)}</text>`
    const figure = `<text x="${CHART_WIDTH - RIGHT}" y="${top - 3}" text-anchor="end"${isSum ? ' class="strong"' : ''}>${signedMoneyText(value)}</text>`
    const zero = `<line class="axis" x1="${px(x(0))}" x2="${px(x(0))}" y1="${top - 1}" y2="${top + BAR - 2}"/>`
    return bar + zero + text + figure
  })
  return chartSvg(`From profit before costs to net profit, ${currency}`, rows.join(''), height)
}

/** Left and right end of each bar. */
function spansOf(steps: readonly CostStep[]): readonly (readonly [number, number])[] {
  let level = 0
  return steps.map(({ value, isSum }) => {
    const before = isSum ? 0 : level
    level = before + value
    return [Math.min(before, level), Math.max(before, level)]
  })
}
