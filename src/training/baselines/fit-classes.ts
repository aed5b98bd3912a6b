import type { Dataset, Split } from '../dataset.ts'
import { fitScaler, scaledRows } from '../scaler.ts'
import { classOf, logLoss } from '../scores.ts'
import type { BaselineFit } from './baseline-fit.ts'
import type { LogisticModel } from './fit-logistic.ts'
import { fitLogistic, logisticProbabilities } from './fit-logistic.ts'
import { windowSummary } from './window-summary.ts'

/** On squared weights of scaled columns. */
const PENALTIES = [0.001, 0.01, 0.1] as const
const CLASSES = 3

/** Multinomial logistic regression of down, flat, up on the window's summary; everything else as `constant`, which knows no inputs. */
export function fitClasses(dataset: Dataset, split: Split, thresholdBps: number, constant: BaselineFit): BaselineFit {
  const summary = windowSummary(dataset)
  const scaler = fitScaler(summary, split.train)
  const sliceOf = (rows: Int32Array) => ({
    x: scaledRows(summary, rows, scaler),
    y: Array.from(rows, (row) => classOf(dataset.targetsBps[row]!, thresholdBps)),
  })
  const train = sliceOf(split.train)
  const validation = sliceOf(split.validation)
  const width = summary.shape.featureNames.length
  const models = PENALTIES.map((penalty) => fitLogistic({ ...train, width, classes: CLASSES, penalty }))
  const losses = models.map((model) => meanLogLoss(model, validation.x, validation.y))
  const best = models[losses.indexOf(Math.min(...losses))]!
  return {
    name: 'logistic',
    forecast(data) {
      const rows = Int32Array.from({ length: data.rows }, (_, row) => row)
      const probabilities = logisticProbabilities(best, scaledRows(windowSummary(data), rows, scaler))
      return { ...constant.forecast(data), classes: Float32Array.from(probabilities) }
    },
  }
}

const meanLogLoss = (model: LogisticModel, x: Float64Array, y: readonly number[]): number => {
  const probabilities = logisticProbabilities(model, x)
  return y.reduce((sum, kind, row) => sum + logLoss(probabilities[row * CLASSES + kind]!), 0) / y.length
}
