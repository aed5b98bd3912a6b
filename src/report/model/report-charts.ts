import type { Manifest } from '../../model/bundle/manifest.ts'
import type { Coverage } from './metric-rows.ts'
import { plotFrame, plotSvg } from './plot-frame.ts'
import { px } from './svg.ts'

const TRAIN = '#2f63a8'
const VALIDATION = '#b2491d'

type Training = NonNullable<Manifest['training']>

/** Loss by epoch, train and validation, with the epoch whose weights are kept. */
export function lossChart({ losses, bestEpoch, epochs }: Training): string {
  const all = [...losses.train, ...losses.validation]
  const { x, y, svg } = plotFrame({
    x: [1, epochs],
    y: [Math.min(...all), Math.max(...all)],
    ...{ xLabel: 'epoch', yLabel: 'loss' },
  })
  const line = (values: readonly number[], colour: string): string => {
    const points = values.map((value, at) => `${px(x(at + 1))},${px(y(value))}`)
    // One epoch is a point, not a line.
    const dot = values.length === 1 ? `<circle cx="${px(x(1))}" cy="${px(y(values[0]!))}" r="3" fill="${colour}"/>` : ''
    return `${dot}<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.8"/>`
  }
  const best = losses.validation[bestEpoch - 1]!
  const mark = `<circle cx="${px(x(bestEpoch))}" cy="${px(y(best))}" r="4.5" fill="#fff" stroke="${VALIDATION}" stroke-width="2"/>`
  return plotSvg('Loss by epoch', `${svg}${line(losses.train, TRAIN)}${line(losses.validation, VALIDATION)}${mark}`)
}

/** Observed share below each quantile against what it should be; bars are the 95 % band of a right forecast. */
export function reliabilityChart(rows: readonly Coverage[]): string {
  const { x, y, svg } = plotFrame({
    ...{ x: [0, 1], y: [0, 1], percent: true },
    ...{ xLabel: 'quantile level', yLabel: 'share of returns below' },
  })
  const diagonal = `<line x1="${px(x(0))}" y1="${px(y(0))}" x2="${px(x(1))}" y2="${px(y(1))}" stroke="#aab2bd" stroke-dasharray="4 3"/>`
  const points = rows.map(({ level, observed, low, high }) => {
    const band = `<line x1="${px(x(level))}" x2="${px(x(level))}" y1="${px(y(low))}" y2="${px(y(high))}" stroke="${TRAIN}" stroke-opacity="0.3" stroke-width="9"/>`
    const colour = observed >= low && observed <= high ? TRAIN : VALIDATION
    return `${band}<circle cx="${px(x(level))}" cy="${px(y(observed))}" r="4" fill="${colour}"/>`
  })
  return plotSvg('Coverage of the quantiles', `${svg}${diagonal}${points.join('')}`)
}
