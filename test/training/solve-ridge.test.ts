import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../src/core/errors.ts'
import { normal, seededRandom } from '../../src/core/random.ts'
import type { RowBlocks } from '../../src/training/row-blocks.ts'
import { denseBlocks } from '../../src/training/row-blocks.ts'
import {
  applyMap,
  columnMoments,
  predict,
  predictAll,
  solveRidge,
  solveRidgeMap,
  squaredError,
} from '../../src/training/solve-ridge.ts'
import { LONGLEY } from '../market/flow/longley.ts'

const random = seededRandom(5)
const rows = 500
/** Two columns, far from centred. */
const x = Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? 5 : -3) + normal(random))
const blocks = denseBlocks(x, 2)

describe('solveRidge', () => {
  test('without noise and with next to no penalty, finds weights and bias', () => {
    const y = Float64Array.from({ length: rows }, (_, i) => 3 + 2 * x[2 * i]! - x[2 * i + 1]!)
    const [head] = solveRidge(blocks, y, [1e-9])
    expect(head!.weights[0]).toBeCloseTo(2, 5)
    expect(head!.weights[1]).toBeCloseTo(-1, 5)
    expect(head!.bias).toBeCloseTo(3, 4)
    expect(squaredError(predict(head!, blocks), y)).toBeLessThan(1e-8)
  })

  test('shrinks one column by variance / (variance + penalty), never the bias', () => {
    const column = Float64Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 11 : 9)) // Mean 10, variance 1.
    const y = column.map((value) => 4 * value + 7)
    const heads = solveRidge(denseBlocks(column, 1), y, [1e-9, 1, 3])
    expect(heads.map(({ weights }) => weights[0]!.toFixed(6))).toEqual(['4.000000', '2.000000', '1.000000'])
    for (const head of heads) {
      const mean = predict(head, denseBlocks(column, 1)).reduce((sum, value) => sum + value, 0) / rows
      expect(mean).toBeCloseTo(47, 6)
    }
  })

  test('fewer rows than weights, or no penalty on equal columns, is a bug', () => {
    expect(() => solveRidge(denseBlocks(x.slice(0, 4), 2), new Float64Array(2), [1])).toThrow(InvariantError)
    const twins = Float64Array.from({ length: 20 }, (_, i) => Math.floor(i / 2) % 3)
    expect(() => solveRidge(denseBlocks(twins, 2), new Float64Array(10), [0])).toThrow(InvariantError)
  })
})

describe('rows that come in blocks, with weights', () => {
  const y = Float64Array.from({ length: rows }, (_, i) => 3 + 2 * x[2 * i]! - x[2 * i + 1]! + normal(random))
  /** The same rows, 7 at a time, in one buffer that is written over. */
  const cut: RowBlocks = {
    rows,
    width: 2,
    *blocks() {
      const buffer = new Float64Array(14)
      for (let from = 0; from < x.length; from += 14) {
        const part = x.subarray(from, from + 14)
        buffer.set(part)
        yield buffer.subarray(0, part.length)
      }
    },
  }

  test('give the same heads and forecasts, bit for bit', () => {
    const heads = solveRidge(cut, y, [0.1, 1])
    expect(heads).toEqual(solveRidge(blocks, y, [0.1, 1]))
    expect(predictAll(heads, cut)).toEqual(heads.map((head) => predict(head, blocks)))
  })

  test('a row of weight 2 counts as much as two, one of weight 0 not at all, and only the ratios of weights count', () => {
    const kept = [...y.keys()].flatMap((row) => Array.from({ length: row % 3 }, () => row))
    const repeated = denseBlocks(Float64Array.from(kept.flatMap((row) => [x[2 * row]!, x[2 * row + 1]!])), 2)
    const [expected] = solveRidge(
      repeated,
      Float64Array.from(kept, (row) => y[row]!),
      [0.3],
    )
    for (const scale of [1, 0.01]) {
      const weights = y.map((_, row) => scale * (row % 3))
      const [found] = solveRidge(cut, y, [0.3], columnMoments(cut, weights))
      expect(found!.bias).toBeCloseTo(expected!.bias, 5)
      for (const i of [0, 1]) expect(found!.weights[i]).toBeCloseTo(expected!.weights[i]!, 5)
    }
    expect(() => columnMoments(cut, new Float64Array(rows))).toThrow(InvariantError)
  })
})

describe('solveRidgeMap', () => {
  const width = 3
  const design = Float64Array.from({ length: width * 41 }, () => normal(random))

  test('many targets at once equal each target alone, in double precision', () => {
    const y = Float64Array.from({ length: 2 * 41 }, () => normal(random))
    const map = solveRidgeMap(design, y, width, 0.3)
    expect([map.width, map.outputs]).toEqual([3, 2])
    for (const k of [0, 1]) {
      const alone = solveRidgeMap(
        design,
        y.filter((_, i) => i % 2 === k),
        width,
        0.3,
      )
      expect(alone.biases[0]).toBeCloseTo(map.biases[k]!, 14)
      for (const i of [0, 1, 2]) expect(alone.weights[i]).toBeCloseTo(map.weights[2 * i + k]!, 14)
    }
  })

  test('the gradient of the penalised squared error is 0 at the solution', () => {
    const y = Float64Array.from({ length: 41 }, () => normal(random))
    const map = solveRidgeMap(design, y, width, 0.3)
    const errors = applyMap(map, design).map((found, row) => found - y[row]!)
    expect(errors.reduce((sum, error) => sum + error, 0)).toBeCloseTo(0, 12)
    for (const i of [0, 1, 2]) {
      const gradient = errors.reduce((sum, error, row) => sum + (error * design[row * width + i]!) / 41, 0)
      expect(gradient + 0.3 * map.weights[i]!).toBeCloseTo(0, 13)
    }
  })

  test("without a penalty it is least squares: Longley's centred data, NIST's certified slopes to 8 digits", () => {
    const { columns, y, certified } = LONGLEY
    const centred = columns.map((column) => {
      const mean = column.reduce((sum, value) => sum + value, 0) / column.length
      return column.map((value) => value - mean)
    })
    const rowsOf = Float64Array.from(y.flatMap((_, row) => centred.map((column) => column[row]!)))
    const map = solveRidgeMap(rowsOf, Float64Array.from(y), 6, 0)
    for (const i of [0, 1, 2, 3, 4, 5]) {
      expect(map.weights[i]! / certified.coefficients[i + 1]!).toBeCloseTo(1, 8)
    }
  })

  test.each([1, 3, 4, 5, 9])('applyMap on %i rows is x·W + b', (count) => {
    const map = {
      width: 2,
      outputs: 2,
      weights: Float64Array.of(1, 2, 3, 4),
      biases: Float64Array.of(10, 20),
    }
    const inputs = Float64Array.from({ length: 2 * count }, (_, i) => i)
    const expected = Array.from({ length: count }, (_, row) => {
      const [a, b] = [2 * row, 2 * row + 1]
      return [10 + a + 3 * b, 20 + 2 * a + 4 * b]
    }).flat()
    expect([...applyMap(map, inputs)]).toEqual(expected)
  })

  test('targets that fill no whole number of columns are a bug', () => {
    expect(() => solveRidgeMap(design, new Float64Array(40), width, 1)).toThrow(InvariantError)
  })
})
