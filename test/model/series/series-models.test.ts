import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import type { SeriesModel } from '../../../src/model/series/series-model.ts'
import { dlinearSeries, nlinearSeries, patchSeries } from '../../../src/model/series/series-model.ts'
import type { EngineTensor } from '../../../src/training/graph-engine.port.ts'
import { expectGradient, expectNear } from '../../support/engine/expect-tensors.ts'
import { ourGradients, randomPoint, slopeRatio, tfjsGradients } from '../../support/engine/gradient-oracle.ts'
import { randomTensor, tensor } from '../../support/engine/run-graph.ts'
import type { Subject } from '../../support/engine/subject.ts'
import { byParameter, forward, layoutOfSubject, testWeights } from '../../support/engine/subject.ts'

const [BATCH, LOOK_BACK, CHANNELS, HORIZON] = [2, 7, 3, 4]

const encoder = {
  patchLength: 3,
  patchStride: 2,
  layers: 1,
  width: 4,
  heads: 2,
  feedForwardWidth: 6,
  activation: 'gelu',
  norm: 'post',
  causal: false,
  dropout: 0.3,
  attentionDropout: 0,
  headDropout: 0.1,
} as const

const MODELS: Readonly<Record<string, SeriesModel>> = {
  nlinear: nlinearSeries({ individual: false }),
  'nlinear, individual': nlinearSeries({ individual: true }),
  dlinear: dlinearSeries({ individual: false, kernel: 3 }),
  'dlinear, individual': dlinearSeries({ individual: true, kernel: 25 }),
  patches: patchSeries({ ...encoder, affine: false }),
  'patches, affine': patchSeries({ ...encoder, affine: true }),
}

const subjectOf = (model: SeriesModel): Subject => ({
  inputs: { x: [BATCH, LOOK_BACK, CHANNELS] },
  build: (network, { x }) => ({ forecast: model(network, x!, HORIZON) }),
})

const x = randomTensor(seededRandom(1), [BATCH, LOOK_BACK, CHANNELS])

/** `change` of each value, which knows its channel. */
const changed = ({ dims, data }: EngineTensor, change: (value: number, channel: number) => number): EngineTensor => ({
  dims,
  data: data.map((value, i) => change(value, i % CHANNELS)),
})

describe.each(Object.entries(MODELS))('%s', (_name, model) => {
  const subject = subjectOf(model)
  const weights = testWeights(layoutOfSubject(subject), 2)
  const forecastOf = async (window: EngineTensor): Promise<EngineTensor> =>
    (await forward(subject, 'serving', weights, { x: window }))['forecast']!

  test('serves what it was trained as', async () => {
    const served = await forward(subject, 'serving', weights, { x })
    expect(served['forecast']!.dims).toEqual([BATCH, HORIZON, CHANNELS])
    expectNear(await forward(subject, 'training', weights, { x }), served)
    expectNear(await forward(subject, 'evaluation', weights, { x }), served)
  })

  test('a channel does not see the others', async () => {
    const before = await forecastOf(x)
    const after = await forecastOf(changed(x, (value, channel) => (channel === 1 ? value * value : value)))
    const without = (forecast: EngineTensor): EngineTensor =>
      changed(forecast, (value, channel) => (channel === 1 ? 0 : value))
    expectNear({ forecast: without(after) }, { forecast: without(before) }, 1e-6)
    expect(after.data).not.toEqual(before.data)
  })

  test('gradients as TensorFlow.js and central differences', async () => {
    const point = await randomPoint(subject, weights, 3)
    const [ours, theirs] = [await ourGradients(point), await tfjsGradients(point)]
    expectNear(ours.inputs, theirs.inputs, 1e-4)
    expectGradient(subject, ours.weights, theirs.weights)
    expect(Math.abs((await slopeRatio(point, ours.weights.data, 2e-3)) - 1)).toBeLessThan(1e-3)
  })
})

test('patches: a stack has the norms of its parts and none at its end', () => {
  const names = (norm: 'pre' | 'post'): readonly string[] =>
    layoutOfSubject(subjectOf(patchSeries({ ...encoder, norm, affine: false }))).parameters.map(({ name }) => name)
  const norms = ['attention', 'feedForward'].flatMap((part) => [`layer0/${part}/norm/gain`, `layer0/${part}/norm/bias`])
  for (const norm of ['pre', 'post'] as const) {
    expect(names(norm).filter((name) => name.includes('norm'))).toEqual(norms)
  }
})

