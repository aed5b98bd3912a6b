import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import { seededRandom } from '../../core/random.ts'
import { LEVELS } from '../../model/forecaster-outputs.ts'
import { drawWeights } from '../../model/graph/draw-weights.ts'
import type { ForecasterScales, ForecasterShape } from '../../model/network-forecaster.ts'
import { forecasterGraph, forecasterObjective } from '../../model/network-forecaster.ts'
import { momentCount } from '../../model/optimise/optimiser.ts'
import type { TrainingGraphs } from '../../model/optimise/training-graphs.ts'
import { trainingGraphs } from '../../model/optimise/training-graphs.ts'
import type { UpdateOptions } from '../../model/optimise/update-weights.ts'
import { stateWidths, streamObjective } from '../../model/stream-objective.ts'
import type { Dataset, Split } from '../dataset.ts'
import type { GraphEngine } from '../graph-engine.port.ts'
import { fitScaler } from '../scaler.ts'
import { classOf, deviationOf, flatThreshold } from '../scores.ts'
import { evaluationOf, shuffledTraining } from './batches.ts'
import { forecasterBatches } from './forecaster-batches.ts'
import type { NetworkSettings } from './network-settings.ts'
import { trainingWeights } from './scaled-rows.ts'
import { streamTraining } from './stream-training.ts'
import type { EpochReport, TrainingResult, TrainingSettings } from './train-network.ts'
import { trainNetwork } from './train-network.ts'
import type { TrainingData } from './training-data.ts'
import type { TrainingOptions } from './training-options.ts'
import type { TrainingState } from './training-state.ts'
import { freshState } from './training-state.ts'
import type { WarmStart } from './warm-start.ts'

export interface NetworkFitRequest {
  readonly data: Dataset
  readonly split: Split
  readonly settings: NetworkSettings
  readonly engine: GraphEngine
  /** Of an earlier fit with the same settings and features, to go on from. */
  readonly state?: TrainingState | undefined
  /** Of an earlier fit on other data, to begin from; without a `state`. */
  readonly warmStart?: Pick<WarmStart, 'weights' | 'scales'> | undefined
  /** `scales`: what the weights of `state` belong to. */
  readonly onEpoch?:
    | ((report: EpochReport, state: TrainingState, scales: ForecasterScales) => void | Promise<void>)
    | undefined
  readonly isStopped?: (() => boolean) | undefined
}

export interface NetworkFit {
  /** Those of the warm start, if there is one; else of the training rows. */
  readonly scales: ForecasterScales
  /** Standard deviation of the training targets, basis points. */
  readonly deviationBps: number
  /** The ONNX file that serves, with the best weights. */
  readonly graph: Uint8Array
  readonly training: TrainingResult
}

/** Trains a network on the split's earlier part, watched on its later part. */
export async function fitNetwork(request: NetworkFitRequest): Promise<NetworkFit> {
  const { data, split, settings, engine, warmStart, onEpoch, isStopped } = request
  const { heads, architecture: encoder, training: options } = settings
  for (const part of ['train', 'validation'] as const) {
    if (split[part].length === 0)
      throw new InputError(`fit: no rows for ${part} among ${data.rows}; more bars are needed`)
  }
  const { steps, featureNames } = data.shape
  const shape: ForecasterShape = { encoder, heads, levels: LEVELS, steps, features: featureNames.length }
  const own = fitScales(data, split.train)
  const scales = warmStart?.scales ?? own
  const graphs = graphsOf(shape, options, classWeights(request, scales.thresholdBps))
  const training = await trainNetwork({
    graphs,
    engine,
    state: request.state ?? firstState(graphs, options, warmStart?.weights),
    train: trainingDataOf(request, scales),
    validation: evaluationOf(forecasterBatches(data, split.validation, scales), options.batchSize),
    settings: trainingSettings(options),
    onEpoch: (report, state) => onEpoch?.(report, state, scales),
    isStopped,
  })
  const graph = forecasterGraph(shape, scales, training.state.best.weights)
  return { scales, deviationBps: own.scaleBps, graph, training }
}

function firstState(
  { layout }: TrainingGraphs,
  { optimiser, seed }: TrainingOptions,
  weights = drawWeights(layout, seededRandom(seed)),
): TrainingState {
  check(weights.length === layout.count, `${layout.count} weights`, weights.length)
  return freshState(weights, momentCount(optimiser))
}

function graphsOf(shape: ForecasterShape, options: TrainingOptions, weights: readonly number[]): TrainingGraphs {
  const { batchSize, truncatedBptt } = options
  const update = updateOptions(options)
  const onWindows = trainingGraphs(forecasterObjective(shape, batchSize, weights), update)
  if (truncatedBptt === undefined) return onWindows
  const onStreams = trainingGraphs(streamObjective(shape, { streams: batchSize, ...truncatedBptt }, weights), update)
  const [windowNames, streamNames] = [onWindows, onStreams].map(({ layout }) =>
    layout.parameters.map(({ name, shape: dims }) => `${name} ${dims.join('x')}`).join(', '),
  )
  check(windowNames === streamNames, 'the same parameters on windows and on streams', streamNames)
  return { ...onStreams, evaluate: onWindows.evaluate }
}

function trainingDataOf({ data, split, settings }: NetworkFitRequest, scales: ForecasterScales): TrainingData {
  const { architecture, training } = settings
  const { truncatedBptt: truncation, recencyHalfLifeBars } = training
  if (truncation === undefined) {
    const weights = trainingWeights(data, split.train, recencyHalfLifeBars)
    return shuffledTraining(forecasterBatches(data, split.train, scales, weights), training)
  }
  return streamTraining(data, split.train, scales, { ...training, truncation, stateWidths: stateWidths(architecture) })
}

function fitScales(data: Dataset, rows: Int32Array): ForecasterScales {
  const targets = Float64Array.from(rows, (row) => data.targetsBps[row]!)
  const scaleBps = deviationOf(targets)
  if (scaleBps === 0)
    throw new InputError(`fit: all ${rows.length} training rows have the return ${targets[0]}; nothing to learn`)
  return { scaler: fitScaler(data, rows), scaleBps, thresholdBps: flatThreshold(targets) }
}

/** Of down, flat, up; their mean over the training rows is 1, so that weights do not change the head's share. */
function classWeights({ data, split, settings }: NetworkFitRequest, thresholdBps: number): readonly number[] {
  const { classes } = settings.heads
  const counts = [0, 0, 0]
  for (const row of split.train) counts[classOf(data.targetsBps[row]!, thresholdBps)]! += 1
  const wanted = classes?.weights ?? 'balanced'
  const weights = wanted === 'balanced' ? counts.map((count) => 1 / Math.max(1, count)) : wanted
  const mean = counts.reduce((sum, count, i) => sum + count * weights[i]!, 0) / split.train.length
  // A class that training has not seen would weigh as much as all rows together.
  const isUnseen = (i: number): boolean => wanted === 'balanced' && counts[i] === 0
  return weights.map((weight, i) => (isUnseen(i) ? 1 : weight / mean))
}

const updateOptions = ({ optimiser, weightDecay, l1, gradientNormMax }: TrainingOptions): UpdateOptions => ({
  optimiser,
  weightDecay,
  l1,
  ...(gradientNormMax === undefined ? {} : { gradientNormMax }),
})

const trainingSettings = (options: TrainingOptions): TrainingSettings => ({
  update: updateOptions(options),
  learningRate: options.learningRate,
  schedule: options.schedule,
  batchesPerUpdate: options.batchesPerUpdate,
  epochsMax: options.epochsMax,
  patience: options.patience,
  seed: options.seed,
})
