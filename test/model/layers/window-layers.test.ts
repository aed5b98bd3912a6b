import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import type { Network } from '../../../src/model/graph/network.ts'
import { movingAverage } from '../../../src/model/layers/moving-average.ts'
import { patchCount, patchesOf } from '../../../src/model/layers/patches.ts'
import { poolSteps } from '../../../src/model/layers/pooling.ts'
import { addPositions, sinusoidalPositions } from '../../../src/model/layers/positions.ts'
import { revin } from '../../../src/model/layers/revin.ts'
import { expectNear } from '../../support/engine/expect-tensors.ts'
import { randomTensor, runGraph, tensor } from '../../support/engine/run-graph.ts'
import type { Subject } from '../../support/engine/subject.ts'
import { forward, layoutOfSubject } from '../../support/engine/subject.ts'

describe('patches', () => {
  test('PatchTST/42: a look-back of 336 in patches of 16, 8 apart', () => {
    expect(patchCount(336, { patchLength: 16, patchStride: 8 })).toBe(42)
  })

  test('the end is padded by as many repetitions of the last value as patches are apart', async () => {
    const x = tensor([1, 5, 2], [0, 10, 1, 11, 2, 12, 3, 13, 4, 14])
    const { y } = await runGraph(
      (graph) =>
        graph.output('y', patchesOf(graph, graph.input('x', ['batch', 5, 2]), { patchLength: 3, patchStride: 2 })),
      { x },
    )
    expect(y!.dims).toEqual([1, 2, 3, 3])
    expect(Array.from(y!.data)).toEqual([0, 1, 2, 2, 3, 4, 4, 4, 4, 10, 11, 12, 12, 13, 14, 14, 14, 14])
  })

  test('a patch longer than the window is a bug', () => {
    expect(() => patchCount(4, { patchLength: 5, patchStride: 1 })).toThrow('patch length within 4 steps: 5')
  })
})

test('a moving average repeats the ends', async () => {
  const values = [3, -1, 4, 1, -5, 9]
  const { y } = await runGraph((graph) => graph.output('y', movingAverage(graph, graph.input('x', [1, 6]), 5)), {
    x: tensor([1, 6], values),
  })
  const padded = [3, 3, ...values, 9, 9]
  const expected = values.map((_, i) => padded.slice(i, i + 5).reduce((sum, value) => sum + value, 0) / 5)
  expectNear({ y: y! }, { y: tensor([1, 6], expected) }, 1e-6)
})

test('a moving average longer than the window, of a constant, is that constant', async () => {
  const { y } = await runGraph((graph) => graph.output('y', movingAverage(graph, graph.input('x', [1, 3]), 25)), {
    x: tensor([1, 3], [2, 2, 2]),
  })
  expectNear({ y: y! }, { y: tensor([1, 3], [2, 2, 2]) }, 1e-6)
})

describe('sinusoidal positions', () => {
  test('sines at even columns, cosines at odd ones, wavelengths from 2π to 2π × 10,000', () => {
    const table = sinusoidalPositions(3, 4)
    const expected = [0, 1, 2].flatMap((step) => [
      Math.sin(step),
      Math.cos(step),
      Math.sin(step / 100),
      Math.cos(step / 100),
    ])
    for (const [i, value] of expected.entries()) expect(table[i]).toBeCloseTo(value, 12)
  })

  test('an odd width ends on a sine', () => {
    expect(sinusoidalPositions(2, 3)[5]).toBeCloseTo(Math.sin(1 / 10_000 ** (2 / 3)), 12)
  })

  test.each(['sinusoidal', 'learned'] as const)('%s: added to every row alike', async (kind) => {
    const subject: Subject = {
      inputs: { x: [2, 3, 4] },
      build: (network, { x }) => ({ y: addPositions(network, x!, kind) }),
    }
    const weights = Float32Array.from({ length: layoutOfSubject(subject).count }, (_, i) => i / 10)
    const { y } = await forward(subject, 'serving', weights, { x: tensor([2, 3, 4], new Array(24).fill(0)) })
    const table = kind === 'learned' ? weights : sinusoidalPositions(3, 4)
    expectNear({ y: y! }, { y: tensor([2, 3, 4], [...table, ...table]) }, 1e-6)
  })
})

describe('RevIN', () => {
  const dims = [2, 6, 3]
  const subject = (affine: boolean): Subject => ({
    inputs: { x: dims },
    build: (network: Network, { x }) => {
      const { value, restore } = revin(network, x!, affine)
      return { value, restored: restore(value) }
    },
  })
  const random = seededRandom(2)
  const x = { dims, data: randomTensor(random, dims).data.map((value, i) => 100 * (i % 3) + (1 + (i % 3)) * value) }

  test('each channel of each window: mean 0, population deviation 1', async () => {
    const { value } = await forward(subject(false), 'serving', new Float32Array(0), { x })
    for (const row of [0, 1]) {
      for (const channel of [0, 1, 2]) {
        const values = [0, 1, 2, 3, 4, 5].map((step) => value!.data[row * 18 + step * 3 + channel]!)
        expect(values.reduce((sum, each) => sum + each, 0)).toBeCloseTo(0, 3)
        expect(values.reduce((sum, each) => sum + each * each, 0) / 6).toBeCloseTo(1, 3)
      }
    }
  })

  test.each([
    ['plain', false, []],
    ['affine', true, [2, -0.5, 1.5, 0.1, 0.2, -0.3]],
  ] as const)('%s: what is put back is what came in', async (_name, affine, weights) => {
    const { restored } = await forward(subject(affine), 'serving', Float32Array.from(weights), { x })
    expectNear({ x: restored! }, { x }, 1e-5)
  })

  test('gain and offset act on the normal values', async () => {
    const plain = await forward(subject(false), 'serving', new Float32Array(0), { x })
    const weights = Float32Array.of(2, 3, 4, -1, 0, 1)
    const affine = await forward(subject(true), 'serving', weights, { x })
    const expected = plain['value']!.data.map((value, i) => value * weights[i % 3]! + weights[3 + (i % 3)]!)
    expectNear({ value: affine['value']! }, { value: { dims, data: expected } })
  })

  test('a channel that stands still comes out as 0 and goes back', async () => {
    const still = tensor([1, 6, 3], new Array(18).fill(7))
    const { value, restored } = await forward(subject(false), 'serving', new Float32Array(0), { x: still })
    expect(value!.data.every((each) => each === 0)).toBe(true)
    expectNear({ x: restored! }, { x: still })
  })
})

describe('pooling', () => {
  const x = tensor([1, 3, 2], [1, 2, 3, 4, 5, 9])
  const subject = (kind: 'last' | 'mean' | 'query'): Subject => ({
    inputs: { x: x.dims },
    build: (network, inputs) => ({ y: poolSteps(network, inputs['x']!, kind) }),
  })

  test.each([
    ['last', [], [5, 9]],
    ['mean', [], [3, 5]],
    ['query', [0, 0], [3, 5]],
    ['query', [0, 50], [5, 9]],
  ] as const)('%s with query [%s]', async (kind, query, expected) => {
    const { y } = await forward(subject(kind), 'serving', Float32Array.from(query), { x })
    expectNear({ y: y! }, { y: tensor([1, 2], expected) })
  })
})
