import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { recalibratedOutputs } from '../../../src/inference/calibration/recalibrate.ts'
import { onCurve } from '../../../src/inference/calibration/recalibrate-classes.ts'
import { recalibrationSchema } from '../../../src/model/bundle/recalibration-schema.ts'
import { type ForecasterOutputs, LEVELS } from '../../../src/model/forecaster-outputs.ts'
import { normalQuantile } from '../../../src/model/heads/normal-quantile.ts'
import { calibrationSettingsSchema } from '../../../src/training/calibration/calibration-settings.ts'
import { fitCalibration } from '../../../src/training/calibration/fit-calibration.ts'
import { fitConformal } from '../../../src/training/calibration/fit-conformal.ts'
import { fitIsotonic } from '../../../src/training/calibration/fit-isotonic.ts'
import { classLoss, fitTemperature } from '../../../src/training/calibration/fit-temperature.ts'
import { calibrationFixture } from '../../fixtures/calibration/load-calibration.ts'

describe('fitIsotonic', () => {
  test.each(calibrationFixture.isotonic.map((one, i) => [i, one] as const))('equals scikit-learn, %d', (_i, one) => {
    const curve = fitIsotonic(one.said, one.came)
    for (const [i, said] of one.at.entries()) expect(onCurve(curve, said)).toBeCloseTo(one.expected[i]!, 10)
  })

  test('by hand: violators are pooled, equal ones are one point', () => {
    expect(fitIsotonic([1, 2, 3, 4], [1, 3, 2, 4])).toEqual({ said: [1, 2, 3, 4], came: [1, 2.5, 2.5, 4] })
    expect(fitIsotonic([1, 1, 2], [0, 1, 1])).toEqual({ said: [1, 2], came: [0.5, 1] })
    expect(fitIsotonic([3, 2, 1], [0, 1, 2])).toEqual({ said: [1, 3], came: [1, 1] })
  })

  test('never falls, at most 256 points, the mean stays', () => {
    const point = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1))
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 60 }), (points) => {
        const said = points.map(([x]) => x)
        const curve = fitIsotonic(
          said,
          points.map(([, y]) => y),
        )
        expect(curve.came).toEqual(curve.came.toSorted((a, b) => a - b))
        const fitted = said.reduce((sum, x) => sum + onCurve(curve, x), 0)
        expect(fitted).toBeCloseTo(
          points.reduce((sum, [, y]) => sum + y, 0),
          8,
        )
      }),
    )
    const rising = Array.from({ length: 1_000 }, (_, i) => i / 1_000)
    const thin = fitIsotonic(rising, rising)
    expect(thin.said).toHaveLength(256)
    expect([thin.said[0], thin.said.at(-1)]).toEqual([0, 0.999])
  })
})

describe('fitTemperature', () => {
  test.each(calibrationFixture.temperature.map((one, i) => [i, one] as const))('equals scipy, %d', (_i, one) => {
    const temperature = fitTemperature(one.said, one.came)
    expect(temperature).toBeCloseTo(one.temperature, 5)
    expect(classLoss(one.said, one.came)).toBeCloseTo(one.lossBefore, 10)
    expect(one.loss).toBeLessThan(one.lossBefore)
  })
})

describe('fitConformal', () => {
  const rows = (targets: readonly number[], horizonBars = 1) => ({
    levels: [0.05, 0.5, 0.95],
    quantilesBps: targets.flatMap(() => [-1, 0, 1]),
    targetsBps: Float64Array.from(targets),
    unitsBps: targets.map(() => 1),
    horizonBars,
  })
  const nineteen = Array.from({ length: 19 }, (_, i) => i)

  test('by hand: the 18th of 19 scores |y| − 1', () => {
    expect(fitConformal(rows(nineteen))).toEqual({ shifts: [-16, 0, 16], notes: [] })
  })

  test('too few rows that do not overlap leave the interval, and say so', () => {
    expect(fitConformal(rows(nineteen.slice(0, 9))).notes).toEqual([])
    const few = fitConformal(rows(nineteen.slice(0, 8)))
    expect(few.shifts).toEqual([0, 0, 0])
    expect(few.notes).toEqual(['interval 0.05–0.95 is left as it is: 8 rows that do not overlap, 9 are needed'])
    expect(fitConformal(rows(nineteen, 2)).notes).toEqual([])
    expect(fitConformal(rows(nineteen.slice(1), 2)).notes).toEqual([])
    expect(fitConformal(rows(nineteen.slice(2), 2)).notes).toHaveLength(1)
  })

  test('of exchangeable rows a new one is covered as promised, on average', () => {
    const random = seededRandom(3)
    let covered = 0
    const trials = 4_000
    for (let trial = 0; trial < trials; trial += 1) {
      const fit = fitConformal(rows(Array.from({ length: 29 }, () => normal(random) ** 3)))
      covered += Math.abs(normal(random) ** 3) <= 1 + fit.shifts[2]! ? 1 : 0
    }
    // ⌈0.9 · 30⌉ / 30 = 0.9 exactly; three deviations.
    expect(Math.abs(covered / trials - 0.9)).toBeLessThan(3 * Math.sqrt(0.09 / trials))
  })
})

