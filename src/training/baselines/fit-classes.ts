import type { Dataset, Split } from '../dataset.ts'
import type { RowBlocks } from '../row-blocks.ts'
import { fitScaler, scaledBlocks } from '../scaler.ts'
import { classOf, logLoss } from '../scores.ts'
import type { BaselineFit } from './baseline-fit.ts'
import type { LogisticModel } from './fit-logistic.ts'
import { fitLogistic, logisticProbabilities } from './fit-logistic.ts'
import { windowSummary } from './window-summary.ts'

/** On squared weights of scaled columns. */
const PENALTIES = [0.001, 0.01, 0.1] as const
const CLASSES = 3

/**
 * Multinomial logistic regression of down, flat, up on the window's `summary`, training rows by their weights; everything else as
 * `constant`, which knows no inputs.
 */
export function fitClasses(summary: Dataset, split: Split, thresholdBps: number, constant: BaselineFit): BaselineFit {
  const scaler = fitScaler(summary, split.train)
  const sliceOf = (rows: Int32Array) => ({
    x: scaledBlocks(summary.inputs, rows, scaler),
    y: Array.from(rows, (row) => classOf(summary.targetsBps[row]!, thresholdBps)),
  })
  const { weights: importance } = summary
  const train = sliceOf(split.train)
  const rowWeights = importance && Float64Array.from(split.train, (row) => importance[row]!)
  const validation = sliceOf(split.validation)
  const models = PENALTIES.map((penalty) =>
    fitLogistic({ ...train, classes: CLASSES, penalty, ...(rowWeights && { rowWeights }) }),
  )
  const losses = models.map((model) => meanLogLoss(model, validation.x, validation.y))
  const best = models[losses.indexOf(Math.min(...losses))]!
  return {
    name: 'logistic',
    forecast(data) {
      const rows = Int32Array.from({ length: data.rows }, (_, row) => row)
      const probabilities = logisticProbabilities(best, scaledBlocks(windowSummary(data).inputs, rows, scaler))
      return { ...constant.forecast(data), classes: Float32Array.from(probabilities) }
    },
  }
}

const meanLogLoss = (model: LogisticModel, x: RowBlocks, y: readonly number[]): number => {
  const probabilities = logisticProbabilities(model, x)
  return y.reduce((sum, kind, row) => sum + logLoss(probabilities[row * CLASSES + kind]!), 0) / y.length
}
