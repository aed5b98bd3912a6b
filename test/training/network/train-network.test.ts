import { describe, expect, test } from 'vitest'
import { decodeOptimizerState, encodeOptimizerState } from '../../../src/model/bundle/optimizer-state.ts'
import type { BatchSource } from '../../../src/training/network/batches.ts'
import {
  packTrainingState,
  unpackScales,
  unpackTrainingState,
} from '../../../src/training/network/pack-training-state.ts'
import type { Schedule } from '../../../src/training/network/schedule.ts'
import { trainNetwork } from '../../../src/training/network/train-network.ts'
import type { TrainingState } from '../../../src/training/network/training-state.ts'
import { tinyRequest, tinyRows } from './tiny-training.ts'

/** Beside the state in `optimizer.bin`. */
const SCALES = {
  scaler: { features: 1, centre: Float32Array.of(1), scale: Float32Array.of(2), clip: 8 },
  scaleBps: 3,
  thresholdBps: 1,
}

const lossesOf = (curve: readonly { readonly validationLoss: number }[]): number[] =>
  curve.map(({ validationLoss }) => validationLoss)

describe('trainNetwork', () => {
  test('learns what was planted', async () => {
    const { curve, stoppedBy } = await trainNetwork(tinyRequest({ settings: { epochsMax: 40 } }))
    const losses = lossesOf(curve)
    expect(stoppedBy).toBe('epochs')
    expect(losses).toHaveLength(40)
    expect(losses[0]).toBeGreaterThan(0.1)
    expect(losses.at(-1)).toBeLessThan(0.03) // The noise alone has 0.01.
  })

  test.each([0, 0.3])('the same seed gives the same bits, another seed others; dropout %d', async (dropout) => {
    const run = (seed: number) => trainNetwork(tinyRequest({ dropout, settings: { seed } }))
    const [a, b, other] = [await run(1), await run(1), await run(2)]
    expect(a).toEqual(b)
    expect(a.state.weights).not.toEqual(other.state.weights)
  })

  test('each epoch has another order of rows', async () => {
    const seen: number[][] = []
    const rows = tinyRows(1, 64)
    const feeds: BatchSource['feeds'] = (chosen) => {
      seen.push([...chosen])
      return rows.feeds(chosen)
    }
    const spied: BatchSource = { ...rows, feeds }
    await trainNetwork(tinyRequest({ rows: spied, batchSize: 64, settings: { epochsMax: 2 } }))
    expect(seen).toHaveLength(2)
    expect(seen[0]).not.toEqual(seen[1])
    expect(seen[0]!.toSorted((a, b) => a - b)).toEqual([...Array(64).keys()])
  })

  test('stops when the validation loss has not fallen for `patience` epochs, and answers the best weights', async () => {
    // Eight rows of noise: what is learnt of them is wrong elsewhere.
    const request = tinyRequest({
      rows: tinyRows(3, 8, 3),
      settings: { epochsMax: 200, patience: 4, learningRate: 0.05 },
    })
    const { state, curve, stoppedBy } = await trainNetwork(request)
    const losses = lossesOf(curve)
    const best = Math.min(...losses)
    expect(stoppedBy).toBe('patience')
    expect(state.best).toMatchObject({ loss: best, epoch: losses.indexOf(best) + 1 })
    expect(curve).toHaveLength(state.best.epoch + 4)
    expect(state.best.weights).not.toEqual(state.weights)
    // The best weights are those of that epoch, to the bit.
    const again = await trainNetwork({ ...request, settings: { ...request.settings, epochsMax: state.best.epoch } })
    expect(state.best.weights).toEqual(again.state.weights)
  })

  test('adding up the gradients of four batches is one batch of four times the rows', async () => {
    const big = await trainNetwork(tinyRequest({ batchSize: 64, settings: { epochsMax: 2 } }))
    const parts = await trainNetwork(tinyRequest({ batchSize: 16, settings: { epochsMax: 2, batchesPerUpdate: 4 } }))
    expect(parts.state.step).toBe(big.state.step)
    expect(farthest(parts.state.weights, big.state.weights)).toBeLessThan(1e-5)
    expect(parts.curve[1]!.trainLoss).toBeCloseTo(big.curve[1]!.trainLoss, 5)
    expect(parts.curve[1]!.gradientNorm).toBeCloseTo(big.curve[1]!.gradientNorm, 4)
  })

  test('a short last batch counts as its rows do', async () => {
    // 40 rows in batches of 32: the second has 8 rows and 24 fillings.
    const rows = tinyRows(1, 40)
    const sgd = { kind: 'sgd', momentum: 0 } as const
    const update = { optimiser: sgd, weightDecay: 0, l1: 0 }
    const filled = await trainNetwork(
      tinyRequest({ rows, batchSize: 32, settings: { update, batchesPerUpdate: 2, epochsMax: 1 } }),
    )
    const exact = await trainNetwork(tinyRequest({ rows, batchSize: 40, settings: { update, epochsMax: 1 } }))
    expect(farthest(filled.state.weights, exact.state.weights)).toBeLessThan(1e-6)
    expect(filled.curve[0]!.validationLoss).toBeCloseTo(exact.curve[0]!.validationLoss, 6)
  })

  test('a row of weight 0 teaches nothing, a row of weight 2 as much as two', async () => {
    const rows = tinyRows(1, 60)
    const weighted: BatchSource = {
      ...rows,
      rowWeights: Float32Array.from({ length: 60 }, (_, i) => (i < 20 ? 2 : i < 40 ? 1 : 0)),
    }
    const doubled: BatchSource = {
      rows: 60,
      feeds: (chosen) => rows.feeds(chosen.map((row) => (row < 40 ? row % 20 : row - 20))),
    }
    const settings = { epochsMax: 1 }
    const a = await trainNetwork(tinyRequest({ rows: weighted, batchSize: 60, settings }))
    const b = await trainNetwork(tinyRequest({ rows: doubled, batchSize: 60, settings }))
    expect(farthest(a.state.weights, b.state.weights)).toBeLessThan(1e-6)
  })

  test('a learning rate that is far too high ends as diverged, with the best weights of before', async () => {
    const good = tinyRequest({ settings: { epochsMax: 2 } })
    const { state } = await trainNetwork(good)
    const update = { optimiser: { kind: 'sgd', momentum: 0 } as const, weightDecay: 0, l1: 0 }
    const wild = tinyRequest({ settings: { epochsMax: 9, learningRate: 1e6, update } })
    const begun: TrainingState = { ...state, moments: state.moments.slice(0, 1) }
    const { state: after, curve, stoppedBy } = await trainNetwork({ ...wild, state: begun })
    expect(stoppedBy).toBe('diverged')
    expect(curve).toEqual([])
    expect(after).toEqual(begun)
    expect((await trainNetwork(wild)).state.best.epoch).toBe(0)
  })

  test('stops after the epoch in which it is asked to', async () => {
    let asked = 0
    const { curve, stoppedBy } = await trainNetwork({ ...tinyRequest(), isStopped: () => ++asked === 2 })
    expect(stoppedBy).toBe('request')
    expect(curve).toHaveLength(2)
  })

  test('every epoch is reported as it ends', async () => {
    const reports: number[] = []
    const { curve } = await trainNetwork({ ...tinyRequest(), onEpoch: ({ epoch }) => void reports.push(epoch) })
    expect(reports).toEqual([1, 2, 3, 4, 5, 6])
    expect(curve.map(({ epoch }) => epoch)).toEqual(reports)
  })
})

