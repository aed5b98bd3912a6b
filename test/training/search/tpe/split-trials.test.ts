import { expect, test } from 'vitest'
import { tpeLaws } from '../../../../src/training/search/samplers/tpe-sampler.ts'
import { searchSpaceSchema } from '../../../../src/training/search/search-space.ts'
import { spaceGroups } from '../../../../src/training/search/space-groups.ts'
import { belowCount, splitTrials } from '../../../../src/training/search/tpe/split-trials.ts'
import type { FinishedTrial } from '../../../../src/training/search/trial.ts'
import { tpeFixture } from '../support/tpe-fixture.ts'
import { finishedTrial } from '../support/trials.ts'

const fixture = tpeFixture()

test.each(fixture.belowCounts)('of %d trials %d are good, as in Optuna', (count, below) => {
  expect(belowCount(count)).toBe(below)
})

test.each(fixture.splits)(
  'complete, pruned, infeasible and running trials are split as Optuna does: $name',
  (split) => {
    const running = split.trials.filter(({ state }) => state === 'running')
    const finished = split.trials.filter((trial): trial is FinishedTrial => trial.state !== 'running')
    const parts = splitTrials(finished, running)
    expect(parts.below.map(({ number }) => number)).toEqual(split.below)
    expect(parts.above.map(({ number }) => number)).toEqual(split.above)
    // And both laws that come of it, on the same points.
    const [group] = spaceGroups(searchSpaceSchema.parse(split.space))
    const { good, others } = tpeLaws(group!, parts)
    for (const [at, point] of split.points.entries()) {
      expect(good.logDensity(point)).toBeCloseTo(split.good[at]!, 10)
      expect(others.logDensity(point)).toBeCloseTo(split.others[at]!, 10)
    }
  },
)

test('failed trials say nothing', () => {
  const failed = Array.from({ length: 90 }, (_, number) => finishedTrial(number, { state: 'failed', value: null }))
  const parts = splitTrials([...failed, finishedTrial(90)], [])
  expect([parts.below.length, parts.above.length]).toEqual([1, 0])
})

test('without complete trials, the pruned one that got furthest is good, then by its last reading; infeasible ones are not', () => {
  const pruned = (number: number, ...reports: [number, number][]) =>
    finishedTrial(number, { state: 'pruned', value: null, reports })
  const infeasible = finishedTrial(0, { state: 'infeasible', value: null })
  const far = [pruned(1, [1, 9]), pruned(2, [1, 1], [2, 3]), pruned(3, [1, 1], [2, 4]), pruned(4)]
  expect(splitTrials([infeasible, ...far], []).below.map(({ number }) => number)).toEqual([3])
})
