import { escaped, px } from '../model/svg.ts'
import { chartFrame, chartSvg } from './chart-frame.ts'
import { axisText, signedMoneyText } from './number-text.ts'

export interface BarChart {
  readonly label: string
  readonly xLabel: string
  readonly yLabel: string
  readonly names: readonly string[]
  readonly values: readonly number[]
  /** Every so many names are written below. */
  readonly nameEach: number
}

/** Of a bar, in steps between bars. */
const HALF = 0.4

/** Bars up and down from zero. */
export function barChart({ label, xLabel, yLabel, names, values, nameEach }: BarChart): string {
  const places = names.map((_, at) => at).filter((at) => at % nameEach === 0)
  const { x, y, svg } = chartFrame({
    ...{ x: [-0.5, names.length - 0.5], y: [Math.min(0, ...values), Math.max(0, ...values)] },
    ...{ xLabel, yLabel, xTicks: places },
    xText: (at) => names[at] ?? '',
    yText: axisText,
  })
  const bars = values.map((value, at) => {
    const [top, bottom] = [y(Math.max(0, value)), y(Math.min(0, value))]
    const shape = `x="${px(x(at - HALF))}" y="${px(top)}" width="${px(x(at + HALF) - x(at - HALF))}" height="${px(bottom - top)}"`
    return `<rect class="${value >= 0 ? 'gain' : 'loss'}" ${shape}><title>${escaped(names[at] ?? '')}: ${signedMoneyText(value)}</title></rect>`
  })
  return chartSvg(label, svg + bars.join(''))
}
