import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import type { Value } from '../../../src/model/graph/graph.ts'
import type { Network } from '../../../src/model/graph/network.ts'
import { staticShape } from '../../../src/model/graph/shape.ts'
import { multiHeadAttention } from '../../../src/model/layers/attention.ts'
import { columnForm } from '../../../src/model/layers/columns/column-form.ts'
import { fromColumns, toColumns } from '../../../src/model/layers/columns/columns.ts'
import { dense } from '../../../src/model/layers/dense.ts'
import { rowForm } from '../../../src/model/layers/encoder-form.ts'
import type { EncoderLayerOptions } from '../../../src/model/layers/encoder-layer.ts'
import { encoderLayer, encoderStack } from '../../../src/model/layers/encoder-layer.ts'
import { layerNormLayer } from '../../../src/model/layers/layer-norm.ts'
import type { ModuleCase, ModuleFile, VectorTensors } from '../../fixtures/torch/load-vectors.ts'
import { moduleCases } from '../../fixtures/torch/load-vectors.ts'
import { expectGradient, expectNear, rowOf } from '../../support/engine/expect-tensors.ts'
import {
  ourGradients,
  randomPoint,
  relativeError,
  slopeRatio,
  tfjsGradients,
} from '../../support/engine/gradient-oracle.ts'
import { randomTensor } from '../../support/engine/run-graph.ts'
import type { Form, Subject } from '../../support/engine/subject.ts'
import {
  buildSubject,
  byParameter,
  forward,
  layoutOfSubject,
  testWeights,
  weightsFrom,
} from '../../support/engine/subject.ts'
import { transposed } from './torch-weights.ts'

type Layer = (network: Network, x: Value) => Value

const subjectOf = (dims: readonly number[], layer: Layer): Subject => ({
  inputs: { x: dims },
  build: (network, { x }) => ({ y: layer(network, x!) }),
})

/** Torch's names of parameters → ours, after what names the layer. */
const NAMES: Readonly<Record<string, string>> = {
  weight: 'weights',
  bias: 'bias',
  in_proj_weight: 'inWeights',
  in_proj_bias: 'inBias',
  'out_proj.weight': 'outWeights',
  'out_proj.bias': 'outBias',
  'self_attn.in_proj_weight': 'attention/inWeights',
  'self_attn.in_proj_bias': 'attention/inBias',
  'self_attn.out_proj.weight': 'attention/outWeights',
  'self_attn.out_proj.bias': 'attention/outBias',
  'linear1.weight': 'feedForward/widen/weights',
  'linear1.bias': 'feedForward/widen/bias',
  'linear2.weight': 'feedForward/narrow/weights',
  'linear2.bias': 'feedForward/narrow/bias',
  'norm1.weight': 'attention/norm/gain',
  'norm1.bias': 'attention/norm/bias',
  'norm2.weight': 'feedForward/norm/gain',
  'norm2.bias': 'feedForward/norm/bias',
  'norm.weight': 'norm/gain',
  'norm.bias': 'norm/bias',
}

function parametersOf(state: VectorTensors): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(state).map(([name, value]) => {
      const [, layer, own] = /^(?:layers\.(\d+)\.)?(.*)$/.exec(name)!
      const ours = `${layer === undefined ? '' : `layer${layer}/`}${NAMES[own!]}`
      // Torch has [to, from].
      return [ours, value.dims.length === 2 ? transposed(value) : value.data]
    }),
  )
}

/** Torch's dropout of 0. */
function optionsOf({ config }: ModuleCase): EncoderLayerOptions {
  return {
    heads: Number(config['nhead']),
    feedForwardWidth: Number(config['dim_feedforward']),
    activation: config['activation'] === 'gelu' ? 'gelu' : 'relu',
    norm: config['norm_first'] === true ? 'pre' : 'post',
    causal: config['causal'] === true,
    dropout: 0,
    attentionDropout: 0,
  }
}

/** A layer on columns, whatever the network is for. */
const onColumns = (network: Network, x: Value, options: EncoderLayerOptions): Value => {
  const [rows, steps] = staticShape(x.shape) as readonly [number, number]
  const columns = encoderLayer(network, columnForm(rows, steps), toColumns(network.graph, x), options)
  return fromColumns(network.graph, columns, rows)
}

