import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { constantWeights } from '../../../src/model/graph/initial-weights.ts'
import { elementCount } from '../../../src/model/graph/shape.ts'
import { moduleCases } from '../../fixtures/torch/load-vectors.ts'
import { expectGradient, expectNear } from '../../support/engine/expect-tensors.ts'
import { ourGradients, randomPoint, slopeRatio, tfjsGradients } from '../../support/engine/gradient-oracle.ts'
import { runGraph, tensor } from '../../support/engine/run-graph.ts'
import type { Subject } from '../../support/engine/subject.ts'
import { layoutOfSubject } from '../../support/engine/subject.ts'
import type { OperatorCase } from './operator-cases.ts'
import { CONSTANT_CASES, OPERATOR_CASES } from './operator-cases.ts'

/** Length of a step of the central differences. */
const STEP = 5e-3

/** The operands are trained, so that both oracles differentiate all of them. */
const subjectOf = ({ inputs, build }: OperatorCase): Subject => ({
  inputs: {},
  build: (network) => ({
    y: build(
      network.graph,
      inputs.map((dims, i) => network.parameter(`operand${i}`, dims, constantWeights(0))),
    ),
  }),
})

describe.each(OPERATOR_CASES)('$name', (each) => {
  const subject = subjectOf(each)
  const random = seededRandom(each.name.length)
  const { move = (value: number) => value } = each
  const operands = layoutOfSubject(subject).parameters.map(({ shape }, operand) =>
    Array.from({ length: elementCount(shape) }, () => move(normal(random), operand)),
  )
  const weights = Float32Array.from(operands.flat())

  test('value and gradients as TensorFlow.js, slope as central differences', async () => {
    const point = await randomPoint(subject, weights, 5)
    const [ours, theirs] = [await ourGradients(point), await tfjsGradients(point)]
    expect(ours.outputs['y']!.dims).toEqual(each.dims)
    expectNear(ours.outputs, theirs.outputs)
    expectGradient(subject, ours.weights, theirs.weights)
    expect(Math.abs((await slopeRatio(point, ours.weights.data, STEP)) - 1)).toBeLessThan(1e-3)
  })
})

describe.each(CONSTANT_CASES)('$name', ({ inputs, build, expected }) => {
  test('value', async () => {
    const left = [-1.5, 0, 2, 3]
    const right = [-2, 0, 2, 4]
    const feeds = { a: tensor([4], left), ...(inputs.length > 1 && { b: tensor([4], right) }) }
    const { y } = await runGraph((graph) => {
      const values = Object.entries(feeds).map(([name, { dims }]) => graph.input(name, dims))
      graph.output('y', build(graph, values))
    }, feeds)
    expect(Array.from(y!.data)).toEqual(left.map((value, i) => expected(value, right[i]!)))
  })
})

/** By torch's name of the module. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  Softmax: 'softmax',
  LogSoftmax: 'logSoftmax',
  GELU: 'gelu',
  ReLU: 'relu',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Softplus: 'softplus',
}

describe.each(moduleCases('activations').filter(({ module }) => module in ACTIVATIONS))(
  '$name, as PyTorch',
  ({ module, inputs, outputs, cotangents, gradients }) => {
    test('value and gradient', async () => {
      const { build } = OPERATOR_CASES.find(({ name }) => name === ACTIVATIONS[module])!
      const subject: Subject = {
        inputs: { x: inputs['x']!.dims },
        build: (network, { x }) => ({ y: build(network.graph, [x!]) }),
      }
      const found = await ourGradients({ subject, weights: new Float32Array(0), feeds: inputs, cotangents })
      expectNear(found.outputs, outputs)
      expectNear(found.inputs, gradients.inputs)
    })
  },
)
