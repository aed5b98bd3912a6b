import { axisTicks } from '../model/plot-frame.ts'
import { escaped, px } from '../model/svg.ts'

/** Drawn for a narrow phone, where one unit is one pixel; wider screens scale it up. Colours are classes of `page-style.ts`. */
export const CHART_WIDTH = 340
export const CHART_HEIGHT = 230
const LEFT = 46
const RIGHT = 16
const TOP = 8
const BOTTOM = 38

export interface ChartAxes {
  readonly x: readonly [from: number, to: number]
  readonly y: readonly [from: number, to: number]
  readonly xLabel: string
  readonly yLabel: string
  readonly xText: (value: number) => string
  readonly yText: (value: number) => string
  /** Where labels stand; without it round numbers. */
  readonly xTicks?: readonly number[]
  readonly yTicks?: readonly number[]
}

export interface ChartFrame {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  /** Grid and labels. */
  readonly svg: string
}

export function chartFrame(axes: ChartAxes): ChartFrame {
  const [xFrom, xTo] = widened(axes.x)
  const [yFrom, yTo] = widened(axes.y)
  const [right, bottom] = [CHART_WIDTH - RIGHT, CHART_HEIGHT - BOTTOM]
  const x = (value: number): number => LEFT + ((value - xFrom) / (xTo - xFrom)) * (right - LEFT)
  const y = (value: number): number => bottom - ((value - yFrom) / (yTo - yFrom)) * (bottom - TOP)
  const rows = (axes.yTicks ?? axisTicks(yFrom, yTo)).map((value) => {
    const at = px(y(value))
    const line = `<line class="${value === 0 ? 'axis' : 'grid'}" x1="${LEFT}" x2="${right}" y1="${at}" y2="${at}"/>`
    return `${line}<text x="${LEFT - 5}" y="${px(y(value) + 3.5)}" text-anchor="end">${escaped(axes.yText(value))}</text>`
  })
  const columns = (axes.xTicks ?? axisTicks(xFrom, xTo)).map(
    (value) => `<text x="${px(x(value))}" y="${bottom + 14}" text-anchor="middle">${escaped(axes.xText(value))}</text>`,
  )
  const labels = [
    labelText(axes.xLabel, `x="${px((LEFT + right) / 2)}" y="${CHART_HEIGHT - 6}"`),
    labelText(axes.yLabel, `transform="translate(10 ${px((TOP + bottom) / 2)}) rotate(-90)"`),
  ]
  return { x, y, svg: [...rows, ...columns, ...labels].join('') }
}

const labelText = (label: string, place: string): string =>
  label === '' ? '' : `<text ${place} text-anchor="middle">${escaped(label)}</text>`

/** `label` is what a reader who does not see is told. */
export const chartSvg = (label: string, content: string, height = CHART_HEIGHT): string =>
  `<svg class="chart" viewBox="0 0 ${CHART_WIDTH} ${px(height)}" role="img" aria-label="${escaped(label)}">${content}</svg>`

const widened = ([from, to]: readonly [number, number]): readonly [number, number] =>
  to > from ? [from, to] : [from - 0.5, from + 0.5]
