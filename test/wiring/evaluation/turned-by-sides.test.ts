import { expect, test } from 'vitest'
import { LEVELS } from '../../../src/model/forecaster-outputs.ts'
import { sidesOf, turnedBySides } from '../../../src/wiring/evaluation/turned-by-sides.ts'
import { denseDataset } from '../../training/dense-dataset.ts'

test('a gain of the short side is a fall of the price, at every quantile and in every class', () => {
  const quantiles = LEVELS.map((_level, i) => i - 1)
  const said = {
    mean: Float32Array.of(2, 2),
    volatility: Float32Array.of(3, 3),
    quantiles: Float32Array.from([...quantiles, ...quantiles]),
    classes: Float32Array.of(0.1, 0.2, 0.7, 0.1, 0.2, 0.7),
  }
  const turned = turnedBySides(said, Int8Array.of(1, -1))
  expect([...turned.mean]).toEqual([2, -2])
  expect([...turned.volatility]).toEqual([3, 3])
  expect([...turned.quantiles.subarray(0, LEVELS.length)]).toEqual(quantiles)
  const ofShort = Array.from(turned.quantiles.subarray(LEVELS.length), (value) => value + 0)
  expect(ofShort).toEqual([...quantiles].reverse().map((value) => 0 - value))
  expect([...turned.classes.subarray(3)]).toEqual([...said.classes.subarray(3)].reverse())
})

test('the side is the sign of the newest value of its feature', () => {
  const shape = { featureNames: ['x', 'side'], steps: 2, barMs: 1_000, horizonBars: 1 }
  const inputs = Float32Array.of(9, 1, 9, -3, 9, -1, 9, 0.5)
  expect([...sidesOf(denseDataset({ shape, inputs, targetsBps: new Float64Array(2) }), 'side')]).toEqual([-1, 1])
})
