import { describe, expect, test } from 'vitest'
import type { PlateauState, Schedule } from '../../../src/training/network/schedule.ts'
import { afterEpoch, FRESH_PLATEAU, rateScale } from '../../../src/training/network/schedule.ts'
import { scheduleCases } from '../../fixtures/torch/load-vectors.ts'

const at = (step: number, stepsMax: number, epoch = 0, plateau: PlateauState = FRESH_PLATEAU) => ({
  ...{ step, stepsMax, epoch, plateau },
})

const casesOf = (name: string) => scheduleCases().filter(({ schedule }) => schedule === name)

describe('learning rates are those of PyTorch', () => {
  test.each(casesOf('StepLR'))('$name', ({ config, learningRates }) => {
    const schedule: Schedule = { kind: 'step', epochs: config['step_size']!, factor: config['gamma']! }
    const found = learningRates.map((_, epoch) => config['learningRate']! * rateScale(schedule, at(0, 1, epoch)))
    for (const [i, rate] of found.entries()) expect(rate).toBeCloseTo(learningRates[i]!, 12)
  })

  test.each(casesOf('CosineAnnealingLR'))('$name', ({ config, learningRates }) => {
    const { learningRate, eta_min: least, warmUp, total } = config as Record<string, number>
    const schedule: Schedule = { kind: 'cosine', warmUp: warmUp! / total!, floor: least! / learningRate! }
    const found = learningRates.map((_, step) => learningRate! * rateScale(schedule, at(step, total!)))
    for (const [i, rate] of found.entries()) expect(rate).toBeCloseTo(learningRates[i]!, 12)
  })

  // Ours has no cool-down.
  test.each(casesOf('ReduceLROnPlateau').filter(({ config }) => config['cooldown'] === 0))(
    '$name',
    ({ config, losses, learningRates }) => {
      const { learningRate, factor, patience, threshold, min_lr: least } = config as Record<string, number>
      const schedule: Schedule = {
        ...{ kind: 'plateau', factor: factor!, patience: patience!, threshold: threshold! },
        floor: least! / learningRate!,
      }
      let state = FRESH_PLATEAU
      const found = losses.map((loss) => {
        state = afterEpoch(schedule, state, loss)
        return learningRate! * rateScale(schedule, at(0, 1, 0, state))
      })
      for (const [i, rate] of found.entries()) expect(rate).toBeCloseTo(learningRates[i]!, 12)
      expect(new Set(learningRates).size).toBeGreaterThan(1)
    },
  )
})

const cosine = { kind: 'cosine', warmUp: 0.2, floor: 0.1 } as const
const step = { kind: 'step', epochs: 3, factor: 0.5 } as const

test.each<[string, Schedule, Parameters<typeof rateScale>[1], number]>([
  ['constant stays', { kind: 'constant' }, at(99, 100, 9), 1],
  ['step holds', step, at(0, 100, 2), 1],
  ['step falls', step, at(0, 100, 3), 0.5],
  ['step falls again', step, at(0, 100, 6), 0.25],
  ['cosine begins above 0', cosine, at(0, 100), 0.05],
  ['cosine is warm', cosine, at(19, 100), 1],
  ['cosine is half way', cosine, at(60, 100), 0.55],
  ['cosine ends at its floor', cosine, at(100, 100), 0.1],
  ['cosine stays there', cosine, at(150, 100), 0.1],
])('%s', (_name, schedule, progress, expected) => {
  expect(rateScale(schedule, progress)).toBeCloseTo(expected, 12)
})

test('a plateau of a loss below 0 is judged by its size', () => {
  const plateau: Schedule = { kind: 'plateau', factor: 0.5, patience: 0, threshold: 0.1, floor: 0 }
  const first = afterEpoch(plateau, FRESH_PLATEAU, -1)
  expect(afterEpoch(plateau, first, -1.05).scale).toBe(0.5)
  expect(afterEpoch(plateau, first, -1.11)).toEqual({ bestLoss: -1.11, badEpochs: 0, scale: 1 })
})