/** Says the right law for volatilities that vary, but as if they were `share` of what they are; classes over-confident. */
function shrunk(rows: number, seed: number, share: number): { outputs: ForecasterOutputs; targetsBps: Float64Array } {
  const random = seededRandom(seed)
  const volatility = Float32Array.from({ length: rows }, () => 5 + 20 * random())
  const said = volatility.map((value) => share * value)
  const z = LEVELS.map(normalQuantile)
  return {
    targetsBps: Float64Array.from(volatility, (value) => value * normal(random)),
    outputs: {
      mean: new Float32Array(rows),
      volatility: said,
      quantiles: Float32Array.from([...said].flatMap((value) => z.map((one) => one * value))),
      classes: Float32Array.from([...said].flatMap(() => (random() < 0.5 ? [0.9, 0.05, 0.05] : [0.05, 0.05, 0.9]))),
    },
  }
}

describe('fitCalibration', () => {
  const outcomes = { levels: LEVELS, thresholdBps: 4, horizonBars: 1 }
  const settings = calibrationSettingsSchema.parse({})

  test('brings intervals, volatility and classes of later rows where they belong', () => {
    const fit = fitCalibration(shrunk(2_000, 1, 0.5).outputs, { ...outcomes, ...shrunk(2_000, 1, 0.5) }, settings)
    expect(recalibrationSchema.parse(fit.recalibration)).toEqual(fit.recalibration)
    expect(fit.notes).toEqual([])
    expect(fit.before.coverages[0]!.realised).toBeLessThan(0.65)
    expect(fit.recalibration.volatilityFactor).toBeCloseTo(2, 0.7)
    expect(fit.after.logLoss).toBeLessThan(fit.before.logLoss)
    const later = shrunk(4_000, 2, 0.5)
    const found = recalibratedOutputs(later.outputs, LEVELS, fit.recalibration)
    const coverage = later.targetsBps.filter(
      (y, row) => y >= found.quantiles[row * 5]! && y <= found.quantiles[row * 5 + 4]!,
    ).length
    expect(Math.abs(coverage / 4_000 - 0.9)).toBeLessThan(0.025)
  })

  test('a volatility that was right stays; wrong widths do not carry it with them', () => {
    const honest = shrunk(2_000, 5, 1)
    const quantiles = honest.outputs.quantiles.map((value) => value * 0.3)
    const fit = fitCalibration({ ...honest.outputs, quantiles }, { ...outcomes, ...honest }, settings)
    expect(fit.recalibration.quantiles!.shifts[4]).toBeGreaterThan(0.8)
    expect(fit.recalibration).not.toHaveProperty('volatilityFactor')
  })

  test.each<[string, object, readonly string[]]>([
    ['nothing', { classes: 'none', quantiles: 'none' }, ['rows']],
    ['classes alone', { quantiles: 'none', classes: 'isotonic' }, ['classes', 'rows']],
    ['widths alone', { classes: 'none', volatility: 'none', quantiles: 'bps' }, ['quantiles', 'rows']],
  ])('%s', (_name, changed, keys) => {
    const { outputs, targetsBps } = shrunk(300, 7, 0.5)
    const fit = fitCalibration(outputs, { ...outcomes, targetsBps }, calibrationSettingsSchema.parse(changed))
    expect(Object.keys(fit.recalibration).sort()).toEqual(keys)
    expect(recalibrationSchema.parse(fit.recalibration)).toEqual(fit.recalibration)
    expect(fit.recalibration.quantiles?.unit).toBe(keys.includes('quantiles') ? 'bps' : undefined)
  })

  test('isotonic: no class is ever sure', () => {
    const { outputs, targetsBps } = shrunk(300, 7, 0.5)
    const isotonic = calibrationSettingsSchema.parse({ classes: 'isotonic' })
    const up = targetsBps.map(() => 100)
    const { classes } = fitCalibration(outputs, { ...outcomes, targetsBps: up }, isotonic).recalibration
    if (classes?.method !== 'isotonic') throw new Error('isotonic was asked for')
    expect(classes.curves[2].came).toEqual([1 - 1 / 302, 1 - 1 / 302])
    expect(classes.curves[0].came).toEqual([1 / 302, 1 / 302])
    expect(targetsBps).toHaveLength(300)
  })
})
