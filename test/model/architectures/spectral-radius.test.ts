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

test('a matrix that is not square is a bug', () => {
  expect(() => spectralRadius([1, 2], 2)).toThrow(InvariantError)
})
