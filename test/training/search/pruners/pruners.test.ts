import { describe, expect, test } from 'vitest'
import { ashaPruner } from '../../../../src/training/search/pruners/asha-pruner.ts'
import { medianPruner } from '../../../../src/training/search/pruners/median-pruner.ts'
import type { Pruner } from '../../../../src/training/search/pruners/pruner.port.ts'
import type { FinishedTrial, Report } from '../../../../src/training/search/trial.ts'
import { tpeFixture } from '../support/tpe-fixture.ts'
import { finishedTrial } from '../support/trials.ts'

const fixture = tpeFixture()

/** Trials one after the other: which of them are ended, and after which reading. */
function ends(pruner: Pruner, curves: readonly (readonly Report[])[]): readonly (number | null)[] {
  const finished: FinishedTrial[] = []
  return curves.map((curve, number) => {
    const at = curve.findIndex((_, last) =>
      pruner.isHopeless({ number, params: {}, reports: curve.slice(0, last + 1) }, finished, []),
    )
    const reports = at < 0 ? curve : curve.slice(0, at + 1)
    finished.push(finishedTrial(number, { reports, ...(at < 0 ? {} : { state: 'pruned', value: null }) }))
    return at < 0 ? null : at
  })
}

test.each([
  ...fixture.median.map((one) => ({
    ...one,
    // Optuna's warm-up of 3 checks step 3; ours lets 3 steps pass.
    pruner: medianPruner({ startupTrials: 5, warmUpSteps: 2, standing: 'best' }),
  })),
  { ...fixture.asha[0]!, pruner: ashaPruner({ stepsMin: 1, reduction: 2 }) },
  { ...fixture.asha[1]!, pruner: ashaPruner({ stepsMin: 2, reduction: 3 }) },
])('ends the trials that Optuna ends, at the same step: $name', ({ trials, pruner }) => {
  const expected = trials.map(({ reports, pruned }) => (pruned ? reports.length - 1 : null))
  expect(expected.filter((end) => end !== null).length).toBeGreaterThan(8)
  expect(
    ends(
      pruner,
      trials.map(({ reports }) => reports),
    ),
  ).toEqual(expected)
})

describe('median', () => {
  const others = [1, 2, 3].map((level, number) =>
    finishedTrial(number, {
      reports: [
        [1, level],
        [2, level + 1],
      ],
    }),
  )
  const pruner = medianPruner({ startupTrials: 3, warmUpSteps: 0, standing: 'mean' })
  const trial = (...reports: Report[]) => ({ number: 9, params: {}, reports })

  test.each<{ name: string; reports: Report[]; expected: boolean }>([
    { name: 'at the median', reports: [[1, 2]], expected: false },
    { name: 'below it', reports: [[1, 1.99]], expected: true },
    {
      name: 'mean of readings at the median',
      reports: [
        [1, 4],
        [2, 1],
      ],
      expected: false,
    },
    {
      name: 'mean of readings below it',
      reports: [
        [1, 4],
        [2, 0.9],
      ],
      expected: true,
    },
    {
      name: 'at a step where no other has a reading',
      reports: [
        [1, 9],
        [5, -9],
      ],
      expected: false,
    },
  ])('$name: ended $expected', ({ reports, expected }) => {
    expect(pruner.isHopeless(trial(...reports), others, [])).toBe(expected)
  })

  test('nobody is ended before enough are complete, nor in the warm-up', () => {
    expect(pruner.isHopeless(trial([1, -9]), others.slice(1), [])).toBe(false)
    const patient = medianPruner({ startupTrials: 3, warmUpSteps: 1, standing: 'mean' })
    expect(patient.isHopeless(trial([1, -9]), others, [])).toBe(false)
    expect(patient.isHopeless(trial([1, -9], [2, -9]), others, [])).toBe(true)
  })

  test('pruned trials are no measure', () => {
    const pruned = others.map((other) => ({ ...other, state: 'pruned' as const }))
    expect(pruner.isHopeless(trial([1, -9]), pruned, [])).toBe(false)
  })
})

describe('ASHA', () => {
  const pruner = ashaPruner({ stepsMin: 1, reduction: 3 })
  const at = (number: number, value: number) => ({ number, params: {}, reports: [[1, value]] as const })

  test('running trials compete as well', () => {
    const running = [at(1, 5), at(2, 4)]
    expect(pruner.isHopeless(at(3, 4.5), [], running)).toBe(true)
    expect(pruner.isHopeless(at(3, 5), [], running)).toBe(false)
  })

  test('between rungs nobody is judged', () => {
    const rival = finishedTrial(1, {
      reports: [
        [1, 9],
        [2, 9],
        [3, 9],
      ],
    })
    expect(
      pruner.isHopeless(
        {
          number: 2,
          params: {},
          reports: [
            [1, 9],
            [2, 0],
          ],
        },
        [rival],
        [],
      ),
    ).toBe(false)
    expect(
      pruner.isHopeless(
        {
          number: 2,
          params: {},
          reports: [
            [1, 9],
            [2, 0],
            [3, 0],
          ],
        },
        [rival],
        [],
      ),
    ).toBe(true)
  })
})
