import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTrialStore } from '../../../src/adapters/sqlite/trial-store.ts'
import { InvariantError } from '../../../src/core/errors.ts'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { epochMs } from '../../../src/core/units.ts'
import { objectiveSchema } from '../../../src/training/search/objective.ts'
import { ashaPruner } from '../../../src/training/search/pruners/asha-pruner.ts'
import { runSearch, type SearchParts } from '../../../src/training/search/run-search.ts'
import { gridSampler } from '../../../src/training/search/samplers/grid-sampler.ts'
import { tpeSampler } from '../../../src/training/search/samplers/tpe-sampler.ts'
import { searchSpaceSchema, spaceHash } from '../../../src/training/search/search-space.ts'
import { stableText } from '../../../src/training/search/stable-text.ts'
import type { Params } from '../../../src/training/search/trial.ts'
import type { TrialRunner } from '../../../src/training/search/trial-runner.port.ts'
import type { TrialStore } from '../../../src/training/search/trial-store.port.ts'

const space = searchSpaceSchema.parse({
  x: { kind: 'float', low: 0, high: 1 },
  kind: { kind: 'choice', values: ['a', 'b'] },
})
const objective = objectiveSchema.parse({ score: { goal: 'max' } })
const scoreOf = ({ x }: Params): number => -((Number(x) - 0.3) ** 2)

const runner = (
  run: (params: Params, seed: number) => Partial<Awaited<ReturnType<TrialRunner['run']>>>,
): TrialRunner => ({
  run: async (params, seed) => ({
    metrics: { score: scoreOf(params) },
    returns: new Float64Array(),
    ...run(params, seed),
  }),
})

let store: TrialStore
beforeEach(() => {
  store = openTrialStore(':memory:', 0)
})
afterEach(() => store.close())

function search(given: Partial<SearchParts> = {}) {
  let monotonicMs = 0
  return runSearch({
    ...{ name: 's', dataHash: 'data', space, objective, store, trials: 20, workers: 1, seed: 5 },
    sampler: tpeSampler(given.space ?? space, 5),
    runner: runner(() => ({})),
    clock: { now: () => epochMs(1_000), monotonicMs: () => (monotonicMs += 500) },
    overfitting: () => ({ notEnough: 'not asked' }),
    isStopped: () => false,
    onProgress: () => undefined,
    ...given,
  })
}
const kept = () =>
  store
    .study({ name: 's', dataHash: 'data', spaceHash: spaceHash(space), objective: stableText(objective) }, 0)
    .trials.map(({ number, params, seed, state, retry }) => ({ number, params, seed, state, retry }))

test('runs as many trials as wanted, keeps each, and names the best', async () => {
  const progress: (readonly [number, number, number | null, number | null])[] = []
  const summary = await search({ onProgress: (...told) => progress.push(told) })
  expect(summary.counts).toEqual({ complete: 20, pruned: 0, failed: 0, infeasible: 0 })
  expect(summary.stopped).toBe(false)
  const values = store
    .study({ name: 's', dataHash: 'data', spaceHash: spaceHash(space), objective: stableText(objective) }, 0)
    .trials.map(({ value }) => value!)
  expect(summary.best?.value).toBe(Math.max(...values))
  expect(progress).toHaveLength(20)
  expect(progress.at(-1)).toEqual([20, 20, summary.best?.value, 0])
  const bests = progress.map(([, , best]) => best!)
  expect(bests).toEqual([...bests].sort((a, b) => a - b))
  // 500 ms a reading of the clock: two readings to the first end, 19 trials to go.
  expect(progress[0]).toEqual([1, 20, values[0], 0.5 * 19])
})

test('the same seed tries the same; a search that goes on tries what it would have tried', async () => {
  await search()
  const whole = kept()
  store.close()
  store = openTrialStore(':memory:', 0)
  await search({ trials: 7 })
  await search({ trials: 13 })
  await search()
  expect(kept()).toEqual(whole)
  store.close()
  store = openTrialStore(':memory:', 0)
  await search({ seed: 6, sampler: tpeSampler(space, 6) })
  expect(kept()).not.toEqual(whole)
})

test('stopped in a trial: it is run again with the same seed, and the rest is as if nothing had been', async () => {
  await search()
  const whole = kept()
  store.close()
  store = openTrialStore(':memory:', 0)
  let isStopped = false
  let runs = 0
  const stopping: TrialRunner = {
    async run(params, _seed, report) {
      runs += 1
      if (runs === 12) isStopped = true
      expect(report(1, 0)).toBe(isStopped ? 'prune' : 'go')
      return { metrics: { score: scoreOf(params) }, returns: new Float64Array() }
    },
  }
  const cut = await search({ runner: stopping, isStopped: () => isStopped })
  expect(cut.stopped).toBe(true)
  expect(cut.counts).toEqual({ complete: 11, pruned: 0, failed: 0, infeasible: 0 })
  expect(kept().at(-1)).toMatchObject({ number: 11, state: 'failed', retry: 'owed' })
  const summary = await search()
  expect(summary.counts.complete).toBe(20)
  expect(summary.trialsOnData).toBe(20)
  expect((await search()).counts).toEqual(summary.counts)
  const tried = (trials: ReturnType<typeof kept>) => trials.map(({ params, seed }) => ({ params, seed }))
  expect(tried(kept().filter(({ retry }) => retry === 'none'))).toEqual(tried(whole))
})

