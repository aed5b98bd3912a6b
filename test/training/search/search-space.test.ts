import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { seededRandom } from '../../../src/core/random.ts'
import { gridSampler } from '../../../src/training/search/samplers/grid-sampler.ts'
import { randomSampler } from '../../../src/training/search/samplers/random-sampler.ts'
import { tpeSampler } from '../../../src/training/search/samplers/tpe-sampler.ts'
import { searchSpaceSchema, spaceHash } from '../../../src/training/search/search-space.ts'
import type { FinishedTrial, Params } from '../../../src/training/search/trial.ts'
import { finishedTrial } from './support/trials.ts'

const choice = (...values: unknown[]) => ({ kind: 'choice', values })
const space = searchSpaceSchema.parse({
  'model.architecture.name': choice('lstm', 'tcn'),
  'model.architecture.hidden': {
    kind: 'int',
    low: 16,
    high: 64,
    step: 16,
    when: { 'model.architecture.name': ['lstm'] },
  },
  'model.architecture.attention': { ...choice(true, false), when: { 'model.architecture.name': ['lstm'] } },
  'model.architecture.heads': { kind: 'int', low: 1, high: 2, when: { 'model.architecture.attention': [true] } },
  'model.architecture.kernel': {
    kind: 'int',
    low: 2,
    high: 8,
    log: true,
    when: { 'model.architecture.name': ['tcn'] },
  },
  'model.training.learningRate': { kind: 'float', low: 1e-4, high: 1e-1, log: true },
  'model.training.dropout': { kind: 'float', low: 0.1, high: 0.5, step: 0.1 },
  features: choice(['ret'], ['ret', 'ofi']),
})

describe('refused, naming the key and the rule', () => {
  const low = { kind: 'float', low: 0, high: 1 }
  test.each([
    { given: {}, said: 'name at least one parameter' },
    { given: { 'a b': low }, said: 'its name is a path' },
    { given: { a: { ...low, log: true } }, said: 'above 0 where log is true' },
    { given: { a: { kind: 'float', low: 0.1, high: 1.1, log: true, step: 0.2 } }, said: 'above half a step (0.1)' },
    { given: { a: { kind: 'float', low: 2, high: 1 } }, said: '1 is below low, which is 2' },
    { given: { a: { ...low, step: 0.3 } }, said: '1 is no whole number of steps of 0.3 above 0' },
    { given: { a: { kind: 'int', low: 1.5, high: 2 } }, said: 'low' },
    { given: { a: { ...low, lo: 1 } }, said: 'Unrecognized key: "lo"' },
    { given: { a: choice(1, 1) }, said: 'each value once' },
    { given: { a: choice({ x: 1, y: 2 }, { y: 2, x: 1 }) }, said: 'each value once' },
    { given: { a: low, 'a.b': low }, said: 'a.b lies inside of it' },
    { given: { a: { ...low, when: { b: [1] } } }, said: 'b is no choice among the parameters' },
    { given: { a: { ...low, when: { b: [1] } }, b: low }, said: 'b is no choice among the parameters' },
    { given: { a: { ...low, when: { b: [3] } }, b: choice(1, 2) }, said: '3 is none of the values of b' },
    { given: { a: { ...choice(1), when: { a: [1] } } }, said: 'a depends on a in turn' },
    { given: { a: { ...choice(1), when: { b: [1] } }, b: { ...choice(1), when: { a: [1] } } }, said: 'depends on' },
  ])('$said', ({ given, said }) => {
    const result = searchSpaceSchema.safeParse(given)
    expect(result.success).toBe(false)
    expect(z.prettifyError(result.error!)).toContain(said)
  })

  test.each([
    { a: { kind: 'float', low: 0.1, high: 0.9, step: 0.1 } }, // 0.8 / 0.1 is not 8 in doubles.
    { a: { kind: 'int', low: 1, high: 1, log: true } },
    { 'layers.0.width': { kind: 'int', low: -3, high: 3 } },
  ])('taken: %j', (given) => {
    expect(searchSpaceSchema.safeParse(given).success).toBe(true)
  })
})

test('a space is named by its content, not by the order of its keys', () => {
  const reversed = Object.fromEntries(Object.entries(space).reverse())
  expect(spaceHash(reversed)).toBe(spaceHash(space))
  expect(spaceHash({ ...space, features: { kind: 'choice', values: [['ret']] } })).not.toBe(spaceHash(space))
})

/** What must hold of whatever any sampler proposes. */
function requireInSpace(params: Params): void {
  const isLstm = params['model.architecture.name'] === 'lstm'
  const expected = [
    ...['features', 'model.architecture.name', 'model.training.dropout', 'model.training.learningRate'],
    ...(isLstm ? ['model.architecture.attention', 'model.architecture.hidden'] : ['model.architecture.kernel']),
    ...(params['model.architecture.attention'] === true ? ['model.architecture.heads'] : []),
  ]
  expect(Object.keys(params).sort()).toEqual(expected.sort())
  const rate = Number(params['model.training.learningRate'])
  expect(rate >= 1e-4 && rate <= 1e-1).toBe(true)
  expect([0.1, 0.2, 0.3, 0.4, 0.5]).toContain(params['model.training.dropout'])
  if (isLstm) expect([16, 32, 48, 64]).toContain(params['model.architecture.hidden'])
  else expect([2, 3, 4, 5, 6, 7, 8]).toContain(params['model.architecture.kernel'])
}

