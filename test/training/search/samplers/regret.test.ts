import { describe, expect, test } from 'vitest'
import { randomSampler } from '../../../../src/training/search/samplers/random-sampler.ts'
import type { Sampler } from '../../../../src/training/search/samplers/sampler.port.ts'
import { TPE_DEFAULTS, tpeSampler } from '../../../../src/training/search/samplers/tpe-sampler.ts'
import { type SearchSpace, searchSpaceSchema } from '../../../../src/training/search/search-space.ts'
import type { FinishedTrial } from '../../../../src/training/search/trial.ts'
import { tpeFixture } from '../support/tpe-fixture.ts'
import { finishedTrial } from '../support/trials.ts'

const SEEDS = 20
const { regret } = tpeFixture()

/** Branin and Hoo 1972. Least value 0.397887 at (π, 2.275) and two other places. */
function branin([x, y]: readonly number[]): number {
  const t = y! - (5.1 / (4 * Math.PI ** 2)) * x! ** 2 + (5 / Math.PI) * x! - 6
  return t ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x!) + 10
}

const A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const P = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
]

/** Hartman 1973, six dimensions. Least value −3.322368. */
const hartmann6 = (x: readonly number[]): number =>
  -[1, 1.2, 3, 3.2].reduce(
    (sum, weight, i) =>
      sum + weight * Math.exp(-x.reduce((far, xj, j) => far + A[i]![j]! * (xj - P[i]![j]! / 1e4) ** 2, 0)),
    0,
  )

const cases = {
  branin: {
    of: branin,
    least: 0.397_887_357_729_738_16,
    bounds: [
      [-5, 10],
      [0, 15],
    ],
  },
  hartmann6: { of: hartmann6, least: -3.322_368_011_415_515, bounds: Array.from({ length: 6 }, () => [0, 1]) },
} as const

function medianRegret(name: keyof typeof cases, sampler: (space: SearchSpace, seed: number) => Sampler): number {
  const { of, least, bounds } = cases[name]
  const entries = bounds.map(([low, high], at) => [`x${at}`, { kind: 'float', low, high }])
  const space = searchSpaceSchema.parse(Object.fromEntries(entries))
  const regrets = Array.from({ length: SEEDS }, (_, seed) => {
    const { propose } = sampler(space, seed)
    const finished: FinishedTrial[] = []
    for (let number = 0; number < regret[name].trials; number += 1) {
      const params = propose(finished, [])!
      finished.push(finishedTrial(number, { params, value: -of(Object.values(params).map(Number)) }))
    }
    return Math.min(...finished.map(({ value }) => -value!)) - least
  }).sort((a, b) => a - b)
  return (regrets[SEEDS / 2 - 1]! + regrets[SEEDS / 2]!) / 2
}

describe.each(['branin', 'hartmann6'] as const)('%s, median simple regret over 20 seeds', (name) => {
  const random = medianRegret(name, randomSampler)

  test.each(['multivariate', 'independent'] as const)(
    '%s TPE is far below random search, and beside Optuna',
    (kind) => {
      const tpe = medianRegret(name, (space, seed) =>
        tpeSampler(space, seed, { ...TPE_DEFAULTS, multivariate: kind === 'multivariate' }),
      )
      expect(tpe).toBeLessThan(random / 2)
      expect(tpe).toBeLessThan(1.5 * regret[name][kind])
    },
  )
})
