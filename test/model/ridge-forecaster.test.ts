import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { onnxRuntime } from '../../src/adapters/onnx/onnx-runtime.ts'
import { InvariantError } from '../../src/core/errors.ts'
import { LEVELS, OUTPUT_NAMES } from '../../src/model/forecaster-outputs.ts'
import { ridgeForecast } from '../../src/model/ridge-forecast.ts'
import { ridgeForecasterGraph } from '../../src/model/ridge-forecaster.ts'
import { sampleInput, sampleModel } from './sample-model.ts'

describe('ridge forecaster', () => {
  test.each([1, 2, 3])('ONNX Runtime and plain TypeScript agree to 1e-5 (seed %i)', async (seed) => {
    const model = sampleModel(seed, 8, 20)
    const input = sampleInput(model, 64, seed + 10)
    input[5] = 1e9 // Clipped on both sides.
    input[200] = -1e9
    const session = await onnxRuntime().load(ridgeForecasterGraph(model), model, 'cpu')
    const found = await session.run(input, 64)
    const expected = ridgeForecast(model, input, 64)
    for (const name of OUTPUT_NAMES) {
      expect(found[name]).toHaveLength(expected[name].length)
      for (const [i, value] of expected[name].entries()) {
        expect(Math.abs(found[name]![i]! - value)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(value)))
      }
    }
    await session.release()
  })

  test('a worked example', () => {
    const model = {
      ...sampleModel(1, 1, 1),
      centre: Float32Array.of(1),
      scale: Float32Array.of(2),
      mean: { weights: Float32Array.of(3), bias: 0.5 },
      logVolatility: { weights: Float32Array.of(1), bias: 0, min: -1, max: 1 },
      residualQuantiles: [-1, 0, 1],
      thresholdBps: 1,
      classScale: 1,
    }
    // z = (5 − 1) / 2 = 2, mean = 3 · 2 + 0.5, ln σ = 2 cut to 1.
    const { mean, volatility, quantiles, classes } = ridgeForecast(model, Float32Array.of(5), 1)
    expect([...mean]).toEqual([6.5])
    expect(volatility[0]).toBeCloseTo(Math.E, 6)
    expect([...quantiles].map((value) => value.toFixed(4))).toEqual(['3.7817', '6.5000', '9.2183'])
    expect(classes[2]).toBeCloseTo(1 / (1 + Math.exp(-5.5 / Math.E)), 6)
    expect(classes[0]).toBeCloseTo(1 / (1 + Math.exp(7.5 / Math.E)), 6)
  })

  test('quantiles never cross, probabilities sum to 1, whatever the input', async () => {
    const model = sampleModel(4)
    const session = await onnxRuntime().load(ridgeForecasterGraph(model), model, 'cpu')
    const width = model.steps * model.features
    const inputs = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: width, maxLength: width })
    await fc.assert(
      fc.asyncProperty(inputs, async (values) => {
        const { quantiles, classes, volatility } = await session.run(Float32Array.from(values), 1)
        for (let i = 1; i < LEVELS.length; i += 1) expect(quantiles![i]).toBeGreaterThanOrEqual(quantiles![i - 1]!)
        expect(classes![0]! + classes![1]! + classes![2]!).toBeCloseTo(1, 5)
        expect(Math.min(...classes!)).toBeGreaterThanOrEqual(0)
        expect(volatility![0]).toBeGreaterThan(0)
      }),
      { numRuns: 200 },
    )
    await session.release()
  })

  test('equal models give equal bytes', () => {
    expect(ridgeForecasterGraph(sampleModel(1))).toEqual(ridgeForecasterGraph(sampleModel(1)))
    expect(ridgeForecasterGraph(sampleModel(1))).not.toEqual(ridgeForecasterGraph(sampleModel(2)))
  })

  test.each([
    { name: 'descending quantiles', change: { residualQuantiles: [1, 0] } },
    { name: 'a scale of zero', change: { scale: Float32Array.of(1, 0, 1) } },
    { name: 'no threshold', change: { thresholdBps: 0 } },
    { name: 'no class scale', change: { classScale: 0 } },
    { name: 'no clip', change: { clip: 0 } },
    { name: 'weights of another length', change: { mean: { weights: Float32Array.of(1), bias: 0 } } },
  ])('$name is a bug', ({ change }) => {
    expect(() => ridgeForecasterGraph({ ...sampleModel(), ...change })).toThrow(InvariantError)
  })
})
