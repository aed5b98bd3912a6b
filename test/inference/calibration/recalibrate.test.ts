import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recalibrated, recalibratedOutputs } from '../../../src/inference/calibration/recalibrate.ts'
import { onCurve, recalibratedClasses, temper } from '../../../src/inference/calibration/recalibrate-classes.ts'
import { readOutputs } from '../../../src/inference/read-outputs.ts'
import { recalibrationSchema } from '../../../src/model/bundle/recalibration-schema.ts'
import { bundle } from '../support/scripted-runtime.ts'

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
const reading = {
  meanBps: 1,
  volatilityBps: 4,
  quantilesBps: [-6, -2, 0, 2, 6],
  classes: [0.2, 0.3, 0.5] as [number, number, number],
}

describe('classes', () => {
  test('temperature 1 changes nothing, 2 takes roots, a very low one leaves the greatest', () => {
    const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 14) as number)
    expect(temper([0.2, 0.3, 0.5], 1)).toEqual(close([0.2, 0.3, 0.5]))
    const roots = [0.2, 0.3, 0.5].map(Math.sqrt)
    const sum = roots.reduce((total, root) => total + root, 0)
    expect(temper([0.2, 0.3, 0.5], 2)).toEqual(close(roots.map((root) => root / sum)))
    expect(temper([0.2, 0.3, 0.5], 0.05)[2]).toBeGreaterThan(0.9999)
    expect(temper([0, 0, 1], 3)).toEqual([0, 0, 1])
  })

  test.each<[number, number]>([
    [0, 0.1],
    [0.2, 0.1],
    [0.3, 0.2],
    [0.4, 0.3],
    [0.6, 0.6],
    [0.8, 0.9],
    [1, 0.9],
  ])('the curve at %d is %d', (said, came) => {
    expect(onCurve({ said: [0.2, 0.4, 0.8], came: [0.1, 0.3, 0.9] }, said)).toBeCloseTo(came, 12)
  })

  test('isotonic curves are divided by their sum; three that say never leave the classes', () => {
    const flat = (came: number) => ({ said: [0.5], came: [came] })
    const found = recalibratedClasses([0.2, 0.3, 0.5], {
      method: 'isotonic',
      curves: [flat(0.2), flat(0.2), flat(0.4)],
    })
    expect(found).toEqual([0.25, 0.25, 0.5])
    const never = recalibratedClasses([0.2, 0.3, 0.5], { method: 'isotonic', curves: [flat(0), flat(0), flat(0)] })
    expect(never).toEqual([0.2, 0.3, 0.5])
  })

  test('of any temperature: of sum 1, the likeliest stays so', () => {
    const part = fc.double({ min: 1e-6, max: 1, noNaN: true })
    fc.assert(
      fc.property(part, part, part, fc.double({ min: 0.05, max: 20, noNaN: true }), (a, b, c, temperature) => {
        const said = [a, b, c].map((p) => p / (a + b + c)) as [number, number, number]
        const found = temper(said, temperature)
        expect(found[0] + found[1] + found[2]).toBeCloseTo(1, 12)
        expect(found[said.indexOf(Math.max(...said))]).toBe(Math.max(...found))
      }),
    )
  })
})

describe('recalibrated', () => {
  test.each<[string, 'bps' | 'volatility', readonly number[]]>([
    ['basis points', 'bps', [-7, -2.5, 0, 2.5, 7]],
    ['volatilities of 4 bps', 'volatility', [-10, -4, 0, 4, 10]],
  ])('shifts in %s', (_name, unit, expected) => {
    const found = recalibrated(reading, LEVELS, { rows: 9, quantiles: { unit, shifts: [-1, -0.5, 0, 0.5, 1] } })
    expect(found).toEqual({ ...reading, quantilesBps: expected })
  })

  test('each part alone; nothing leaves all as it is', () => {
    expect(recalibrated(reading, LEVELS, { rows: 9 })).toEqual(reading)
    expect(recalibrated(reading, LEVELS, { rows: 9, volatilityFactor: 1.5 })).toEqual({ ...reading, volatilityBps: 6 })
  })

  test('a forecast is corrected after it was judged; golden vectors stay those of the graph', () => {
    const { manifest } = bundle
    const outputs = {
      mean: Float32Array.of(1),
      volatility: Float32Array.of(4),
      quantiles: Float32Array.from(reading.quantilesBps),
      classes: Float32Array.of(0.25, 0.25, 0.5),
    }
    const recalibration = recalibrationSchema.parse({
      rows: 9,
      classes: { method: 'temperature', temperature: 0.5 },
      quantiles: { unit: 'bps', shifts: [-1, 0, 0, 0, 1] },
      volatilityFactor: 2,
    })
    const calibrated = { ...manifest, calibration: { ...manifest.calibration, recalibration } }
    expect(readOutputs(outputs, manifest, 0)).toMatchObject({ volatilityBps: 4, quantilesBps: reading.quantilesBps })
    const found = readOutputs(outputs, calibrated, 0)
    expect(found).toMatchObject({ meanBps: 1, volatilityBps: 8, quantilesBps: [-7, -2, 0, 2, 7] })
    expect((found as typeof reading).classes[2]).toBeCloseTo(0.25 / 0.375, 12)
    const batch = recalibratedOutputs(outputs, LEVELS, recalibration)
    expect([...batch.quantiles]).toEqual([-7, -2, 0, 2, 7])
    expect(batch.volatility[0]).toBe(8)
    expect(batch.classes[2]).toBeCloseTo(0.25 / 0.375, 6)
    expect(outputs.volatility[0]).toBe(4)
  })
})
