import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/random.ts'
import { type Parameter, searchSpaceSchema } from '../../../../src/training/search/search-space.ts'
import { observationWeights, parzen } from '../../../../src/training/search/tpe/parzen.ts'
import { tpeFixture } from '../support/tpe-fixture.ts'

const fixture = tpeFixture()
const parametersOf = (space: unknown): readonly Parameter[] => Object.values(searchSpaceSchema.parse(space))

test.each(fixture.weights)('weights of $count observations are those of Optuna', ({ count, weights }) => {
  expect(observationWeights(count)).toHaveLength(count)
  for (const [index, weight] of observationWeights(count).entries()) expect(weight).toBeCloseTo(weights[index]!, 14)
})

test.each(fixture.parzen)(
  'log-densities are those of Optuna: $name',
  ({ space, observations, points, logDensities }) => {
    const law = parzen(parametersOf(space), observations)
    for (const [at, point] of points.entries()) expect(law.logDensity(point)).toBeCloseTo(logDensities[at]!, 10)
  },
)

describe('draws follow the density', () => {
  const random = seededRandom(5)
  const DRAWS = 20_000

  test.each([
    { name: 'stepped', parameter: { kind: 'int', low: 1, high: 6 }, seen: [2, 2, 6] },
    { name: 'stepped on a log scale', parameter: { kind: 'int', low: 1, high: 9, log: true }, seen: [1, 4] },
    { name: 'choice', parameter: { kind: 'choice', values: ['a', 'b', 'c'] }, seen: ['b', 'b', 'c'] },
  ])('$name: shares of values are their densities', ({ parameter, seen }) => {
    const law = parzen(
      parametersOf({ x: parameter }),
      seen.map((value) => [value]),
    )
    const counts = new Map<string | number, number>()
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const value = law.draw(random)[0] as string | number
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    const shares = [...counts].map(([value, count]) => ({ share: count / DRAWS, p: Math.exp(law.logDensity([value])) }))
    expect(shares.reduce((sum, { p }) => sum + p, 0)).toBeCloseTo(1, 9)
    // Four standard errors of a share.
    for (const { share, p } of shares) expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / DRAWS))
  })

  test('continuous: shares of bins are integrals of the density, and nothing lies outside', () => {
    const law = parzen(parametersOf({ x: { kind: 'float', low: 1e-4, high: 1, log: true } }), [[0.9], [0.01], [0.012]])
    const [from, to, bins] = [Math.log(1e-4), 0, 20]
    const width = (to - from) / bins
    const counts = new Array<number>(bins).fill(0)
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const place = (Math.log(Number(law.draw(random)[0])) - from) / width
      counts[Math.min(bins - 1, Math.floor(place))]! += 1
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(DRAWS)
    for (const [bin, count] of counts.entries()) {
      const steps = Array.from({ length: 100 }, (_, step) => Math.exp(from + (bin + (step + 0.5) / 100) * width))
      const p = (steps.reduce((sum, x) => sum + Math.exp(law.logDensity([x])), 0) / 100) * width
      expect(Math.abs(count / DRAWS - p)).toBeLessThan(4.5 * Math.sqrt((p * (1 - p)) / DRAWS))
    }
  })
})

test('a parameter of one value is drawn and weighs nothing', () => {
  const law = parzen(parametersOf({ x: { kind: 'float', low: 2, high: 2 }, y: { kind: 'int', low: 3, high: 3 } }), [
    [2, 3],
  ])
  expect(law.draw(seededRandom(1))).toEqual([2, 3])
  expect(law.logDensity([2, 3])).toBeCloseTo(0, 12)
})
