import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { parseManifest, sealManifest } from '../../../src/model/bundle/manifest.ts'
import { fitReference } from '../../../src/training/calibration/fit-reference.ts'
import { sampleDraft, sampleModel } from '../sample-model.ts'

const draft = sampleDraft(sampleModel())
const random = seededRandom(1)
const values = Float32Array.from({ length: 300 }, () => random())
const reference = fitReference({ values, rows: 100, features: 3 }, seededRandom(2))
const recalibration = {
  rows: 500,
  classes: { method: 'temperature' as const, temperature: 1.3 },
  quantiles: { unit: 'volatility' as const, shifts: [-0.2, -0.1, 0, 0.1, 0.2] },
  volatilityFactor: 1.1,
}

/** Why it is refused; undefined: it is read, and is what was written. */
function refusal(recalibrated: object, referred: object): string | undefined {
  const changed = { ...draft, calibration: { ...draft.calibration, recalibration: recalibrated }, reference: referred }
  const bytes = new TextEncoder().encode(
    sealManifest(changed as typeof draft, new Map([['model.onnx', new Uint8Array(1)]])),
  )
  try {
    const manifest = parseManifest(bytes, 'manifest.json')
    expect([manifest.calibration.recalibration, manifest.reference]).toEqual([recalibrated, referred])
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const point = { said: [0, 1], came: [0, 1] }
const isotonic = (curve: object) => ({ rows: 9, classes: { method: 'isotonic', curves: [curve, point, point] } })

describe('recalibration and reference of a manifest', () => {
  test('are read as they were written', () => {
    expect(refusal(recalibration, reference)).toBeUndefined()
    expect(refusal(isotonic(point), reference)).toBeUndefined()
  })

  test.each<[string, object, RegExp]>([
    ['an unknown key', { ...recalibration, shift: 1 }, /shift/],
    ['a shift too few', { ...recalibration, quantiles: { unit: 'bps', shifts: [1, 2] } }, /one per level/],
    ['an infinite shift', { ...recalibration, quantiles: { unit: 'bps', shifts: [-Infinity, 0, 0, 0, 0] } }, /shifts/],
    ['a temperature of 0', { ...recalibration, classes: { method: 'temperature', temperature: 0 } }, /temperature/],
    ['a curve that falls', isotonic({ said: [0, 1], came: [1, 0] }), /never falling/],
    ['a curve that doubles back', isotonic({ said: [0.5, 0.5], came: [0, 1] }), /ascending/],
    ['a curve of unlike lengths', isotonic({ said: [0, 1], came: [0] }), /one per value of said/],
    ['a factor without bound', { rows: 9, volatilityFactor: 11 }, /volatilityFactor/],
  ])('recalibration with %s is refused', (_name, changed, says) => {
    expect(refusal(changed, reference)).toMatch(says)
  })

  test.each<[string, object, RegExp]>([
    ['of other features', { ...reference, means: [0, 0] }, /one per/],
    ['with a list too short', { ...reference, deviations: [1, 1] }, /deviations/],
    ['with shares that are none', { ...reference, shares: reference.shares.map(() => [0.5, 0.6]) }, /of sum 1/],
    ['with a bin too few', { ...reference, shares: reference.shares.map(() => [1]) }, /one more than edges/],
    ['with edges out of order', { ...reference, edges: reference.edges.map(([a, b]) => [b, a]) }, /ascending/],
    ['with a short centroid', { ...reference, centroids: [[1, 2]] }, /centroids/],
    ['with a distance of 0', { ...reference, pairDistanceMean: 0 }, /pairDistanceMean/],
    [
      'with more centroids than allowed',
      { ...reference, centroids: Array.from({ length: 33 }, () => [0, 0, 0]) },
      /centroids/,
    ],
  ])('a reference %s is refused', (_name, changed, says) => {
    expect(refusal(recalibration, changed)).toMatch(says)
  })
})