const LAYERS: readonly (readonly [ModuleFile, string, readonly Form[], (vectors: ModuleCase) => Layer | undefined])[] =
  [
    [
      'linear',
      'dense',
      ['serving', 'training'],
      ({ config }) =>
        config['bias'] === true ? (network, x) => dense(network, x, Number(config['out_features'])) : undefined,
    ],
    [
      'layer-norm',
      'layerNormLayer',
      ['serving', 'training'],
      // Torch's names of a gain are those of a weight.
      ({ config }) =>
        config['elementwise_affine'] === true ? (network, x) => layerNormLayer(network, 'norm', x) : undefined,
    ],
    [
      'multihead-attention',
      'multiHeadAttention',
      ['serving', 'training'],
      ({ config, inputs }) =>
        inputs['x'] &&
        ((network, x) =>
          multiHeadAttention(network, x, { heads: Number(config['num_heads']), causal: config['causal'] === true })),
    ],
    [
      'transformer-encoder-layer',
      'encoderLayer on rows',
      ['serving', 'training'],
      (vectors) => (network, x) => encoderLayer(network, rowForm, x, optionsOf(vectors)),
    ],
    [
      'transformer-encoder-layer',
      'encoderLayer on columns',
      ['training'],
      (vectors) => (network, x) => onColumns(network, x, optionsOf(vectors)),
    ],
    [
      'transformer-encoder',
      'encoderStack',
      ['serving', 'training'],
      (vectors) => (network, x) => {
        const options = optionsOf(vectors)
        const encoded = encoderStack(network, x, Number(vectors.config['num_layers']), options)
        return options.norm === 'pre' ? encoded : layerNormLayer(network, 'norm', encoded)
      },
    ],
  ]

/** Torch's norm alone calls its gain a weight. */
const named = (file: ModuleFile, state: VectorTensors): VectorTensors =>
  file === 'layer-norm'
    ? Object.fromEntries(Object.entries(state).map(([name, value]) => [`norm.${name}`, value]))
    : state

describe.each(LAYERS)('%s: %s', (file, _name, forms, layerOf) => {
  const cases = moduleCases(file).flatMap((vectors) => {
    const layer = layerOf(vectors)
    return layer ? [{ name: vectors.name, vectors, layer }] : []
  })
  describe.each(cases)('$name', ({ vectors, layer }) => {
    const { inputs, outputs, cotangents, state, gradients } = vectors
    const subject = subjectOf(inputs['x']!.dims, layer)
    const layout = layoutOfSubject(subject)
    const weights = weightsFrom(layout, parametersOf(named(file, state)))

    test.each(forms)('outputs of the %s form', async (form) => {
      expectNear(await forward(subject, form, weights, inputs), { y: outputs['y']! })
    })

    // The attention weights are an output of torch's, whose gradients hold them: those of attention are checked in the layers.
    if ('weights' in outputs) return
    test('gradients of input and weights', async () => {
      const found = await ourGradients({ subject, weights, feeds: inputs, cotangents })
      expectNear(found.inputs, gradients.inputs)
      const expected = parametersOf(named(file, gradients.state))
      for (const [name, actual] of Object.entries(byParameter(layout, found.weights.data))) {
        expect([name, relativeError(actual, { dims: [], data: expected[name]! }, 1) < 1e-5]).toEqual([name, true])
      }
    })
  })
})

const OPTIONS: EncoderLayerOptions = {
  heads: 3,
  feedForwardWidth: 5,
  activation: 'gelu',
  norm: 'post',
  causal: false,
  dropout: 0,
  attentionDropout: 0,
}

