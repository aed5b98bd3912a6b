import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import type { ForecastOutcome } from '../../../src/report/backtest/record.ts'
import { judge } from '../../../src/training/gate/judge.ts'
import { type Earned, fieldOf } from '../../../src/wiring/evaluation/contenders.ts'
import { CONFIG } from './made-rows.ts'

const LEVELS = [0.25, 0.5, 0.75]

const outcome = (symbol: string, at: number, off: number): ForecastOutcome => ({
  ...{ symbol, at: epochMs(at), modelId: 'm', meanBps: off, levels: LEVELS, quantilesBps: [off - 1, off, off + 1] },
  ...{ classes: [0.3, 0.4, 0.3] as const, volatilityBps: 1, realisedBps: 0, thresholdBps: 0.5 },
})

/** Forecasts of two symbols at `moments`, `off` by as much; what it earned is the moment. */
const earned = (name: string, off: number, moments: readonly number[]): Earned => ({
  name,
  outcomes: moments.flatMap((at) => [outcome('A', at, off), outcome('B', at, off + at / 100)]),
  ...{ pnl: moments.map((at) => at + off), pnlAt: moments, tripsAt: moments },
})
const asked = { horizonBars: 2, trials: { count: 3 } }

describe('all are measured on what they have in common', () => {
  const { outcomes } = earned('base', 3, [2, 3, 4, 9])
  const baseline = { name: 'base', outcomes: [...outcomes].reverse() }
  const field = fieldOf({ ...earned('new', 0, [1, 2, 3, 4]), ...asked }, earned('old', 5, [2, 3, 4, 5]), [baseline])

  test('rows by symbol and moment, in one order, each with its own loss', () => {
    const { candidate, champion, baselines } = field
    for (const one of [candidate, champion!, baselines[0]!]) expect([...one.endAt]).toEqual([2, 2, 3, 3, 4, 4])
    // Pinball losses of quantiles about 0 with the outcome 0: the further off, the larger.
    const losses = [candidate, baselines[0]!, champion!].map(({ crpsBps }) => [...crpsBps])
    for (const [row, own] of losses[0]!.entries()) {
      expect(own).toBeLessThan(losses[1]![row]!)
      expect(losses[1]![row]!).toBeLessThan(losses[2]![row]!)
    }
    expect(losses[0]![1]).toBeGreaterThan(losses[0]![0]!)
  })

  test('money by moment, in the order of time of the candidate', () => {
    expect([...field.candidate.pnl]).toEqual([2, 3, 4])
    expect([...field.champion!.pnlAt]).toEqual([2, 3, 4])
    expect(field.champion!.pnl[[...field.champion!.pnlAt].indexOf(4)]).toBe(9)
  })

  test('round trips that were closed in the judged time', () => {
    expect([field.candidate.trades, field.champion!.trades]).toEqual([3, 3])
  })
})

test('coverage is of all that the candidate said, whoever it is compared with', () => {
  const half = [1, 2, 3, 4].map((at) => outcome('A', at, at <= 2 ? 0.5 : -3))
  const candidate = { ...earned('new', 0, [1, 2, 3, 4]), outcomes: half, ...asked }
  const alone = fieldOf(candidate, undefined, [])
  const rivalled = fieldOf(candidate, earned('old', 1, [1, 2]), [])
  expect(alone.candidate.coverage).toEqual([
    { level: 0.25, coverage: 0 },
    { level: 0.5, coverage: 0.5 },
    { level: 0.75, coverage: 0.5 },
  ])
  expect(rivalled.candidate.coverage).toEqual(alone.candidate.coverage)
})

test('with a champion that may have learnt from everything there is no verdict, and no error', () => {
  const unknown = earned('old', 1, [])
  const { candidate, champion, baselines } = fieldOf({ ...earned('new', 0, [1, 2]), ...asked }, unknown, [])
  expect(judge(candidate, champion, baselines, CONFIG.trainer.gate).outcome).toBe('not enough data')
})
