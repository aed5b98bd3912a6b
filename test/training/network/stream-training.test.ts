import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { architectureOf } from '../../../src/model/architectures/registry.ts'
import { drawWeights } from '../../../src/model/graph/draw-weights.ts'
import type { HeadOptions } from '../../../src/model/heads/head-options.ts'
import type { Encoder, ForecasterShape } from '../../../src/model/network-forecaster.ts'
import { forecasterObjective } from '../../../src/model/network-forecaster.ts'
import { trainingGraphs } from '../../../src/model/optimise/training-graphs.ts'
import { stateWidths, streamObjective } from '../../../src/model/stream-objective.ts'
import type { Dataset, Split } from '../../../src/training/dataset.ts'
import type { EngineTensor } from '../../../src/training/graph-engine.port.ts'
import { fitNetwork } from '../../../src/training/network/fit-network.ts'
import type { NetworkSettings } from '../../../src/training/network/network-settings.ts'
import { contiguousPieces, streamTraining } from '../../../src/training/network/stream-training.ts'
import type { Feeds } from '../../../src/training/network/training-data.ts'
import { trainingOptionsSchema } from '../../../src/training/network/training-options.ts'
import { denseDataset, valuesOf } from '../dense-dataset.ts'
import { engine } from './tiny-training.ts'

const LEVELS = [0.25, 0.5, 0.75]
const HEADS: HeadOptions = { quantiles: { share: 1 } }
const scales = {
  scaler: { features: 1, centre: Float32Array.of(0), scale: Float32Array.of(1), clip: 8 },
  scaleBps: 1,
  thresholdBps: 0.5,
}

const encoderOf = (name: string): Encoder => {
  const architecture = architectureOf(name)
  return { architecture, options: architecture.options.parse({ hidden: 6 }) }
}

/** One feature, windows of one step; the target is the feature `lag` bars before plus a little noise. */
function lagged(rows: number, lag: number, series = 1): Dataset {
  const random = seededRandom(5)
  const inputs = Float32Array.from({ length: rows }, () => (random() < 0.5 ? -1 : 1))
  return denseDataset({
    shape: { featureNames: ['sign'], steps: 1, barMs: 1_000, horizonBars: 1 },
    inputs,
    targetsBps: Float64Array.from(inputs, (_, i) => (inputs[i - lag] ?? 0) + 0.05 * normal(random)),
    variancesBps2: new Float64Array(rows).fill(1),
    series: Int32Array.from(inputs, (_, i) => Math.floor((i * series) / rows)),
  })
}

const allOf = (data: Dataset): Int32Array => Int32Array.from({ length: data.rows }, (_, i) => i)

/** Every run of one epoch with weights that stay: gradients, losses, carried states. */
async function gradientRuns(name: string, data: Dataset, streams: number, k1: number, k2: number) {
  const encoder = encoderOf(name)
  const shape: ForecasterShape = { encoder, heads: HEADS, levels: LEVELS, steps: 1, features: 1 }
  const update = { optimiser: { kind: 'sgd', momentum: 0 } as const, weightDecay: 0, l1: 0 }
  const graphs = trainingGraphs(streamObjective(shape, { streams, k1, k2 }, [1, 1, 1]), update)
  const weights = drawWeights(graphs.layout, seededRandom(1))
  const flat = { dims: [weights.length], data: weights }
  const gradientSum = { dims: [weights.length], data: new Float32Array(weights.length) }
  const session = await engine.load(graphs.accumulate)
  const training = streamTraining(data, allOf(data), scales, {
    batchSize: streams,
    batchesPerUpdate: 1,
    truncation: { k1, k2 },
    stateWidths: stateWidths(encoder),
  })
  const answers: Feeds[] = []
  let before: Feeds | undefined
  for (const [batch] of training.epoch(seededRandom(2))) {
    before = await session.run({ ...batch!(before), weights: flat, gradientSum })
    answers.push(before)
  }
  await session.release()
  return answers
}

/** Gradients of the mean loss over all steps, each forecast from a window of its own that begins with the series. */
async function windowGradients(name: string, data: Dataset): Promise<Feeds> {
  const { rows, targetsBps } = data
  const inputs = valuesOf(data)
  const update = { optimiser: { kind: 'sgd', momentum: 0 } as const, weightDecay: 0, l1: 0 }
  let gradientSum: EngineTensor | undefined
  for (let steps = 1; steps <= rows; steps += 1) {
    const shape: ForecasterShape = { encoder: encoderOf(name), heads: HEADS, levels: LEVELS, steps, features: 1 }
    const { accumulate, layout } = trainingGraphs(forecasterObjective(shape, 1, [1, 1, 1]), update)
    const weights = { dims: [layout.count], data: drawWeights(layout, seededRandom(1)) }
    gradientSum ??= { dims: [layout.count], data: new Float32Array(layout.count) }
    const session = await engine.load(accumulate)
    const answer = await session.run({
      window: { dims: [1, steps, 1], data: inputs.slice(0, steps) },
      target: { dims: [1], data: Float32Array.of(targetsBps[steps - 1]!) },
      targetVariance: { dims: [1], data: Float32Array.of(1) },
      targetClass: { dims: [1, 3], data: Float32Array.of(0, 1, 0) },
      sampleWeight: { dims: [1], data: Float32Array.of(1 / rows) },
      weights,
      gradientSum,
    })
    gradientSum = answer['gradientSumNext']!
    await session.release()
  }
  return { gradientSumNext: gradientSum! }
}

