import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LEVELS } from '../../../src/model/forecaster-outputs.ts'
import { normalCdf, normalQuantile } from '../../../src/model/heads/normal-quantile.ts'
import { crpsOf, crpsWeights } from '../../../src/training/evaluation/crps.ts'
import { VECTORS } from '../gate/gate-vectors.ts'

/** Gneiting et al. 2005, eq. 5, of N(0, 1). */
const closedForm = (y: number): number =>
  y * (2 * normalCdf(y) - 1) + (2 * Math.exp((-y * y) / 2)) / Math.sqrt(2 * Math.PI) - 1 / Math.sqrt(Math.PI)

const ofNormal = (levels: readonly number[], y: number): number =>
  crpsOf(levels, crpsWeights(levels), levels.map(normalQuantile), y)

test.each([
  [0, 0.233695],
  [1, 0.602441],
  [2, 1.452792],
])('closed form of N(0, 1) at %d: %d', (y, crps) => {
  expect(closedForm(y)).toBeCloseTo(crps, 6)
})

test.each(VECTORS.normalCrps)('2·∫ pinball over 999 levels is ∫ (F − 1{x ≥ y})² by scipy, at $y', ({ y, crps }) => {
  const levels = Array.from({ length: 999 }, (_, i) => (i + 1) / 1_000)
  expect(Math.abs(ofNormal(levels, y) / crps - 1)).toBeLessThan(5e-4)
})

describe('with few levels, relative to the closed form', () => {
  test.each([
    { y: 0, from: -0.15, to: -0.13 },
    { y: 1, from: -0.015, to: -0.005 },
    { y: 2, from: -0.04, to: -0.03 },
  ])('five at $y: $from to $to', ({ y, from, to }) => {
    const error = ofNormal(LEVELS, y) / closedForm(y) - 1
    expect(error).toBeGreaterThan(from)
    expect(error).toBeLessThan(to)
  })

  test('99: within 0.3 %', () => {
    const levels = Array.from({ length: 99 }, (_, i) => (i + 1) / 100)
    for (const y of [0, 1, 2]) expect(Math.abs(ofNormal(levels, y) / closedForm(y) - 1)).toBeLessThan(0.003)
  })
})

test('weights: cells around the levels, sum 1', () => {
  const wanted = [0.15, 0.225, 0.25, 0.225, 0.15].map((weight) => expect.closeTo(weight, 12) as number)
  expect(crpsWeights(LEVELS)).toEqual(wanted)
  expect(crpsWeights([0.5])).toEqual([1])
})

test('a certain forecast: the absolute error, whatever the levels', () => {
  const weights = crpsWeights([0.1, 0.5, 0.9])
  fc.assert(
    fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), (said, came) => {
      const score = crpsOf([0.1, 0.5, 0.9], weights, [said, said, said], came)
      expect(score).toBeCloseTo(Math.abs(said - came), 9)
    }),
  )
})

test('proper: no one gains by saying a wider, narrower or shifted law than what comes', () => {
  const draws = Array.from({ length: 2_000 }, (_, i) => normalQuantile((i + 0.5) / 2_000))
  const weights = crpsWeights(LEVELS)
  const mean = (scale: number, shift: number): number => {
    const said = LEVELS.map((level) => shift + scale * normalQuantile(level))
    return draws.reduce((sum, y) => sum + crpsOf(LEVELS, weights, said, y), 0) / draws.length
  }
  for (const [scale, shift] of [
    [1.1, 0],
    [0.9, 0],
    [1, 0.1],
    [1, -0.1],
  ] as const) {
    expect(mean(scale, shift)).toBeGreaterThan(mean(1, 0))
  }
})
