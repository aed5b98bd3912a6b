import type { DecileMean, ForecastCalibration, LevelCoverage } from '../metrics/calibration.ts'
import type { ClassReliability } from '../metrics/class-reliability.ts'
import type { NotEnough } from '../metrics/metric.ts'
import { escaped, px } from '../model/svg.ts'
import { type ChartFrame, chartFrame, chartSvg } from './chart-frame.ts'
import { NOT_ENOUGH } from './metric-text.ts'
import { axisText, numberText, percentText } from './number-text.ts'

/** How far the forecasts could be taken at their word. */
export function calibrationPart(calibration: ForecastCalibration | NotEnough): string {
  if ('notEnough' in calibration) return `<p>Forecasts: ${NOT_ENOUGH} (${escaped(calibration.notEnough)}).</p>`
  const cards = [
    card('Quantiles', quantilesText(calibration), coverageChart(calibration.levels)),
    card('Probabilities', classesText(calibration.classes), reliabilityChart(calibration.classes)),
    card('Mean forecast', directionText(calibration), decileChart(calibration.deciles)),
  ]
  const about = `${numberText(calibration.count, 0)} forecasts, of which ${numberText(calibration.independent, 0)} do not overlap; bands of 95 % count those. On the dashed line a forecast says what comes.`
  return `<p>${escaped(about)}</p><div class="cards three">${cards.join('')}</div>`
}

const card = (title: string, text: string, chart: string): string =>
  `<div class="card"><h3>${title}</h3>${chart}<p>${escaped(text)}</p></div>`

const percentAxis = (value: number): string => percentText(value, 0)

function diagonal({ x, y }: ChartFrame, [from, to]: readonly [number, number]): string {
  return `<line class="ideal" x1="${px(x(from))}" y1="${px(y(from))}" x2="${px(x(to))}" y2="${px(y(to))}"/>`
}

function coverageChart(levels: readonly LevelCoverage[]): string {
  const frame = chartFrame({
    ...{ x: [0, 1], y: [0, 1], xLabel: 'quantile level', yLabel: 'outcomes at or below' },
    ...{ xText: percentAxis, yText: percentAxis },
  })
  const { x, y } = frame
  const points = levels.map(({ level, coverage, low, high }) => {
    const band = `<line class="band" x1="${px(x(level))}" x2="${px(x(level))}" y1="${px(y(low))}" y2="${px(y(high))}"/>`
    const inside = low <= level && level <= high
    return `${band}<circle class="dot${inside ? '' : ' off'}" cx="${px(x(level))}" cy="${px(y(coverage))}" r="3"><title>${percentText(level)}: ${percentText(coverage)}</title></circle>`
  })
  return chartSvg('Coverage of the quantiles', frame.svg + diagonal(frame, [0, 1]) + points.join(''))
}

function quantilesText({ levels, pinballBps }: ForecastCalibration): string {
  const off = levels.filter(({ level, low, high }) => level < low || level > high).length
  const always = levels.reduce((sum, { pinballOfOutcomesBps }) => sum + pinballOfOutcomesBps, 0) / levels.length
  const told = off === 0 ? 'All levels hold' : `${off} of ${levels.length} levels do not hold (red)`
  return `${told}. Pinball loss ${numberText(pinballBps, 3)} bps; always saying the record's own quantiles: ${numberText(always, 3)} bps.`
}

const CLASS_STYLE = { down: 'loss', flat: 'muted', up: 'gain' } as const

function reliabilityChart({ bins }: ClassReliability): string {
  const frame = chartFrame({
    ...{ x: [0, 1], y: [0, 1], xLabel: 'probability said', yLabel: 'share that came' },
    ...{ xText: percentAxis, yText: percentAxis },
  })
  const most = Math.max(1, ...bins.flatMap(({ bins: tenths }) => tenths.map(({ count }) => count)))
  const marks = bins.flatMap(({ name, bins: tenths }) =>
    tenths.flatMap(({ count, meanProbability, frequency }) => {
      if (meanProbability === null || frequency === null) return []
      const radius = 2 + 5 * Math.sqrt(count / most)
      const told = `${name}: said ${percentText(meanProbability)}, came ${percentText(frequency)}, ${numberText(count, 0)} forecasts`
      return `<circle class="class-${CLASS_STYLE[name]}" cx="${px(frame.x(meanProbability))}" cy="${px(frame.y(frequency))}" r="${px(radius)}"><title>${told}</title></circle>`
    }),
  )
  return chartSvg('Reliability of the class probabilities', frame.svg + diagonal(frame, [0, 1]) + marks.join(''))
}

const classesText = ({ brier, brierOfShares, expectedError }: ClassReliability): string =>
  `Green up, red down, grey flat; larger dots, more forecasts. Brier score ${numberText(brier, 4)}; always saying the record's own shares: ${numberText(brierOfShares, 4)}. Expected calibration error ${percentText(expectedError)}.`

function decileChart(deciles: readonly DecileMean[]): string {
  const said = deciles.map(({ meanForecastBps }) => meanForecastBps)
  const came = deciles.map(({ meanRealisedBps }) => meanRealisedBps)
  const span: readonly [number, number] = [Math.min(...said), Math.max(...said)]
  const frame = chartFrame({
    ...{ x: span, y: [Math.min(0, ...said, ...came), Math.max(0, ...said, ...came)] },
    ...{ xLabel: 'mean forecast of a tenth, bps', yLabel: 'mean outcome, bps', xText: axisText, yText: axisText },
  })
  const points = deciles.map(({ meanForecastBps, meanRealisedBps }) => [
    frame.x(meanForecastBps),
    frame.y(meanRealisedBps),
  ])
  const line = `<polyline class="said" points="${points.map(([x, y]) => `${px(x!)},${px(y!)}`).join(' ')}"/>`
  const dots = points.map(([x, y]) => `<circle class="dot" cx="${px(x!)}" cy="${px(y!)}" r="3"/>`)
  return chartSvg('Mean outcome by tenths of the forecast', frame.svg + diagonal(frame, span) + line + dots.join(''))
}

function directionText({ direction }: ForecastCalibration): string {
  if ('notEnough' in direction) return `Direction: ${NOT_ENOUGH} (${direction.notEnough}).`
  const { rate, low, high, count } = direction
  const told = low > 0.5 ? 'better than a coin' : high < 0.5 ? 'worse than a coin' : 'no better than a coin'
  return `Right direction in ${percentText(rate)} of ${numberText(count, 0)} (95 %: ${percentText(low)} to ${percentText(high)}): ${told}.`
}
