import type { Dataset } from '../dataset.ts'
import type { EngineTensor } from '../graph-engine.port.ts'
import { newestSteps, scaleInPlace } from '../scaler.ts'
import { meanWeight } from './batches.ts'
import type { RowScales } from './scaled-rows.ts'
import { targetFeeds, trainingWeights } from './scaled-rows.ts'
import type { Piece, StreamWindow, TruncatedBptt } from './stream-plan.ts'
import { planStreams } from './stream-plan.ts'
import type { BatchFeeds, Feeds, TrainingData } from './training-data.ts'

interface StreamSettings {
  /** Streams side by side: the batch of the graph. */
  readonly batchSize: number
  readonly batchesPerUpdate: number
  readonly truncation: TruncatedBptt
  /** As the architecture says. */
  readonly stateWidths: readonly number[]
  readonly recencyHalfLifeBars?: number | undefined
}

/**
 * Streams for `streamObjective`: the newest step of each of `rows` in the order of time, the state carried from run to run. It begins
 * at 0 with each series, and after bars that are missing or not among `rows`.
 */
export function streamTraining(
  data: Dataset,
  rows: Int32Array,
  scales: RowScales,
  settings: StreamSettings,
): TrainingData {
  const { batchSize, batchesPerUpdate, truncation } = settings
  const pieces = contiguousPieces(data, rows)
  const feedsOf = runFeeds(data, rows, scales, settings)
  return {
    epoch: (random) => {
      const runs = planStreams(pieces, batchSize, truncation, random)
      return Array.from({ length: Math.ceil(runs.length / batchesPerUpdate) }, (_, i) => {
        const part = runs.slice(i * batchesPerUpdate, (i + 1) * batchesPerUpdate)
        return feedsOf(part)
      })
    },
  }
}

/** Places in `rows` of one series whose bars follow each other. */
export function contiguousPieces({ series, endAt, shape }: Dataset, rows: Int32Array): readonly Piece[] {
  const follows = (at: number): boolean => {
    const [before, row] = [rows[at - 1]!, rows[at]!]
    return series[row] === series[before] && endAt[row]! - endAt[before]! === shape.barMs
  }
  const starts = [...rows.keys()].filter((at) => at === 0 || !follows(at))
  return starts.map((from, i) => ({ from, to: starts[i + 1] ?? rows.length }))
}

type Windows = readonly (StreamWindow | undefined)[]

/** Makes the feeds of the runs of one update. */
function runFeeds(
  data: Dataset,
  rows: Int32Array,
  scales: RowScales,
  { batchSize, truncation: { k2 }, stateWidths, recencyHalfLifeBars }: StreamSettings,
): (runs: readonly Windows[]) => readonly BatchFeeds[] {
  const features = data.shape.featureNames.length
  const steps = newestSteps(data.inputs, features, rows)
  scaleInPlace(scales.scaler, steps)
  const targets = targetFeeds(data, rows, scales)
  const importance = trainingWeights(data, rows, recencyHalfLifeBars)
  const mean = meanWeight(importance)
  const windowOf = (places: Int32Array): EngineTensor => {
    const values = new Float32Array(places.length * features)
    for (const [i, at] of places.entries()) {
      values.set(steps.subarray(at * features, (at + 1) * features), i * features)
    }
    return { dims: [batchSize, k2, features], data: values }
  }
  return (runs) => {
    const weights = runs.map((windows) => rowWeights(windows, k2, importance))
    const counted = weights.reduce((sum, each) => sum + each.filter((weight) => weight > 0).length, 0)
    const total = counted * mean
    return runs.map(
      (windows, i): BatchFeeds =>
        (before) => {
          const places = placesOf(windows, k2)
          const sampleWeight = weights[i]!.map((weight) => weight / total)
          return {
            window: windowOf(places),
            ...targets(places),
            sampleWeight: { dims: [sampleWeight.length], data: sampleWeight },
            ...carriedStates(windows, stateWidths, before),
          }
        },
    )
  }
}

/** Place in the rows of each step, [streams × k2]; row 0 fills up. */
function placesOf(windows: Windows, k2: number): Int32Array {
  const places = new Int32Array(windows.length * k2)
  for (const [stream, window] of windows.entries()) {
    for (let at = window?.from ?? 0; at < (window?.to ?? 0); at += 1) places[stream * k2 + at - window!.from] = at
  }
  return places
}

/** Weight of each step, [streams × k2]: 0 where it does not count. */
function rowWeights(windows: Windows, k2: number, importance: Float32Array | undefined): Float32Array {
  const weights = new Float32Array(windows.length * k2)
  for (const [stream, window] of windows.entries()) {
    for (let at = window?.countsFrom ?? 0; at < (window?.to ?? 0); at += 1) {
      weights[stream * k2 + at - window!.from] = importance?.[at] ?? 1
    }
  }
  return weights
}

/** `state0` …: what the run before left, 0 for streams that begin a piece. */
function carriedStates(windows: Windows, widths: readonly number[], before: Feeds | undefined): Feeds {
  const states = widths.map((width, i): [string, EngineTensor] => {
    const data = new Float32Array(windows.length * width)
    if (before) data.set(before[`stateNext${i}`]!.data)
    for (const [stream, window] of windows.entries()) {
      if (!window || window.resets) data.fill(0, stream * width, (stream + 1) * width)
    }
    return [`state${i}`, { dims: [windows.length, width], data }]
  })
  return Object.fromEntries(states)
}