describe('how trials end', () => {
  test('too few data: infeasible; thrown: failed; neither is the best', async () => {
    const summary = await search({
      runner: {
        async run(params) {
          if (params['kind'] === 'b') throw new Error('no such kind')
          return { metrics: { score: Number(params['x']) > 0.5 ? null : Number.NaN }, returns: new Float64Array() }
        },
      },
    })
    expect(summary.counts.complete + summary.counts.pruned).toBe(0)
    expect(summary.counts.failed).toBeGreaterThan(0)
    expect(summary.counts.infeasible).toBeGreaterThan(0)
    expect(summary.best).toBeNull()
    expect(summary.deflatedSharpe).toEqual({ notEnough: 'no trial is complete' })
  })

  test('pruned as the pruner says, with the readings that it was judged by; NaN at once', async () => {
    let steps = 0
    const summary = await search({
      pruner: ashaPruner({ stepsMin: 1, reduction: 2 }),
      runner: {
        async run(params, _seed, report) {
          for (let step = 1; step <= 8; step += 1) {
            steps += 1
            const value = params['kind'] === 'b' && step === 3 ? Number.NaN : scoreOf(params)
            if (report(step, value) === 'prune') break
          }
          return { metrics: { score: scoreOf(params) }, returns: new Float64Array() }
        },
      },
    })
    expect(summary.counts.pruned).toBeGreaterThan(5)
    expect(summary.counts.complete).toBeGreaterThan(0)
    expect(summary.best?.params['kind']).toBe('a')
    expect(steps).toBeLessThan(20 * 8 * 0.7)
  })

  test('a metric that there is not ends the search at once', async () => {
    await expect(search({ runner: runner(() => ({ metrics: { other: 1 } })) })).rejects.toThrow(
      'objective: score is no metric of a trial; one of other',
    )
    expect(kept()).toMatchObject([{ state: 'failed' }])
  })

  test('ten failures in a row end it; nine do not', async () => {
    let runs = 0
    const failing = (times: number): TrialRunner => ({
      run(params) {
        runs += 1
        if (runs % (times + 1) !== 0) return Promise.reject(new Error(`broken ${runs}`))
        return Promise.resolve({ metrics: { score: scoreOf(params) }, returns: new Float64Array() })
      },
    })
    expect((await search({ runner: failing(9) })).counts).toMatchObject({ failed: 18, complete: 2 })
    runs = 0
    const endless = search({ name: 'other', runner: failing(10) })
    await expect(endless).rejects.toThrow('search: 10 trials in a row failed, the last one: broken 10')
  })

  test('a bug of ours is not carried on from', async () => {
    const run = () => Promise.reject(new InvariantError('bug'))
    await expect(search({ runner: { run } })).rejects.toThrow('bug')
    expect(kept()).toMatchObject([{ state: 'failed' }])
  })
})

test('workers run side by side, as many as asked, and none is given what another is at', async () => {
  let active = 0
  let most = 0
  const seen = new Set<string>()
  const grid = searchSpaceSchema.parse({ x: { kind: 'int', low: 1, high: 30 } })
  const summary = await search({
    ...{ space: grid, sampler: gridSampler(grid, 1), workers: 4, trials: 100 },
    runner: {
      async run(params) {
        active += 1
        most = Math.max(most, active)
        for (let turn = 0; turn < Number(params['x']) % 5; turn += 1) await Promise.resolve()
        active -= 1
        seen.add(JSON.stringify(params))
        return { metrics: { score: Number(params['x']) }, returns: new Float64Array() }
      },
    },
  })
  expect(most).toBe(4)
  expect(seen.size).toBe(30) // The grid ends before the hundred.
  expect(summary.counts.complete).toBe(30)
  expect(summary.best?.params).toEqual({ x: 30 })
})

test('the best is judged by all trials ever run on the same data', async () => {
  const random = seededRandom(2)
  const draw = (mean: number) => Float64Array.from({ length: 100 }, () => mean + 0.01 * normal(random))
  const given: Partial<SearchParts> = {
    runner: runner((params) => ({ returns: draw(0.003 * (1 - Math.abs(Number(params['x']) - 0.3))) })),
    overfitting: (returns) => ({ value: returns.length / 1_000 }),
  }
  const first = await search(given)
  expect(first.trialsOnData).toBe(20)
  expect(first.overfitting).toEqual({ value: 0.02 })
  const plain = { dataHash: 'data', params: {}, seed: 1, startedAt: 5, finishedAt: 6, metrics: {} }
  for (let trial = 0; trial < 30; trial += 1)
    store.recordTrial({ ...plain, returns: draw(0), sharpe: 0.3 * normal(random) })
  store.recordTrial({ ...plain, returns: new Float64Array(99), sharpe: null }) // Of other periods.
  const later = await search(given)
  expect(later.trialsOnData).toBe(51)
  expect(later.overfitting).toEqual({ value: 0.05 })
  const numberOf = (metric: typeof first.deflatedSharpe) => ('value' in metric ? metric.value : Number.NaN)
  expect(numberOf(later.deflatedSharpe)).toBeLessThan(numberOf(first.deflatedSharpe))
})

test('a study of another space is refused before anything runs', async () => {
  await search({ trials: 1 })
  const other = searchSpaceSchema.parse({ x: { kind: 'float', low: 0, high: 2 } })
  await expect(search({ space: other })).rejects.toThrow('was begun with other parameters')
})