describe('attention', () => {
  const attention =
    (causal: boolean, dropout = 0): Layer =>
    (network, x) =>
      multiHeadAttention(network, x, { heads: 2, causal, dropout })
  const dims = [2, 5, 6]
  const weights = testWeights(layoutOfSubject(subjectOf(dims, attention(false))), 3)

  test.each([false, true])('gradients as TensorFlow.js and central differences, causal: %s', async (causal) => {
    const subject = subjectOf(dims, attention(causal))
    const point = await randomPoint(subject, weights, 4)
    const [ours, theirs] = [await ourGradients(point), await tfjsGradients(point)]
    expectNear(ours.inputs, theirs.inputs, 1e-4)
    expectGradient(subject, ours.weights, theirs.weights)
    expect(Math.abs((await slopeRatio(point, ours.weights.data, 2e-3)) - 1)).toBeLessThan(1e-3)
  })

  test('under a causal mask a step does not move with a later one', async () => {
    const subject = subjectOf(dims, attention(true))
    const x = randomTensor(seededRandom(6), dims)
    const later = { ...x, data: x.data.map((value, i) => (Math.floor(i / 6) % 5 === 3 ? value + 1 : value)) }
    const [before, after] = [
      await forward(subject, 'serving', weights, { x }),
      await forward(subject, 'serving', weights, { x: later }),
    ]
    const steps = (values: Float32Array): Float32Array => values.subarray(0, 3 * 6)
    expect(steps(after['y']!.data)).toEqual(steps(before['y']!.data))
    expect(after['y']!.data.subarray(18, 24)).not.toEqual(before['y']!.data.subarray(18, 24))
  })

  test('serves any number of rows, each as it would alone', async () => {
    const subject = subjectOf(dims, attention(true))
    const feeds = { x: randomTensor(seededRandom(7), [4, 5, 6]) }
    const together = await forward(subject, 'serving', weights, feeds)
    expectNear(rowOf(together, 3), await forward(subject, 'serving', weights, rowOf(feeds, 3)))
  })

  test('heads must divide the width', () => {
    const run = () =>
      layoutOfSubject(subjectOf([2, 5, 6], (network, x) => multiHeadAttention(network, x, { heads: 4 })))
    expect(run).toThrow('attention: heads that divide width 6: 4 is not allowed')
  })
})

/** Each layer form as a stack of one, so that parameters are called the same. */
const FORMS: Readonly<Record<string, (options: EncoderLayerOptions) => Layer>> = {
  rows: (options) => (network, x) => encoderLayer(network, rowForm, x, options),
  columns: (options) => (network, x) => onColumns(network, x, options),
}

describe.each(Object.entries(FORMS))('dropout on %s', (_name, layerOf) => {
  const dims = [2, 4, 6]
  const options = { ...OPTIONS, dropout: 0.5, attentionDropout: 0.25 }

  test.each(['pre', 'post'] as const)('gradients with what was dropped, norm: %s', async (norm) => {
    const subject = subjectOf(dims, layerOf({ ...options, norm }))
    const layout = layoutOfSubject(subject)
    const weights = testWeights(layout, 8)
    const { dropoutSites } = buildSubject(subject, 'training', layout, weights)
    const random = seededRandom(9)
    const masks = Object.fromEntries(
      dropoutSites.map(({ name, shape, rate }) => {
        const mask = randomTensor(random, shape).data.map((value) => (value > 0 ? 1 / (1 - rate) : 0))
        return [name, { dims: shape, data: mask }]
      }),
    )
    const open = await randomPoint(subject, weights, 10)
    const point = { ...open, feeds: { ...open.feeds, ...masks } }
    const [ours, theirs] = [await ourGradients(point), await tfjsGradients(point, 'training')]
    expectNear(ours.outputs, theirs.outputs)
    expectNear(ours.inputs, theirs.inputs, 1e-4)
    expectGradient(subject, ours.weights, theirs.weights)
  })

  test('sits where PyTorch has it: attention weights, after attention, inside and after the feed-forward part', () => {
    const subject = subjectOf(dims, layerOf(options))
    const layout = layoutOfSubject(subject)
    const { dropoutSites } = buildSubject(subject, 'training', layout, new Float32Array(layout.count))
    const sizes = dropoutSites.map(({ shape, rate }) => [shape.reduce((product, dim) => product * dim, 1), rate])
    expect(sizes).toEqual([
      [2 * 3 * 4 * 4, 0.25],
      [2 * 4 * 6, 0.5],
      [2 * 4 * 5, 0.5],
      [2 * 4 * 6, 0.5],
    ])
  })
})
