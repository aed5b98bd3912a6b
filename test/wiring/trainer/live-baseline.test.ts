import { expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import type { ForecastOutcome } from '../../../src/report/backtest/record.ts'
import { liveBaseline } from '../../../src/wiring/trainer/live-baseline.ts'

const HORIZON = 3
const outcome = (at: number, realisedBps: number, symbol = 'BTC/USDT:USDT'): ForecastOutcome => ({
  ...{ symbol, at: epochMs(at), modelId: 'a', meanBps: 1, levels: [0.05, 0.5, 0.95], quantilesBps: [-9, 0, 9] },
  ...{ classes: [0.2, 0.5, 0.3], volatilityBps: 4, realisedBps, thresholdBps: 1 },
})
const moves = Array.from({ length: 60 }, (_, i) => outcome(i, 2 + Math.sin(i)))
const knownAt = moves.map(({ at }) => at + HORIZON)

test('an exponentially weighted variance of what was known, RiskMetrics 0.94, from 20 outcomes on', () => {
  const { outcomes } = liveBaseline(moves, knownAt)
  expect(outcomes[0]!.at).toBe(19 + HORIZON) // Outcome 19, the 20th, is known there.
  let variance = moves[0]!.realisedBps ** 2
  for (const { realisedBps } of moves.slice(1, 20)) variance = 0.94 * variance + 0.06 * realisedBps ** 2
  expect(outcomes[0]!.volatilityBps).toBeCloseTo(Math.sqrt(variance), 12)
  expect(outcomes[0]!.quantilesBps[2]).toBeCloseTo(1.6448536 * Math.sqrt(variance), 5)
  expect(outcomes[0]!.classes.reduce((sum, one) => sum + one)).toBeCloseTo(1, 12)
  expect(outcomes[0]).toMatchObject({ meanBps: 0, realisedBps: moves[22]!.realisedBps, thresholdBps: 1 })
})

test.each([0, 10, 30, 56])('what comes out later than bar %i changes nothing that was said until then', (cut) => {
  const changed = moves.map((one, i) => (knownAt[i]! > cut ? { ...one, realisedBps: 1_000 } : one))
  const said = (all: readonly ForecastOutcome[]) =>
    liveBaseline(all, knownAt)
      .outcomes.filter(({ at }) => at <= cut)
      .map(({ volatilityBps }) => volatilityBps)
  expect(said(changed)).toEqual(said(moves))
})

test('instruments know nothing of each other; a market that never moves has no variance', () => {
  const still = moves.map(({ at }) => outcome(at, 0, 'ETH/USDT:USDT'))
  const both = liveBaseline([...moves, ...still], [...knownAt, ...knownAt])
  expect(both).toEqual(liveBaseline(moves, knownAt))
  expect(liveBaseline([], []).outcomes).toEqual([])
})
