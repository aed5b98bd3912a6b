import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { spectralRadius } from '../../../src/model/architectures/spectral-radius.ts'

const byEigenvalues = (matrix: readonly number[], size: number): number => {
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(
    Matrix.from1DArray(size, size, [...matrix]),
    { assumeSymmetric: false },
  )
  return Math.max(...realEigenvalues.map((real, i) => Math.hypot(real, imaginaryEigenvalues[i]!)))
}

// Drawn, not shrunk towards degenerate matrices: on some of those ml-matrix never ends.
test.each(Array.from({ length: 40 }, (_, i) => i + 1))('equals the largest eigenvalue of random matrix %i', (seed) => {
  const random = seededRandom(seed)
  const size = 1 + (seed % 20)
  const matrix = Array.from({ length: size * size }, () => normal(random))
  expect(spectralRadius(matrix, size) / byEigenvalues(matrix, size)).toBeCloseTo(1, 3)
})

test.each([
  ['a rotation by a right angle, doubled: a complex pair', [0, -2, 2, 0], 2],
  ['a Jordan block', [3, 1, 0, 3], 3],
  ['a nilpotent matrix', [0, 1, 0, 0], 0],
  ['opposite signs', [5, 0, 0, -5], 5],
])('%s', (_name, matrix, expected) => {
  expect(spectralRadius(matrix, 2)).toBeCloseTo(expected, 3)
})

/** Blocks of [radius × cos, radius × sin; …] on the diagonal, and noise above them, which changes no eigenvalue. */
function withPairs(radii: readonly number[], noise: number): { readonly matrix: Float64Array; readonly size: number } {
  const random = seededRandom(7)
  const size = 2 * radii.length
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i += 1) {
    for (let j = i + 1 + ((i + 1) % 2); j < size; j += 1) matrix[i * size + j] = noise * normal(random)
  }
  for (const [at, radius] of radii.entries()) {
    const angle = 0.3 + at
    const [cos, sin] = [radius * Math.cos(angle), radius * Math.sin(angle)]
    const from = 2 * at * size + 2 * at
    matrix.set([cos, sin], from)
    matrix.set([-sin, cos], from + size)
  }
  return { matrix, size }
}

test.each([
  ['alone', 0],
  ['mixed', 0.01],
])('large: the greatest of a hundred complex pairs of like size, %s', (_name, noise) => {
  const { matrix, size } = withPairs(
    Array.from({ length: 100 }, (_, i) => 0.9 + 0.001 * i),
    noise,
  )
  expect(spectralRadius(matrix, size)).toBeCloseTo(0.999, 3)
})

test('large: a ring whose one weight differs has the geometric mean of its weights', () => {
  const size = 100
  const ring = new Float64Array(size * size)
  for (let i = 0; i < size; i += 1) ring[i * size + ((i + 1) % size)] = i === 0 ? 3 : 1
  expect(spectralRadius(ring, size)).toBeCloseTo(3 ** (1 / size), 3)
})

test('large: a chain that never comes back is nilpotent', () => {
  const size = 2_100 // More than the products by which others are measured.
  const chain = new Float64Array(size * size)
  for (let i = 1; i < size; i += 1) chain[(i - 1) * size + i] = 2
  expect(spectralRadius(chain, size)).toBe(0)
})

test('a matrix that is not square is a bug', () => {
  expect(() => spectralRadius([1, 2], 2)).toThrow(InvariantError)
})
