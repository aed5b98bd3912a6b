import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { dissimilarity } from '../../../src/inference/drift/dissimilarity.ts'
import { InputDrift } from '../../../src/inference/drift/input-drift.ts'
import { referenceSchema } from '../../../src/model/bundle/reference-schema.ts'
import { distance, fitCentroids } from '../../../src/training/calibration/fit-centroids.ts'
import { fitReference } from '../../../src/training/calibration/fit-reference.ts'

const FEATURES = 4

/** Normal; uniform; 0 or 1; never moving. */
function rowsOf(rows: number, seed: number, shift = 0) {
  const random = seededRandom(seed)
  const row = (): number[] => [3 + 2 * normal(random) + shift, random(), random() < 0.3 ? 1 : 0, 7]
  return { values: Float32Array.from(Array.from({ length: rows }, row).flat()), rows, features: FEATURES }
}

const training = rowsOf(3_000, 1)
const reference = fitReference(training, seededRandom(2))
const scratch = new Float64Array(FEATURES)

describe('fitReference', () => {
  test('holds what the schema allows: ten bins of a tenth each, fewer where values repeat', () => {
    expect(referenceSchema.parse(reference)).toEqual(reference)
    const [normalEdges, uniform, binary, still] = reference.edges
    expect(normalEdges).toHaveLength(9)
    expect(normalEdges![4]).toBeCloseTo(3, 0.7)
    for (const share of reference.shares[0]!) expect(share).toBeCloseTo(0.1, 3)
    expect(uniform).toHaveLength(9)
    expect(binary).toEqual([0])
    expect(reference.shares[2]![0]).toBeCloseTo(0.7, 1.3)
    expect(still).toEqual([expect.closeTo(7, 6), 7])
    expect(reference.shares[3]).toEqual([0, 1, 0])
    expect(reference.deviations[0]).toBeCloseTo(2, 0.9)
    expect(reference.deviations[3]).toBe(0)
    expect(reference.centroids).toHaveLength(16)
  })

  test('the same rows and seed give the same; rows that are all alike are refused', () => {
    expect(fitReference(training, seededRandom(2))).toEqual(reference)
    const alike = { values: new Float32Array(12).fill(3), rows: 3, features: FEATURES }
    expect(() => fitReference(alike, seededRandom(1))).toThrow(InputError)
  })
})

describe('a feature that hardly moved in training', () => {
  const bits = new Uint32Array(1)
  const single = new Float32Array(bits.buffer)
  const neighbour = (value: number, step: 1 | -1): number => {
    single[0] = value
    if (value === 0) return step * 2 ** -149
    bits[0]! += value > 0 ? step : -step
    return single[0]
  }
  /** Bin of `value`, by the reference of rows that all were `still` in their only feature but one. */
  const binsOf = (still: number, values: readonly number[]): readonly number[] => {
    const rows = Float32Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? still : at))
    const { edges } = fitReference({ values: rows, rows: 100, features: 2 }, seededRandom(1))
    return values.map((value) => edges[0]!.filter((edge) => value > edge).length)
  }

  test('is seen to move by the smallest step there is', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: Math.fround(-1e38), max: Math.fround(1e38) }), (still) => {
        expect(binsOf(still, [neighbour(still, -1), still, neighbour(still, 1)])).toEqual([0, 1, 2])
      }),
    )
  })

  test.each([
    ['stays', 7, false],
    ['rises', 7.001, true],
    ['falls', -3, true],
  ])('that %s live', (_, value, drifted) => {
    const drift = new InputDrift(reference, { windowRows: 1_000, psiMax: 0.25, ksLevel: 0.001 })
    const { values } = rowsOf(1_000, 6)
    for (let row = 0; row < 1_000; row += 1) {
      drift.push([...values.subarray(row * FEATURES, row * FEATURES + 3), row % 3 === 0 ? value : 7])
    }
    expect(drift.shifts.map((shift) => shift.drifted)).toEqual([false, false, false, drifted])
  })

  test('that mostly had its greatest value: the others are a bin of their own', () => {
    const rows = Float32Array.from({ length: 400 }, (_, at) => (at % 2 === 1 ? at : at % 40 === 0 ? -1 : 0))
    const { edges, shares } = fitReference({ values: rows, rows: 200, features: 2 }, seededRandom(1))
    expect([edges[0]![1], shares[0]]).toEqual([0, [0.05, 0.95, 0]])
  })
})

