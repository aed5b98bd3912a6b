import { escaped, figure, px } from './svg.ts'

/** From values to pixels of one chart. */
export interface PlotFrame {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  /** Axes, grid and labels. */
  readonly svg: string
}

export interface PlotAxes {
  readonly x: readonly [from: number, to: number]
  readonly y: readonly [from: number, to: number]
  readonly xLabel: string
  readonly yLabel: string
  readonly percent?: boolean
}

export const PLOT_WIDTH = 560
export const PLOT_HEIGHT = 300
const LEFT = 62
const RIGHT = 16
const TOP = 12
const BOTTOM = 44
const GRID = 5

/** Axes with round numbers. A range of no width gets one. */
export function plotFrame({ x: xs, y: ys, xLabel, yLabel, percent = false }: PlotAxes): PlotFrame {
  const [xFrom, xTo] = widened(xs)
  const [yFrom, yTo] = widened(ys)
  const x = (value: number): number => LEFT + ((value - xFrom) / (xTo - xFrom)) * (PLOT_WIDTH - LEFT - RIGHT)
  const y = (value: number): number =>
    PLOT_HEIGHT - BOTTOM - ((value - yFrom) / (yTo - yFrom)) * (PLOT_HEIGHT - TOP - BOTTOM)
  const shown = (value: number): string => (percent ? `${figure(100 * value)} %` : figure(value))
  const [bottom, right] = [PLOT_HEIGHT - BOTTOM, PLOT_WIDTH - RIGHT]
  const svg = [
    ...axisTicks(yFrom, yTo).map(
      (value) =>
        `<line x1="${LEFT}" x2="${right}" y1="${px(y(value))}" y2="${px(y(value))}" stroke="#e4e7eb"/><text x="${LEFT - 8}" y="${px(y(value) + 4)}" text-anchor="end">${shown(value)}</text>`,
    ),
    ...axisTicks(xFrom, xTo).map(
      (value) => `<text x="${px(x(value))}" y="${bottom + 17}" text-anchor="middle">${shown(value)}</text>`,
    ),
    `<line x1="${LEFT}" x2="${right}" y1="${bottom}" y2="${bottom}" stroke="#8b94a1"/>`,
    `<text x="${px((LEFT + right) / 2)}" y="${PLOT_HEIGHT - 8}" text-anchor="middle">${escaped(xLabel)}</text>`,
    `<text transform="translate(13 ${px((TOP + bottom) / 2)}) rotate(-90)" text-anchor="middle">${escaped(yLabel)}</text>`,
  ]
  return { x, y, svg: svg.join('') }
}

export const plotSvg = (label: string, content: string): string =>
  `<svg class="plot" viewBox="0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}" role="img" aria-label="${escaped(label)}" font-size="11" fill="#59626f">${content}</svg>`

const widened = ([from, to]: readonly [number, number]): readonly [number, number] =>
  to > from ? [from, to] : [from - 0.5, from + 0.5]

/** About five multiples of 1, 2 or 5 × 10ⁿ within the range. */
export function axisTicks(from: number, to: number): readonly number[] {
  const rough = (to - from) / GRID
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? 10 * power
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}