describe('training that goes on from a saved state', () => {
  const schedules: readonly Schedule[] = [
    { kind: 'constant' },
    { kind: 'step', epochs: 2, factor: 0.5 },
    { kind: 'cosine', warmUp: 0.3, floor: 0.1 },
    { kind: 'plateau', factor: 0.5, patience: 0, threshold: 0.2, floor: 0.01 },
  ]
  test.each(schedules)('$kind: is as if it had never stopped, bit for bit, with dropout', async (schedule) => {
    const request = tinyRequest({ dropout: 0.2, settings: { epochsMax: 7, schedule } })
    const whole = await trainNetwork(request)
    let epochs = 0
    const first = await trainNetwork({ ...request, isStopped: () => ++epochs === 3 })
    const saved = encodeOptimizerState(packTrainingState(first.state, {}, SCALES))
    const state = unpackTrainingState(decodeOptimizerState(saved, 'optimizer.bin'))
    expect(state).toEqual(first.state)
    expect(unpackScales(decodeOptimizerState(saved, 'optimizer.bin'))).toEqual(SCALES)
    const second = await trainNetwork({ ...request, state })
    expect(second.state).toEqual(whole.state)
    expect([...first.curve, ...second.curve]).toEqual(whole.curve)
  })

  test('on other rows the best weights are measured anew', async () => {
    const { state } = await trainNetwork(tinyRequest({ settings: { epochsMax: 2 } }))
    const spoilt: TrainingState = { ...state, best: { ...state.best, loss: -1 } }
    const { state: after } = await trainNetwork({ ...tinyRequest({ settings: { epochsMax: 8 } }), state: spoilt })
    expect(after.best.loss).toBeGreaterThan(0)
    expect(after.best.epoch).toBeGreaterThan(2)
  })
})

const farthest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
