import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import onnxProto from 'onnx-proto'
import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import { gradients } from '../../../src/model/graph/gradients/gradients.ts'
import type { Graph, Value } from '../../../src/model/graph/graph.ts'
import { createGraph, expectShape } from '../../../src/model/graph/graph.ts'
import { OPSET, onnxFile } from '../../../src/model/graph/onnx-file.ts'
import { add, div, exp, mul, relu } from '../../../src/model/graph/ops/elementwise.ts'
import { concat, expand, gather, pad, reshape, slice, split, transpose } from '../../../src/model/graph/ops/layout.ts'
import { gemm, linear, matMul } from '../../../src/model/graph/ops/matrix.ts'
import { layerNorm, softmax } from '../../../src/model/graph/ops/normalise.ts'
import { reduceMean, reduceSum } from '../../../src/model/graph/ops/reduce.ts'
import { runFile, tensor } from '../../support/engine/run-graph.ts'

/** A forward and a backward pass, with dead nodes. */
function sample(): Graph {
  const graph = createGraph('sample')
  const x = graph.input('x', [2, 3])
  const weights = graph.constant('weights', [1, 2, 3, 4, 5, 6], [3, 2])
  const dead = graph.scope('dead', () => exp(graph, graph.constant('five', [5], [1])))
  const hidden = relu(graph, linear(graph, x, weights, graph.constant('bias', [0.5, -0.5], [2])))
  const loss = reshape(graph, reduceSum(graph, hidden, [0, 1]), [])
  const [dx] = gradients(graph, loss, [x, weights])
  add(graph, dead, dead)
  graph.output('loss', loss)
  graph.output('dx', dx!)
  return graph
}

const decoded = (graph: Graph) => onnxProto.onnx.ModelProto.decode(onnxFile(graph)).graph!

describe('file', () => {
  test('equal graphs give equal bytes', () => {
    expect(Buffer.compare(onnxFile(sample()), onnxFile(sample()))).toBe(0)
  })

  test('names what it was made with', () => {
    const model = onnxProto.onnx.ModelProto.decode(onnxFile(sample()))
    expect(model.opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([['', OPSET]])
    expect(Number(model.irVersion)).toBe(8)
  })

  test('nodes and tensors that lead to no output are left out', () => {
    const graph = decoded(sample())
    expect(graph.node!.filter(({ opType }) => opType === 'Exp')).toEqual([])
    expect(graph.initializer!.map(({ name }) => name)).not.toContain('dead/five')
    // Of the gradient of the weights, which no output needs, nothing is left either.
    expect(graph.node!.filter(({ opType }) => opType === 'Gemm')).toHaveLength(2)
  })

  test('each node comes after what it takes from', () => {
    const graph = decoded(sample())
    const known = new Set([...graph.input!, ...graph.initializer!].map(({ name }) => name))
    for (const { input, output } of graph.node!) {
      for (const name of input!) expect(known).toContain(name)
      for (const name of output!) known.add(name)
    }
  })

  test('numbers and lists that are equal are stored once', () => {
    const graph = createGraph('shared')
    const x = graph.input('x', [4])
    const twice = mul(graph, mul(graph, x, graph.scalar(2)), graph.scalar(2))
    graph.output('y', reshape(graph, reshape(graph, twice, [2, 2]), [4, 1]))
    graph.output('z', reshape(graph, reshape(graph, x, [2, 2]), [4]))
    expect(graph.initializers).toHaveLength(4)
  })

  test('runs in ONNX Runtime', async () => {
    const { loss, dx } = await runFile(onnxFile(sample()), { x: tensor([2, 3], [1, 0, 0, 0, 0, -1]) })
    expect(loss!.data[0]).toBeCloseTo(1.5 + 1.5, 6)
    expect(Array.from(dx!.data)).toEqual([3, 7, 11, 0, 0, 0])
  })

  const checker = spawnSync('/usr/bin/python3', ['-c', 'import onnx'])
  const absent = checker.status !== 0
  test.skipIf(absent)(`passes ONNX's own checker${absent ? ' (python3-onnx is not installed)' : ''}`, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tickwright-onnx-'))
    const file = path.join(folder, 'sample.onnx')
    writeFileSync(file, onnxFile(sample()))
    const script = 'import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)'
    const { status, stderr } = spawnSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8' })
    await rm(folder, { recursive: true })
    expect([status, stderr]).toEqual([0, ''])
  })
})

