import { seededRandom } from '../core/random.ts'
import { architectureOf } from './architectures/registry.ts'
import { LEVELS } from './forecaster-outputs.ts'
import { drawWeights } from './graph/draw-weights.ts'
import type { ForecasterShape } from './network-forecaster.ts'
import { forecasterGraph, forecasterLayout } from './network-forecaster.ts'

const SEED = 1

/** An architecture with its options' defaults and untrained weights, as the ONNX file that would serve: for drawings and timings. */
export function freshForecaster(name: string, steps: number, features: number, options: object = {}): Uint8Array {
  const architecture = architectureOf(name)
  const shape: ForecasterShape = {
    encoder: { architecture, options: architecture.options.parse(options) },
    heads: {
      quantiles: { share: 1 },
      classes: { share: 1, weights: 'balanced' },
      volatility: { share: 1 },
      mean: { share: 1, loss: { kind: 'mse' } },
    },
    levels: LEVELS,
    steps,
    features,
  }
  const scaler = {
    features,
    centre: new Float32Array(features),
    scale: new Float32Array(features).fill(1),
    clip: 8,
  }
  const weights = drawWeights(forecasterLayout(shape), seededRandom(SEED))
  return forecasterGraph(shape, { scaler, scaleBps: 1, thresholdBps: 0.5 }, weights)
}
