import { describe, expect, test } from 'vitest'
import { onnxRuntime } from '../../src/adapters/onnx/onnx-runtime.ts'
import { InvariantError } from '../../src/core/errors.ts'
import { graphBuilder } from '../../src/model/onnx-graph.ts'
import { add, clip, concat, div, exp, flatten, matMul, mul, neg, relu, sigmoid, sub } from '../../src/model/onnx-ops.ts'
import { broadcast, concatShape, matMulShape } from '../../src/model/onnx-shape.ts'

describe('shapes', () => {
  test('broadcast as NumPy does, with a run-time dimension', () => {
    expect(broadcast(['batch', 4, 3], [3])).toEqual(['batch', 4, 3])
    expect(broadcast(['batch', 1], [1, 5])).toEqual(['batch', 5])
    expect(broadcast([], ['batch', 2])).toEqual(['batch', 2])
    expect(broadcast([1], ['batch', 1])).toEqual(['batch', 1])
  })
  test.each([
    { name: 'broadcast of 3 and 4', run: () => broadcast(['batch', 3], [4]) },
    { name: 'broadcast of batch and 4', run: () => broadcast(['batch', 3], [4, 3]) },
    { name: 'product of 3 columns and 4 rows', run: () => matMulShape(['batch', 3], [4, 1]) },
    {
      name: 'join of unequal rows',
      run: () =>
        concatShape(
          [
            [2, 1],
            [3, 1],
          ],
          1,
        ),
    },
    {
      name: 'join along a run-time axis',
      run: () =>
        concatShape(
          [
            ['batch', 1],
            ['batch', 1],
          ],
          0,
        ),
    },
    { name: 'join along no axis', run: () => concatShape([['batch', 1]], 2) },
  ])('$name is a bug', ({ run }) => {
    expect(run).toThrow(InvariantError)
  })
})

describe('graph builder', () => {
  test('ONNX Runtime computes each operator, for any batch', async () => {
    const graph = graphBuilder('operators')
    const x = graph.input('x', ['batch', 2, 1])
    const flat = flatten(graph, x)
    const one = graph.constant('one', [1], [1])
    const [low, high] = [graph.constant('low', [-1], []), graph.constant('high', [2], [])]
    const parts = [
      add(graph, flat, one),
      sub(graph, flat, one),
      mul(graph, flat, flat),
      div(graph, flat, graph.constant('two', [2, 2], [2])),
      clip(graph, flat, low, high),
      exp(graph, flat),
      neg(graph, flat),
      relu(graph, flat),
      sigmoid(graph, flat),
      matMul(graph, flat, graph.constant('m', [1, 2, 3, 4], [2, 2])),
    ]
    graph.output('y', concat(graph, parts, 1))
    expect(graph.nodes.map(({ op }) => op)).toContain('MatMul')
    const session = await onnxRuntime().load(graph.bytes(), { steps: 2, features: 1 }, 'cpu')
    const rowOf = (a: number, b: number): number[] => [
      ...[a + 1, b + 1, a - 1, b - 1, a * a, b * b, a / 2, b / 2],
      ...[Math.min(2, Math.max(-1, a)), Math.min(2, Math.max(-1, b)), Math.exp(a), Math.exp(b), -a, -b],
      ...[Math.max(0, a), Math.max(0, b), 1 / (1 + Math.exp(-a)), 1 / (1 + Math.exp(-b)), a + 3 * b, 2 * a + 4 * b],
    ]
    for (const input of [
      [-3, 5],
      [-3, 5, 0.5, -0.25, 1, 2],
    ]) {
      const batch = input.length / 2
      const { y } = await session.run(Float32Array.from(input), batch)
      const expected = Array.from({ length: batch }, (_, i) => rowOf(input[2 * i]!, input[2 * i + 1]!)).flat()
      expect(y).toHaveLength(expected.length)
      for (const [i, value] of expected.entries()) expect(y![i]).toBeCloseTo(value, 4)
    }
    await session.release()
  })

  test.each([
    {
      name: 'a value of another graph',
      run: () => {
        const [a, b] = [graphBuilder('a'), graphBuilder('b')]
        exp(a, b.input('x', ['batch', 1]))
      },
    },
    {
      name: 'a name used twice',
      run: () => {
        const graph = graphBuilder('a')
        graph.input('x', ['batch', 1])
        graph.constant('x', [1], [1])
      },
    },
    { name: 'a constant of another length', run: () => graphBuilder('a').constant('c', [1, 2], [3]) },
    { name: 'a constant that is not finite', run: () => graphBuilder('a').constant('c', [Number.NaN], [1]) },
    { name: 'a constant beyond float32', run: () => graphBuilder('a').constant('c', [1e39], [1]) },
    { name: 'a graph without outputs', run: () => graphBuilder('a').bytes() },
  ])('$name is a bug', ({ run }) => {
    expect(run).toThrow(InvariantError)
  })
})