describe('is a bug', () => {
  const on = (build: (graph: Graph, x: Value) => void) => (): void => {
    const graph = createGraph('test')
    build(graph, graph.input('x', [2, 3]))
  }
  test.each([
    ['value of this graph: a', on((graph) => exp(graph, createGraph('other').input('a', [1])))],
    ['name used once in a graph: x', on((graph) => graph.constant('x', [1], [1]))],
    ['elements of c for [3]: 2', on((graph) => graph.constant('c', [1, 2], [3]))],
    ['finite float32 in c: NaN', on((graph) => graph.constant('c', [Number.NaN], [1]))],
    ['finite float32 in c: 1e+39', on((graph) => graph.constant('c', [1e39], [1]))],
    ['finite float32 in scalar: Infinity', on((graph) => graph.scalar(Number.POSITIVE_INFINITY))],
    ['graph with outputs: test', on((graph) => onnxFile(graph))],
    ['here: shape [3, 2] of x: [2, 3]', on((_graph, x) => expectShape('here', x, [3, 2]))],
    ['Div: shapes that broadcast: [2, 3] and [2]', on((graph, x) => div(graph, x, graph.input('y', [2])))],
    ['Reshape: as many elements as [2, 3]: [5]', on((graph, x) => reshape(graph, x, [5]))],
    [
      'Reshape: at most one run-time dimension: [batch, time]',
      on((graph) => reshape(graph, graph.input('y', ['batch', 'time', 1]), ['batch', 'time'])),
    ],
    ['Transpose: order of axes: 0,0', on((graph, x) => transpose(graph, x, [0, 0]))],
    ['Expand: a shape for [2, 3]: 3', on((graph, x) => expand(graph, x, [3]))],
    ['Expand: shapes that broadcast: [2, 3] and [2, 4]', on((graph, x) => expand(graph, x, [2, 4]))],
    ['Concat: values to join: 0', on((graph) => concat(graph, [], 0))],
    ['Concat: shapes that join: [2, 3] and [2, 2]', on((graph, x) => concat(graph, [x, graph.input('y', [2, 2])], 0))],
    ['Split: sizes of axis 1 of [2, 3]: 1,1', on((graph, x) => split(graph, x, 1, [1, 1]))],
    ['Split: sizes of axis 1 of [2, 3]: 3,0', on((graph, x) => split(graph, x, 1, [3, 0]))],
    ['Slice: range within axis 1 of [2, 3]: 1 to 4', on((graph, x) => slice(graph, x, 1, 1, 4))],
    ['Slice: range within axis 0 of [2, 3]: 1 to 1', on((graph, x) => slice(graph, x, 0, 1, 1))],
    ['Gather: indices within axis 1 of [2, 3]: 0,3', on((graph, x) => gather(graph, x, 1, [0, 3]))],
    ['Gather: indices within axis 1 of [2, 3]: ', on((graph, x) => gather(graph, x, 1, []))],
    ['axis of [2, 3]: 2', on((graph, x) => pad(graph, x, 2, 1, 1))],
    ['axis of [2, 3]: 2', on((graph, x) => reduceMean(graph, x, [2]))],
    ['MatMul: shapes of a matrix product: [2, 3] and [2, 3]', on((graph, x) => matMul(graph, x, x))],
    ['Gemm: inner dimensions: [2, 3] and [2, 3]', on((graph, x) => gemm(graph, x, x))],
    [
      'Gemm: shapes that broadcast: [2] and [2, 5]',
      on((graph, x) => gemm(graph, x, graph.input('w', [3, 5]), { bias: graph.input('b', [2]) })),
    ],
    [
      'Gemm: bias that stretches to [1, 5]: [2, 5]',
      on((graph) => linear(graph, graph.input('row', [1, 3]), graph.input('w', [3, 5]), graph.input('b', [2, 5]))),
    ],
    [
      'Gemm: bias that stretches to [2, 5]: [1, 1, 5]',
      on((graph, x) => gemm(graph, x, graph.input('w', [3, 5]), { bias: graph.input('b', [1, 1, 5]) })),
    ],
    ['Gemm: matrix: [3]', on((graph, x) => gemm(graph, x, graph.input('y', [3])))],
    [
      'LayerNormalization: shape [3] of y: [2]',
      on((graph, x) => layerNorm(graph, x, graph.input('y', [2]), graph.input('z', [3]))),
    ],
  ])('%s', (message, run) => {
    expect(run).toThrow(InvariantError)
    expect(run).toThrow(message)
  })
})

test('any batch runs through a graph with a run-time dimension', async () => {
  const graph = createGraph('rows')
  const x = graph.input('x', ['batch', 2, 3])
  const merged = reshape(graph, x, ['batch*2', 3])
  graph.output('y', reshape(graph, softmax(graph, merged), ['batch', 6]))
  for (const batch of [1, 4]) {
    const { y } = await runFile(onnxFile(graph), { x: tensor([batch, 2, 3], new Array(batch * 6).fill(0.25)) })
    expect(y!.dims).toEqual([batch, 6])
    for (const value of y!.data) expect(value).toBeCloseTo(1 / 3, 6)
  }
})