test.each(['nlinear', 'nlinear, individual', 'patches', 'patches, affine'])(
  '%s: a window that is moved moves its forecast as much',
  async (name) => {
    const subject = subjectOf(MODELS[name]!)
    const weights = testWeights(layoutOfSubject(subject), 4)
    const [plain, moved] = [
      await forward(subject, 'serving', weights, { x }),
      await forward(subject, 'serving', weights, { x: changed(x, (value, channel) => value + 10 * channel) }),
    ]
    const expected = changed(plain['forecast']!, (value, channel) => value + 10 * channel)
    expectNear(moved, { forecast: expected }, 1e-5)
  },
)

test('patches: a window that is stretched stretches its forecast', async () => {
  const subject = subjectOf(MODELS['patches']!)
  const weights = testWeights(layoutOfSubject(subject), 4)
  // Large enough for the epsilon in RevIN not to show.
  const large = changed(x, (value) => 50 * value)
  const [plain, stretched] = [
    await forward(subject, 'serving', weights, { x: large }),
    await forward(subject, 'serving', weights, { x: changed(large, (value, channel) => (1 + channel) * value) }),
  ]
  const expected = changed(plain['forecast']!, (value, channel) => (1 + channel) * value)
  expectNear(stretched, { forecast: expected }, 1e-5)
})

/** Row-major element of the window or the forecast. */
const at = ({ dims, data }: EngineTensor, row: number, step: number, channel: number): number =>
  data[(row * dims[1]! + step) * CHANNELS + channel]!

/** Σ weights × values, one map for all channels or one for each. */
function mapped(
  weights: EngineTensor,
  bias: EngineTensor,
  values: readonly number[],
  to: number,
  channel: number,
): number {
  const offset = weights.dims.length === 3 ? channel : 0
  const start = offset * LOOK_BACK * HORIZON
  return values.reduce(
    (sum, value, i) => sum + value * weights.data[start + i * HORIZON + to]!,
    bias.data[offset * HORIZON + to]!,
  )
}

/** By the definition of the paper. */
function forecastByHand(of: (values: readonly number[], to: number, channel: number) => number): EngineTensor {
  const cells = Array.from({ length: BATCH * HORIZON * CHANNELS }, (_, i) => {
    const [row, to, channel] = [Math.floor(i / CHANNELS / HORIZON), Math.floor(i / CHANNELS) % HORIZON, i % CHANNELS]
    const values = Array.from({ length: LOOK_BACK }, (_unused, step) => at(x, row, step, channel))
    return of(values, to, channel)
  })
  return tensor([BATCH, HORIZON, CHANNELS], cells)
}

test.each(['nlinear', 'nlinear, individual'])('%s by hand', async (name) => {
  const subject = subjectOf(MODELS[name]!)
  const layout = layoutOfSubject(subject)
  const flat = testWeights(layout, 5)
  const { weights, bias } = byParameter(layout, flat)
  const expected = forecastByHand((values, to, channel) => {
    const last = values.at(-1)!
    return (
      mapped(
        weights!,
        bias!,
        values.map((value) => value - last),
        to,
        channel,
      ) + last
    )
  })
  expectNear(await forward(subject, 'serving', flat, { x }), { forecast: expected })
})

test.each([
  ['dlinear', 3],
  ['dlinear, individual', 25],
] as const)('%s by hand, kernel %i', async (name, kernel) => {
  const subject = subjectOf(MODELS[name]!)
  const layout = layoutOfSubject(subject)
  const flat = testWeights(layout, 6)
  const parameters = byParameter(layout, flat)
  const half = (kernel - 1) / 2
  const expected = forecastByHand((values, to, channel) => {
    const padded = [...new Array(half).fill(values[0]), ...values, ...new Array(half).fill(values.at(-1))] as number[]
    const trend = values.map((_, i) => padded.slice(i, i + kernel).reduce((sum, value) => sum + value, 0) / kernel)
    const remainder = values.map((value, i) => value - trend[i]!)
    const part = (scope: string, from: readonly number[]): number =>
      mapped(parameters[`${scope}/weights`]!, parameters[`${scope}/bias`]!, from, to, channel)
    return part('trend', trend) + part('remainder', remainder)
  })
  expectNear(await forward(subject, 'serving', flat, { x }), { forecast: expected })
})
