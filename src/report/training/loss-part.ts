import { CHART_HEIGHT, type ChartFrame, chartFrame, chartSvg } from '../backtest/chart-frame.ts'
import { axisText } from '../backtest/number-text.ts'
import { plainTable } from '../backtest/plain-table.ts'
import { axisTicks } from '../model/plot-frame.ts'
import { px } from '../model/svg.ts'
import { card } from './card.ts'
import { decadeTicks, rangeOf, spansDecades } from './chart-range.ts'
import { drawLine, legend } from './draw-line.ts'
import { significantText } from './significant-text.ts'
import type { TrainingReportData } from './training-report-data.ts'

type Losses = NonNullable<TrainingReportData['losses']>

const TRAIN = 'l0'
const VALIDATION = 'l1'
/** More epochs than a phone has pixels are drawn thinner. */
const EPOCHS_MAX = 1_000

/** Train and validation loss, with the epoch whose weights are kept. Nothing without epochs. */
export function lossPart(losses: Losses): string {
  const { train, validation, bestEpoch } = losses
  const epochs = Math.max(train.length, validation.length)
  if (epochs === 0) return ''
  const keys = legend([
    { name: 'train', style: TRAIN },
    { name: 'validation', style: VALIDATION },
  ])
  const rows = [
    ['epochs', significantText(epochs)],
    ['kept epoch', significantText(bestEpoch)],
    ['its train loss', lossAt(train, bestEpoch)],
    ['its validation loss', lossAt(validation, bestEpoch)],
    ['last train loss', lossAt(train, train.length)],
    ['last validation loss', lossAt(validation, validation.length)],
  ]
  return `<div class="cards">${card('Curves', keys + lossChart(losses, epochs))}${card('Kept epoch', plainTable([], rows, 'facts'))}</div>`
}

const lossAt = (losses: readonly number[], epoch: number): string => significantText(losses[epoch - 1] ?? Number.NaN)

function lossChart({ train, validation, bestEpoch }: Losses, epochs: number): string {
  const isLog = spansDecades([...train, ...validation])
  const scaled = (values: readonly number[]): readonly number[] => (isLog ? values.map(Math.log10) : values)
  const [ofTrain, ofValidation] = [scaled(train), scaled(validation)]
  const range = rangeOf([...ofTrain, ...ofValidation])
  const frame = chartFrame({
    ...{ x: [1, epochs], y: range, xLabel: 'epoch', yLabel: isLog ? 'loss, logarithmic' : 'loss' },
    xTicks: axisTicks(epochs > 1 ? 1 : 0.5, Math.max(1.5, epochs)).filter(Number.isInteger),
    xText: axisText,
    yText: (value) => axisText(isLog ? 10 ** value : value),
    ...(isLog && { yTicks: decadeTicks(...range) }),
  })
  const lines = drawLine(placesOf(ofTrain, frame), TRAIN) + drawLine(placesOf(ofValidation, frame), VALIDATION)
  return chartSvg(
    'Loss by epoch',
    frame.svg + keptLine(frame, bestEpoch) + lines + keptDot(frame, bestEpoch, ofValidation),
  )
}

function placesOf(values: readonly number[], { x, y }: ChartFrame): readonly (readonly [number, number])[] {
  const each = Math.ceil(values.length / EPOCHS_MAX)
  return values.flatMap((value, at) =>
    at % each === 0 || at === values.length - 1 ? [[x(at + 1), y(value)] as const] : [],
  )
}

const keptLine = ({ x }: ChartFrame, epoch: number): string =>
  `<line class="keptline" x1="${px(x(epoch))}" x2="${px(x(epoch))}" y1="8" y2="${CHART_HEIGHT - 38}"/>`

function keptDot({ x, y }: ChartFrame, epoch: number, validation: readonly number[]): string {
  const loss = validation[epoch - 1] ?? Number.NaN
  if (!Number.isFinite(loss)) return ''
  return `<circle class="kept" cx="${px(x(epoch))}" cy="${px(y(loss))}" r="4"><title>epoch ${epoch} is kept</title></circle>`
}
