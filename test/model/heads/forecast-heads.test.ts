import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { onnxEngine } from '../../../src/adapters/onnx/onnx-engine.ts'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { architectureOf } from '../../../src/model/architectures/registry.ts'
import { checkGraph } from '../../../src/model/bundle/check-graph.ts'
import { drawWeights } from '../../../src/model/graph/draw-weights.ts'
import type { HeadOptions } from '../../../src/model/heads/head-options.ts'
import { headOptionsSchema } from '../../../src/model/heads/head-options.ts'
import { normalQuantile } from '../../../src/model/heads/normal-quantile.ts'
import type { ForecasterShape } from '../../../src/model/network-forecaster.ts'
import { forecasterGraph, forecasterLayout } from '../../../src/model/network-forecaster.ts'
import { forecastRows } from '../../../src/training/network/forecast-rows.ts'

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
const STEPS = 3
const FEATURES = 2
const ROWS = 64
const SCALES = {
  scaler: { features: FEATURES, centre: Float32Array.of(0, 1), scale: Float32Array.of(1, 2), clip: 8 },
  scaleBps: 7,
  thresholdBps: 3,
}
const engine = onnxEngine({ provider: 'cpu', threads: 1 })

const shapeOf = (heads: HeadOptions, levels: readonly number[] = LEVELS): ForecasterShape => ({
  encoder: { architecture: architectureOf('nlinear'), options: { width: 2, individual: true } },
  ...{ heads, levels, steps: STEPS, features: FEATURES },
})

/** Outputs of random weights times `size` on random windows. */
async function forecasts(shape: ForecasterShape, seed: number, size = 1) {
  const random = seededRandom(seed)
  const weights = drawWeights(forecasterLayout(shape), random).map((weight) => weight * size)
  const graph = forecasterGraph(shape, SCALES, weights)
  checkGraph(graph, { file: 'model.onnx', steps: STEPS, features: FEATURES, levelCount: shape.levels.length })
  const session = await engine.load(graph)
  try {
    const input = Float32Array.from({ length: ROWS * STEPS * FEATURES }, () => 3 * normal(random))
    return await forecastRows(session, input, ROWS, [STEPS, FEATURES])
  } finally {
    await session.release()
  }
}

const rowsOf = (values: Float32Array, width: number): number[][] =>
  Array.from({ length: ROWS }, (_, row) => [...values.subarray(row * width, (row + 1) * width)])

const ascending = (row: readonly number[]): boolean => row.every((value, i) => i === 0 || value >= row[i - 1]!)

const HEADS: Readonly<Record<string, HeadOptions>> = {
  'quantiles alone': { quantiles: { share: 1 } },
  'mean and volatility alone': { mean: { share: 1, loss: { kind: 'mse' } }, volatility: { share: 1 } },
  'quantiles and classes': { quantiles: { share: 1 }, classes: { share: 1, weights: 'balanced' } },
  'quantiles and volatility': { quantiles: { share: 1 }, volatility: { share: 1 } },
  all: {
    quantiles: { share: 1 },
    classes: { share: 1, weights: [1, 1, 1] },
    volatility: { share: 1 },
    mean: { share: 1, loss: { kind: 'huber', delta: 1 } },
  },
}

describe.each(Object.entries(HEADS))('with %s', (_name, heads) => {
  test('every output is there and sane, for weights of any size', async () => {
    const sizes = fc.record({ seed: fc.nat(1_000), size: fc.constantFrom(0, 0.1, 1, 5, 30) })
    await fc.assert(
      fc.asyncProperty(sizes, async ({ seed, size }) => {
        const { mean, volatility, quantiles, classes } = await forecasts(shapeOf(heads), seed, size)
        for (const values of [mean, volatility, quantiles, classes]) expect(values.every(Number.isFinite)).toBe(true)
        expect(volatility.every((value) => value > 0)).toBe(true)
        expect(rowsOf(quantiles, LEVELS.length).every(ascending)).toBe(true)
        for (const row of rowsOf(classes, 3)) {
          expect(row.every((p) => p >= 0 && p <= 1)).toBe(true)
          expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5)
        }
      }),
      { numRuns: 15 },
    )
  })
})

describe('what has no head', () => {
  test('mean: the middle quantile; volatility: the width of the quantiles as that of a normal law', async () => {
    const { mean, volatility, quantiles } = await forecasts(shapeOf(HEADS['quantiles alone']!), 1)
    for (const [row, [low, , middle, , high]] of rowsOf(quantiles, 5).entries()) {
      expect(mean[row]).toBeCloseTo(middle!, 5)
      expect(volatility[row]! / ((high! - low!) / (2 * 1.6448536))).toBeCloseTo(1, 4)
    }
  })

  test('quantiles and classes: those of a normal law', async () => {
    const { mean, volatility, quantiles, classes } = await forecasts(shapeOf(HEADS['mean and volatility alone']!), 2)
    for (const [row, values] of rowsOf(quantiles, 5).entries()) {
      expect(values[2]).toBeCloseTo(mean[row]!, 4)
      expect((values[4]! - mean[row]!) / volatility[row]!).toBeCloseTo(1.6448536, 4)
    }
    // Φ by the quantiles themselves: where the threshold lies at a quantile, the class has that level.
    for (const [row, [down, , up]] of rowsOf(classes, 3).entries()) {
      const above = (level: number) => mean[row]! + volatility[row]! * normalQuantile(level)
      if (down! > 1e-4 && down! < 0.9999) expect(above(down!)).toBeCloseTo(-SCALES.thresholdBps, 1)
      if (up! > 1e-4 && up! < 0.9999) expect(above(1 - up!)).toBeCloseTo(SCALES.thresholdBps, 1)
    }
  })
})

test.each([[[0.5]], [[0.1, 0.9]], [[0.01, 0.02, 0.4, 0.97]], [[0.6, 0.7, 0.8]]])(
  'levels %j never cross',
  async (levels) => {
    const heads: HeadOptions = {
      quantiles: { share: 1 },
      mean: { share: 1, loss: { kind: 'mse' } },
      volatility: { share: 1 },
    }
    for (const size of [1, 100]) {
      const { quantiles } = await forecasts(shapeOf(heads, levels), 3, size)
      expect(rowsOf(quantiles, levels.length).every(ascending)).toBe(true)
    }
  },
)

// NIST Engineering Statistics Handbook, § 1.3.6.7.1.
test.each([
  [0.5, 0],
  [0.75, 0.67449],
  [0.95, 1.64485],
  [0.975, 1.95996],
  [0.99, 2.32635],
  [0.05, -1.64485],
])('the normal quantile of %d is %d', (level, expected) => {
  expect(normalQuantile(level)).toBeCloseTo(expected, 5)
})

test.each([
  [{ classes: { share: 1, weights: 'balanced' } }],
  [{ mean: { share: 1, loss: { kind: 'mse' } } }],
  [{ volatility: { share: 1 } }],
  [{}],
])('heads %j cannot give all four outputs: refused', (heads) => {
  expect(headOptionsSchema.safeParse(heads).error?.issues[0]?.message).toContain('needs the head quantiles')
})
