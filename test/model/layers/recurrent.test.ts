import { beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import type { Network } from '../../../src/model/graph/network.ts'
import { offsetsOf } from '../../../src/model/graph/network.ts'
import { gruLayer } from '../../../src/model/layers/gru.ts'
import { lstmLayer } from '../../../src/model/layers/lstm.ts'
import type { RecurrentLayer } from '../../../src/model/layers/recurrent-layer.ts'
import { recurrentStack, recurrentStackSteps } from '../../../src/model/layers/recurrent-stack.ts'
import { rnnLayer } from '../../../src/model/layers/rnn.ts'
import type { EngineTensor } from '../../../src/training/graph-engine.port.ts'
import type { ModuleCase } from '../../fixtures/torch/load-vectors.ts'
import { moduleCases } from '../../fixtures/torch/load-vectors.ts'
import { expectNear, rowOf } from '../../support/engine/expect-tensors.ts'
import type { Gradients } from '../../support/engine/gradient-oracle.ts'
import { ourGradients, randomPoint, relativeError, tfjsGradients } from '../../support/engine/gradient-oracle.ts'
import type { Tensors } from '../../support/engine/run-graph.ts'
import { filledTensor, randomTensor } from '../../support/engine/run-graph.ts'
import type { Form, Subject, Values } from '../../support/engine/subject.ts'
import { forward, layoutOfSubject, testWeights, weightsFrom } from '../../support/engine/subject.ts'
import { recurrentParameters } from './torch-weights.ts'

const LAYERS: Readonly<Record<string, RecurrentLayer>> = { LSTM: lstmLayer, GRU: gruLayer, RNN: rnnLayer }
const STATE_NAMES = ['h', 'c']
const TOLERANCE = 1e-5

/** A stack whose inputs are `x` and the states before, by layer: h0_l0, c0_l0, h0_l1 … */
function stack(
  layer: RecurrentLayer,
  x: readonly number[],
  options: { readonly hidden: number; readonly layers: number; readonly dropout?: number },
  start: boolean,
): Subject {
  const names = Array.from({ length: options.layers }, (_, at) => at).flatMap((at) =>
    STATE_NAMES.slice(0, layer.stateCount).map((state) => `${state}_l${at}`),
  )
  const states = start ? names.map((name) => [`start ${name}`, [x[0]!, options.hidden]] as const) : []
  return {
    inputs: { x, ...Object.fromEntries(states) },
    build: (network: Network, inputs: Values) => {
      const initial = start ? names.map((name) => inputs[`start ${name}`]!) : undefined
      const { outputs, last } = recurrentStack(network, layer, inputs['x']!, { dropout: 0, ...options }, initial)
      return { y: outputs, ...Object.fromEntries(names.map((name, i) => [name, last[i]!])) }
    },
  }
}

function subjectOf({ module, config, inputs }: ModuleCase): Subject {
  const options = { hidden: Number(config['hidden_size']), layers: Number(config['num_layers']) }
  return stack(LAYERS[module]!, inputs['x']!.dims, options, 'h0' in inputs)
}

/** Torch stacks the states of all layers: [layers, batch, hidden] → one tensor for each layer. */
function byLayer(tensors: Tensors, prefix: string, suffix: string): Tensors {
  return Object.fromEntries(
    STATE_NAMES.flatMap((state) => {
      const stacked = tensors[`${state}${suffix}`]
      if (!stacked) return []
      const [layers, ...dims] = stacked.dims as [number, ...number[]]
      const size = stacked.data.length / layers
      return Array.from({ length: layers }, (_, at): [string, EngineTensor] => [
        `${prefix}${state}_l${at}`,
        { dims, data: stacked.data.subarray(at * size, (at + 1) * size) },
      ])
    }),
  )
}

const outputsOf = (tensors: Tensors): Tensors => ({ y: tensors['y']!, ...byLayer(tensors, '', '') })
const inputsOf = (tensors: Tensors): Tensors => ({ x: tensors['x']!, ...byLayer(tensors, 'start ', '0') })

describe.each(['lstm', 'gru', 'rnn'] as const)('%s as PyTorch', (file) => {
  describe.each(moduleCases(file))('$name', (vectors) => {
    const subject = subjectOf(vectors)
    const layout = layoutOfSubject(subject)
    const weights = weightsFrom(layout, recurrentParameters(vectors, vectors.state, 'weights'))

    test.each<Form>(['serving', 'training'])('outputs of the %s form', async (form) => {
      expectNear(await forward(subject, form, weights, inputsOf(vectors.inputs)), outputsOf(vectors.outputs))
    })

    test('gradients of inputs, states and weights', async () => {
      const [feeds, cotangents] = [inputsOf(vectors.inputs), outputsOf(vectors.cotangents)]
      const found = await ourGradients({ subject, weights, feeds, cotangents })
      expectNear(found.inputs, inputsOf(vectors.gradients.inputs))
      const expected = recurrentParameters(vectors, vectors.gradients.state, 'gradients')
      for (const [name, { from, to }] of offsetsOf(layout)) {
        const actual = { dims: [to - from], data: found.weights.data.subarray(from, to) }
        expect(relativeError(actual, { dims: [], data: expected[name]! }, 1)).toBeLessThan(TOLERANCE)
      }
    })
  })
})

describe.each(Object.entries(LAYERS))('%s', (_name, layer) => {
  const options = { hidden: 4, layers: 2 }
  const subject = stack(layer, [3, 6, 5], options, true)
  const weights = testWeights(layoutOfSubject(subject), 5)

  describe('gradients', () => {
    let ours: Gradients
    let theirs: Gradients
    beforeAll(async () => {
      const point = await randomPoint(subject, weights, 6)
      ours = await ourGradients(point)
      // The evaluation form: the fused operator, which our rules never see.
      theirs = await tfjsGradients(point, 'evaluation')
    })

    test('of the weights as those of the fused operator in TensorFlow.js', () => {
      expect(relativeError(ours.weights, theirs.weights)).toBeLessThan(1e-4)
    })

    test('of the inputs and states likewise', () => {
      for (const [name, value] of Object.entries(theirs.inputs)) {
        expect(relativeError(ours.inputs[name]!, value)).toBeLessThan(1e-4)
      }
    })
  })

  test.each([1, 7])('serves %i rows as it would each alone', async (rows) => {
    const feeds = Object.fromEntries(
      Object.entries(subject.inputs).map(([name, dims]) => [
        name,
        randomTensor(seededRandom(7), [rows, ...dims.slice(1)]),
      ]),
    )
    const together = await forward(subject, 'serving', weights, feeds)
    const alone = await forward(subject, 'serving', weights, rowOf(feeds, rows - 1))
    expectNear(rowOf(together, rows - 1), alone)
  })

  test('a start at zero is the default', async () => {
    const x = randomTensor(seededRandom(8), [3, 6, 5])
    const plain = stack(layer, [3, 6, 5], options, false)
    const states = Object.keys(subject.inputs).filter((name) => name !== 'x')
    const zeros = Object.fromEntries(states.map((name) => [name, filledTensor([3, 4], 0)]))
    const expected = await forward(subject, 'serving', weights, { x, ...zeros })
    for (const form of ['serving', 'training'] as const)
      expectNear(await forward(plain, form, weights, { x }), expected)
  })

  test.each(['evaluation', 'training'] as const)(
    'every step of the %s form: the states after a prefix of the window',
    async (form) => {
      const steps: Subject = {
        inputs: subject.inputs,
        build: (network, { x, ...start }) => {
          const stacked = { ...options, dropout: 0 }
          const { outputs, states } = recurrentStackSteps(network, layer, x!, stacked, Object.values(start))
          return { outputs, ...Object.fromEntries(states.map((state, i) => [`state${i}`, state])) }
        },
      }
      const random = seededRandom(9)
      const feeds = Object.fromEntries(
        Object.entries(subject.inputs).map(([name, dims]) => [name, randomTensor(random, dims)]),
      )
      const all = await forward(steps, form, weights, feeds)
      const prefix = { ...feeds, x: firstSteps(feeds['x']!, 4) }
      const { y, ...last } = await forward(stack(layer, [3, 4, 5], options, true), 'training', weights, prefix)
      expect(relativeError(firstSteps(all['outputs']!, 4), y!)).toBeLessThan(TOLERANCE)
      for (const [i, state] of Object.values(last).entries()) {
        expect(relativeError(stepOf(all[`state${i}`]!, 3), state)).toBeLessThan(TOLERANCE)
      }
    },
  )

  test('dropout acts between layers, while training, on the outputs of all but the last', async () => {
    const dropping = stack(layer, [3, 6, 5], { ...options, dropout: 0.5 }, false)
    const x = randomTensor(seededRandom(10), [3, 6, 5])
    const dropped = { x, dropout_0: filledTensor([3, 6, 4], 0) }
    const nothing = await forward(dropping, 'training', weights, dropped)
    const anything = await forward(dropping, 'training', weights, {
      ...dropped,
      x: randomTensor(seededRandom(11), [3, 6, 5]),
    })
    expect(nothing['y']).toEqual(anything['y'])
    expect(nothing['h_l0']).not.toEqual(anything['h_l0'])
    expectNear(await forward(dropping, 'serving', weights, { x }), await forward(dropping, 'training', weights, { x }))
  })
})

/** [batch, steps, n] → its first `count` steps. */
function firstSteps({ dims: [batch, steps, width], data }: EngineTensor, count: number): EngineTensor {
  const rows = Array.from({ length: batch! }, (_, row) => [
    ...data.subarray(row * steps! * width!, (row * steps! + count) * width!),
  ])
  return { dims: [batch!, count, width!], data: Float32Array.from(rows.flat()) }
}

/** [batch, steps, n] → step `at` [batch, n]. */
function stepOf({ dims: [batch, steps, width], data }: EngineTensor, at: number): EngineTensor {
  const from = (row: number): number => (row * steps! + at) * width!
  const rows = Array.from({ length: batch! }, (_, row) => [...data.subarray(from(row), from(row) + width!)])
  return { dims: [batch!, width!], data: Float32Array.from(rows.flat()) }
}