test.each([
  { name: 'random', sampler: randomSampler },
  { name: 'tpe', sampler: tpeSampler },
])('$name: values lie in the space, and a parameter is there when its condition holds', ({ sampler }) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_294_967_295 }), (seed) => {
      const random = seededRandom(seed)
      const { propose } = sampler(space, seed)
      const finished: FinishedTrial[] = []
      for (let number = 0; number < 25; number += 1) {
        const params = propose(finished, [])!
        requireInSpace(params)
        finished.push(finishedTrial(number, { params, value: random() }))
      }
      // The same history gives the same proposal.
      expect(propose(finished, [])).toEqual(propose(finished, []))
    }),
    { numRuns: 20 },
  )
})

describe('tpe', () => {
  const line = searchSpaceSchema.parse({ x: { kind: 'float', low: 0, high: 1 } })
  const history = Array.from({ length: 20 }, (_, number) =>
    finishedTrial(number, { params: { x: (number + 0.5) / 20 }, value: -Math.abs((number + 0.5) / 20 - 0.7) }),
  )
  const proposals = (running: readonly number[]) =>
    Array.from({ length: 200 }, (_, seed) => {
      const at = tpeSampler(line, seed)
      const busy = running.map((x, index) => ({ number: 20 + index, params: { x }, reports: [] }))
      return Number(at.propose(history, busy)!['x'])
    })
  const near = (xs: readonly number[]) => xs.filter((x) => Math.abs(x - 0.7) < 0.1).length

  test('it goes where it was good', () => {
    expect(near(proposals([]))).toBeGreaterThan(120)
  })

  test('and less so where workers are already (constant liar)', () => {
    expect(near(proposals([0.68, 0.7, 0.72, 0.74]))).toBeLessThan(near(proposals([])) * 0.8)
  })

  test('until ten trials say something it draws like random search', () => {
    const random = randomSampler(line, 3).propose(history.slice(0, 9), [])
    expect(tpeSampler(line, 3).propose(history.slice(0, 9), [])).toEqual(random)
    expect(tpeSampler(line, 3).propose(history.slice(0, 10), [])).not.toEqual(
      randomSampler(line, 3).propose(history.slice(0, 10), []),
    )
  })
})

describe('grid', () => {
  const { 'model.training.learningRate': _, ...stepped } = space
  const everything = (seed: number): readonly Params[] => {
    const { propose } = gridSampler(stepped, seed)
    const finished: FinishedTrial[] = []
    for (let params = propose(finished, []); params; params = propose(finished, [])) {
      finished.push(finishedTrial(finished.length, { params }))
    }
    return finished.map(({ params }) => params)
  }

  test('every combination once; conditions multiply only where they hold', () => {
    const all = everything(1)
    // Dropout 5 × features 2 × (LSTM: hidden 4 × (attention: heads 2, none: 1) + TCN: kernels 7).
    expect(all).toHaveLength(5 * 2 * (4 * (2 + 1) + 7))
    expect(new Set(all.map((params) => JSON.stringify(params))).size).toBe(all.length)
  })

  test('the seed shuffles, and loses nothing', () => {
    const [one, other] = [everything(1), everything(2)]
    expect(one).not.toEqual(other)
    expect(new Set(one.map((params) => JSON.stringify(params)))).toEqual(
      new Set(other.map((params) => JSON.stringify(params))),
    )
  })

  test('what is running is not proposed', () => {
    const { propose } = gridSampler(stepped, 1)
    const first = propose([], [])!
    expect(propose([], [{ number: 0, params: first, reports: [] }])).not.toEqual(first)
  })

  test.each([
    { given: space, said: 'model.training.learningRate is any number from 0.0001 to 0.1' },
    {
      given: { a: { kind: 'int', low: 1, high: 101 }, b: { kind: 'int', low: 1, high: 100 } },
      said: '10100 combinations of the parameters up to b, at most 10000',
    },
  ])('refused: $said', ({ given, said }) => {
    expect(() => gridSampler(searchSpaceSchema.parse(given), 1)).toThrow(said)
  })

  test('ten thousand are taken', () => {
    const given = { a: { kind: 'int', low: 1, high: 100 }, b: { kind: 'int', low: 1, high: 100 } }
    expect(gridSampler(searchSpaceSchema.parse(given), 1).propose([], [])).toBeDefined()
  })
})

test('random: nothing twice while there is something else', () => {
  const small = searchSpaceSchema.parse({ a: choice(1, 2, 3), b: choice(true, false) })
  const { propose } = randomSampler(small, 7)
  const finished: FinishedTrial[] = []
  for (let number = 0; number < 6; number += 1) finished.push(finishedTrial(number, { params: propose(finished, [])! }))
  expect(new Set(finished.map(({ params }) => JSON.stringify(params))).size).toBe(6)
  expect(propose(finished, [])).toBeDefined()
})