describe.each(['lstm', 'gru', 'rnn'])('truncated BPTT of %s', (name) => {
  test('with k1 = k2 = the whole series it is full BPTT: the gradients of a window up to each step, added up', async () => {
    const data = lagged(7, 2)
    const [whole, ...none] = await gradientRuns(name, data, 1, 7, 7)
    expect(none).toEqual([])
    const expected = await windowGradients(name, data)
    expect(farthest(whole!, expected, 'gradientSumNext')).toBeLessThan(1e-6)
    expect(expected['gradientSumNext']!.data.some((value) => Math.abs(value) > 1e-3)).toBe(true)
    // Streams and steps that are empty bring nothing in.
    const [padded] = await gradientRuns(name, data, 3, 7, 10)
    expect(farthest(padded!, whole!, 'gradientSumNext')).toBeLessThan(1e-6)
    expect(padded!['loss']!.data[0]).toBeCloseTo(whole!['loss']!.data[0]!, 6)
  })

  test('the carried state is that of running straight on', async () => {
    const data = lagged(24, 2)
    for (const [k1, k2] of [
      [4, 4],
      [4, 8],
      [3, 12],
    ] as const) {
      const pieces = await gradientRuns(name, data, 1, k1, k2)
      const runs = Math.ceil((24 - k2) / k1) + 1
      expect(pieces).toHaveLength(runs)
      // k1 steps of the last run carry the state up to step `runs × k1`; a run straight through to there ends in the same.
      const upTo = await gradientRuns(name, { ...data }, 1, runs * k1, 24)
      const widths = stateWidths(encoderOf(name))
      for (const i of widths.keys()) {
        expect(farthest(pieces.at(-1)!, upTo[0]!, `stateNext${i}`)).toBeLessThan(1e-6)
      }
    }
  })
})

describe('streamTraining', () => {
  test('pieces end with the series, at missing bars and at rows that are not learnt from', () => {
    const data = lagged(10, 1, 2)
    expect(contiguousPieces(data, allOf(data))).toEqual([
      { from: 0, to: 5 },
      { from: 5, to: 10 },
    ])
    const gap = { ...data, series: new Int32Array(10), endAt: data.endAt.map((at, i) => (i < 3 ? at : at + 1_000)) }
    expect(contiguousPieces(gap, allOf(gap))).toEqual([
      { from: 0, to: 3 },
      { from: 3, to: 10 },
    ])
    const left = Int32Array.of(0, 1, 2, 7, 8)
    expect(contiguousPieces({ ...data, series: new Int32Array(10) }, left)).toEqual([
      { from: 0, to: 3 },
      { from: 3, to: 5 },
    ])
  })

  test('a stream that begins a piece begins at state 0, the others go on', () => {
    const data = lagged(12, 1, 3) // Three series of four bars.
    const settings = { batchSize: 2, batchesPerUpdate: 1, truncation: { k1: 2, k2: 2 }, stateWidths: [3] }
    const epoch = streamTraining(data, allOf(data), scales, settings).epoch(seededRandom(1))
    const left: Feeds = { stateNext0: { dims: [2, 3], data: new Float32Array(6).fill(7) } }
    const states = epoch.map(([batch], i) => [...batch!(i === 0 ? undefined : left)['state0']!.data])
    expect(states).toEqual([
      [0, 0, 0, 0, 0, 0],
      [7, 7, 7, 7, 7, 7],
      [0, 0, 0, 0, 0, 0], // One takes the third series, the other is done.
      [7, 7, 7, 0, 0, 0],
    ])
  })

  test('weights of an update sum to 1 over the steps that count, the rest is 0', () => {
    const data = lagged(40, 1, 3)
    const settings = { batchSize: 4, batchesPerUpdate: 2, truncation: { k1: 3, k2: 5 }, stateWidths: [3] }
    for (const batches of streamTraining(data, allOf(data), scales, settings).epoch(seededRandom(1))) {
      const weights = batches.flatMap((batch) => [...batch(undefined)['sampleWeight']!.data])
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5)
    }
  })
})

/** Training loss of the last epoch. */
async function lossOf(data: Dataset, truncatedBptt?: { readonly k1: number; readonly k2: number }): Promise<number> {
  const training = trainingOptionsSchema.parse({
    ...{ batchSize: 8, epochsMax: 5, patience: 5, learningRate: 0.02, truncatedBptt, gradientNormMax: 1 },
    schedule: { kind: 'constant' },
  })
  const settings: NetworkSettings = { architecture: encoderOf('rnn'), heads: HEADS, training }
  const split: Split = { train: allOf(data), validation: allOf(data).subarray(0, 50) }
  const { training: result } = await fitNetwork({ data, split, settings, engine })
  return result.curve.at(-1)!.trainLoss
}

test('the state hands on what lies further back than windows and gradients reach', async () => {
  // Windows of one step, gradients through one step; what counts is one step further back.
  const data = lagged(600, 1)
  expect(await lossOf(data, { k1: 1, k2: 1 })).toBeLessThan(0.4 * (await lossOf(data)))
})

const farthest = (a: Feeds, b: Feeds, name: string): number =>
  a[name]!.data.slice(0, b[name]!.data.length).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - b[name]!.data[i]!)),
    0,
  )