describe('dissimilarity', () => {
  const of = (values: readonly number[]): number => dissimilarity(values, reference, scratch)

  test('of training rows lies below the high mark but for 0.1 %; a far row beyond it', () => {
    const later = rowsOf(3_000, 9)
    const beyond = Array.from({ length: 3_000 }, (_, row) =>
      of([...later.values.subarray(row * FEATURES, (row + 1) * FEATURES)]),
    ).filter((found) => found > reference.dissimilarityHigh)
    expect(beyond.length).toBeLessThan(15)
    expect(of([3 + 2 * 8, 0.5, 0, 7])).toBeGreaterThan(1.5 * reference.dissimilarityHigh)
  })

  test('a still feature that moves has no scale and counts for nothing, and no feature for more than 10 deviations', () => {
    expect(of([3, 0.5, 0, 7.01])).toBe(of([3, 0.5, 0, 7]))
    expect(of([1e6, 0.5, 0, 7])).toBeCloseTo(of([3 + 2 * 10, 0.5, 0, 7]), 1)
  })

  test('differs from the index of FreqAI by no more than the nearest row lies from a centroid', () => {
    const { means, deviations, centroids, pairDistanceMean } = reference
    const z = (values: ArrayLike<number>): Float64Array =>
      Float64Array.from({ length: 3 }, (_, i) => (values[i]! - means[i]!) / deviations[i]!)
    const rows = Array.from({ length: training.rows }, (_, row) => z(training.values.subarray(row * 4, row * 4 + 4)))
    const heart = centroids.map((one) => Float64Array.from(one.slice(0, 3)))
    for (const x of [
      [3, 0.5, 0, 7],
      [9, 0.1, 1, 7],
      [12, 0.9, 0, 7],
    ]) {
      const distances = rows.map((row) => distance(row, z(x)))
      const least = Math.min(...distances)
      const nearest = rows[distances.indexOf(least)]!
      const radius = Math.min(...heart.map((one) => distance(one, nearest)))
      expect(Math.abs(of(x) - least / pairDistanceMean)).toBeLessThanOrEqual((radius + 1e-3) / pairDistanceMean)
    }
  })
})

describe('features that the model does not look at', () => {
  const partial = fitReference({ ...training, ignored: new Set([2, 1]) }, seededRandom(2))
  const settings = { windowRows: 1_000, psiMax: 0.25, ksLevel: 0.001 }
  const shiftsOf = (rows: ReturnType<typeof rowsOf>, change: (row: Float32Array) => void) => {
    const drift = new InputDrift(partial, settings)
    for (let row = 0; row < rows.rows; row += 1) {
      const values = rows.values.slice(row * FEATURES, (row + 1) * FEATURES)
      change(values)
      drift.push(values)
    }
    return drift.shifts
  }

  test('are named in the reference, which says nothing else of them', () => {
    expect(referenceSchema.parse(partial)).toEqual(partial)
    expect(partial.ignored).toEqual([1, 2])
    expect(reference.ignored).toBeUndefined()
    expect(partial.edges.map(({ length }) => length)).toEqual([9, 0, 0, 2])
    expect(partial.means[0]).toBe(reference.means[0])
    expect(partial.pairDistanceMean).toBeLessThan(reference.pairDistanceMean)
  })

  test('raise no drift, dilute none, and make no row an outlier', () => {
    const wild = (row: Float32Array): void => {
      row[1] = 1e6 * row[1]!
      row[2] = -1e9
    }
    const calm = shiftsOf(rowsOf(1_000, 6), wild)
    expect(calm.map(({ feature, drifted }) => [feature, drifted])).toEqual([
      [0, false],
      [3, false],
    ])
    const moved = shiftsOf(rowsOf(1_000, 6, 2), () => undefined)
    expect(moved.map(({ feature, drifted }) => [feature, drifted])).toEqual([
      [0, true],
      [3, false],
    ])
    expect(dissimilarity([3, 1e9, -1e9, 7], partial, scratch)).toBe(dissimilarity([3, 0.5, 0, 7], partial, scratch))
    expect(dissimilarity([30, 0.5, 0, 7], partial, scratch)).toBeGreaterThan(1.5 * partial.dissimilarityHigh)
  })

  // Limit of KS at 0.001 / 2 features, 3,000 and 100 rows: 0.2065; by all 4 it would be 0.2155.
  test.each([
    [30, false],
    [31, true],
  ])('do not share in the chance of a false alarm: %d of 100 rows in the lowest tenth: %s', (low, expected) => {
    const drift = new InputDrift(partial, { ...settings, windowRows: 100, psiMax: 1e-9 })
    const edges = partial.edges[0]!
    for (let row = 0; row < 100; row += 1) {
      drift.push([row < low ? edges[0]! - 1 : (edges[1 + (row % 9)] ?? edges[8]! + 1), 0.5, 0, 7])
    }
    expect(drift.shifts[0]!.drifted).toBe(expected)
  })

  test.each<readonly [name: string, ignored: readonly number[], why: RegExp]>([
    ['a feature beyond the last', [1, 2, 4], /below the number of features, 4/],
    ['twice the same', [1, 1], /ascending/],
    ['one that the reference tells of', [0], /feature 0 must have no deviation and no edges/],
    ['all of them', [0, 1, 2, 3], /the model looks at something/],
    ['none', [], /ignored/],
  ])('a reference that ignores %s is refused', (_name, ignored, why) => {
    expect(() => referenceSchema.parse({ ...partial, ignored })).toThrow(why)
  })
})

