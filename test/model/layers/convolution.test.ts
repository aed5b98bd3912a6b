import { describe, expect, test } from 'vitest'
import type { Value } from '../../../src/model/graph/graph.ts'
import type { Network } from '../../../src/model/graph/network.ts'
import { reshape } from '../../../src/model/graph/ops/layout.ts'
import { sizeOf } from '../../../src/model/graph/shape.ts'
import { bookBlock, inception } from '../../../src/model/layers/book-block.ts'
import { conv1d } from '../../../src/model/layers/conv1d.ts'
import { dense } from '../../../src/model/layers/dense.ts'
import { globalMaxPool } from '../../../src/model/layers/global-max-pool.ts'
import type { EngineTensor } from '../../../src/training/graph-engine.port.ts'
import type { ModuleCase, VectorTensor, VectorTensors } from '../../fixtures/torch/load-vectors.ts'
import { moduleCases } from '../../fixtures/torch/load-vectors.ts'
import { expectNear } from '../../support/engine/expect-tensors.ts'
import { ourGradients } from '../../support/engine/gradient-oracle.ts'
import type { Subject } from '../../support/engine/subject.ts'
import { byParameter, forward, layoutOfSubject, weightsFrom } from '../../support/engine/subject.ts'
import { kernelParameter } from './torch-weights.ts'

type Layer = (network: Network, x: Value) => Value

/** Torch's channels stand second, ours last. */
function channelsLast({ dims, data }: VectorTensor): EngineTensor {
  const [batch, channels, ...rest] = dims as [number, number, ...number[]]
  const places = data.length / batch / channels
  const moved = Float32Array.from({ length: data.length }, (_, i) => {
    const [row, place, channel] = [Math.floor(i / channels / places), Math.floor(i / channels) % places, i % channels]
    return data[(row * channels + channel) * places + place]!
  })
  return { dims: [batch, ...rest, channels], data: moved }
}

/** Torch's name of a layer → ours. */
const NAMES: Readonly<Record<string, string>> = {
  '': '',
  '0': 'columns/',
  '2': 'time0/',
  '4': 'time1/',
  'three.0': 'three/point/',
  'three.2': 'three/time/',
  'five.0': 'five/point/',
  'five.2': 'five/time/',
  'pool.1': 'pool/point/',
}

const parameters = (state: VectorTensors): Record<string, Float32Array> =>
  Object.fromEntries(
    Object.entries(state).map(([name, value]) => {
      const [path, kind] = [name.slice(0, Math.max(0, name.lastIndexOf('.'))), name.slice(name.lastIndexOf('.') + 1)]
      return kind === 'bias' ? [`${NAMES[path]}bias`, value.data] : [`${NAMES[path]}weights`, kernelParameter(value)]
    }),
  )

function layerOf({ module, config, outputs }: ModuleCase): Layer {
  if (module === 'DeepLobBlock') return (network, x) => bookBlock(network, x, 2, 4)
  if (module === 'DeepLobInception') return (network, x) => inceptionOfOneColumn(network, x)
  const [kernel, columns = 1] = [config['kernel_size'] as number | readonly number[]].flat()
  const filters = Number(config['out_channels'])
  if (columns > 1) return (network, x) => overColumns(network, x, columns, filters)
  const settings = {
    kernel: kernel!,
    dilation: Number(config['dilation'] ?? 1),
    padding: config['padding'] as 'same' | 'valid',
    filters,
  }
  if (!('pooled' in outputs)) return (network, x) => conv1d(network, x, settings)
  return (network, x) => globalMaxPool(network.graph, conv1d(network, x, settings))
}

/** As `bookBlock` merges columns. */
function overColumns(network: Network, x: Value, merged: number, filters: number): Value {
  const [batch, steps] = x.shape
  const [columns, channels] = [sizeOf(x.shape, 2), sizeOf(x.shape, 3)]
  const places = reshape(network.graph, x, [batch!, steps!, columns / merged, merged * channels])
  return dense(network, places, filters)
}

function inceptionOfOneColumn(network: Network, x: Value): Value {
  const [batch, steps, , channels] = x.shape
  const views = inception(network, reshape(network.graph, x, [batch!, steps!, channels!]), 3)
  return reshape(network.graph, views, [batch!, steps!, 1, 9])
}

const lastOf = (tensors: VectorTensors): EngineTensor => {
  const [value] = Object.values(tensors)
  return value!.dims.length === 2 ? value! : channelsLast(value!)
}

describe.each(['conv1d', 'conv2d'] as const)('%s as PyTorch', (file) => {
  describe.each(moduleCases(file))('$name', (vectors) => {
    const layer = layerOf(vectors)
    const x = channelsLast(vectors.inputs['x']!)
    const subject: Subject = {
      inputs: { x: x.dims },
      build: (network, inputs) => ({ y: layer(network, inputs['x']!) }),
    }
    const layout = layoutOfSubject(subject)
    const weights = weightsFrom(layout, parameters(vectors.state))

    test.each(['serving', 'training'] as const)('outputs of the %s form', async (form) => {
      expectNear(await forward(subject, form, weights, { x }), { y: lastOf(vectors.outputs) })
    })

    test('gradients of input and weights', async () => {
      const found = await ourGradients({
        subject,
        weights,
        feeds: { x },
        cotangents: { y: lastOf(vectors.cotangents) },
      })
      expectNear(found.inputs, { x: channelsLast(vectors.gradients.inputs['x']!) })
      const expected = byParameter(layout, weightsFrom(layout, parameters(vectors.gradients.state)))
      expectNear(byParameter(layout, found.weights.data), expected)
    })
  })
})

test.each([
  [4, 5],
  [2, 8],
])('a valid kernel of %i does not fit into fewer steps with a dilation that takes %i', (steps, kernel) => {
  const build = (): unknown =>
    layoutOfSubject({
      inputs: { x: [1, steps, 2] },
      build: (network, inputs) => ({ y: conv1d(network, inputs['x']!, { kernel, padding: 'valid', filters: 2 }) }),
    })
  expect(build).toThrow(`steps for a kernel over ${kernel}`)
})