describe('fitCentroids', () => {
  test('finds clusters that lie apart, by any seed', () => {
    const centres = [
      [0, 0],
      [100, 0],
      [0, 100],
    ]
    const random = seededRandom(5)
    const rows = Array.from({ length: 90 }, (_, i) =>
      Float64Array.from(centres[i % 3]!, (value) => value + normal(random)),
    )
    for (let seed = 1; seed <= 5; seed += 1) {
      const found = fitCentroids(rows, 3, seededRandom(seed))
      for (const centre of centres) {
        expect(Math.min(...found.map((one) => distance(one, Float64Array.from(centre))))).toBeLessThan(1)
      }
    }
  })

  test('no more centroids than different rows', () => {
    const rows = [1, 1, 2, 2].map((value) => Float64Array.of(value))
    expect(
      fitCentroids(rows, 5, seededRandom(1))
        .map(([value]) => value)
        .sort(),
    ).toEqual([1, 2])
  })
})

describe('InputDrift', () => {
  const settings = { windowRows: 1_000, psiMax: 0.25, ksLevel: 0.001 }
  const feed = (drift: InputDrift, { values, rows }: ReturnType<typeof rowsOf>): number => {
    let looks = 0
    for (let row = 0; row < rows; row += 1) {
      looks += drift.push(values.subarray(row * FEATURES, (row + 1) * FEATURES)) ? 1 : 0
    }
    return looks
  }

  test('looks at a full window, then at every tenth of it; rows like those of training show nothing', () => {
    const drift = new InputDrift(reference, settings)
    expect(feed(drift, rowsOf(999, 3))).toBe(0)
    expect(drift.shifts).toEqual([])
    expect(feed(drift, rowsOf(1, 4))).toBe(1)
    expect(feed(drift, rowsOf(1_000, 5))).toBe(10)
    expect(drift.shifts.map(({ drifted }) => drifted)).toEqual([false, false, false, false])
    for (const { psi } of drift.shifts) expect(psi).toBeLessThan(0.05)
  })

  // Limit of KS at 0.001 / 4 features, 3,000 and 100 rows: 0.2155; without the division it would be 0.198.
  test.each([
    [31, false],
    [32, true],
  ])('%d of 100 rows in the lowest tenth of one feature: %s', (low, expected) => {
    const drift = new InputDrift(reference, { ...settings, windowRows: 100, psiMax: 1e-9 })
    const [edges] = reference.edges
    for (let row = 0; row < 100; row += 1) {
      const value = row < low ? edges![0]! - 1 : (edges![1 + (row % 9)] ?? edges![8]! + 1)
      drift.push([value, 0.5, 0, 7])
    }
    expect(drift.shifts[0]!.drifted).toBe(expected)
  })

  test('one feature that moves is named, the window forgets it again, a restart keeps it', () => {
    const drift = new InputDrift(reference, settings)
    feed(drift, rowsOf(1_000, 6, 2))
    const drifted = (one: InputDrift) => one.shifts.filter((each) => each.drifted).map(({ feature }) => feature)
    expect(drifted(drift)).toEqual([0])
    expect(drift.shifts[0]!.ks).toBeGreaterThan(0.3)
    const restored = new InputDrift(reference, settings, JSON.parse(JSON.stringify(drift.save())))
    expect(restored.shifts).toEqual(drift.shifts)
    feed(restored, rowsOf(1_000, 7))
    expect(drifted(restored)).toEqual([])
  })
})
