import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import { gradients } from '../../../src/model/graph/gradients/gradients.ts'
import type { Graph, Value } from '../../../src/model/graph/graph.ts'
import { createGraph } from '../../../src/model/graph/graph.ts'
import { onnxFile } from '../../../src/model/graph/onnx-file.ts'
import { add, div, exp, maximum, mul, neg, sub } from '../../../src/model/graph/ops/elementwise.ts'
import { concat, reshape, split } from '../../../src/model/graph/ops/layout.ts'
import { reduceMax, reduceSum, sumTo } from '../../../src/model/graph/ops/reduce.ts'
import { runFile, runGraph, tensor } from '../../support/engine/run-graph.ts'

const total = (graph: Graph, value: Value): Value =>
  reshape(graph, reduceSum(graph, value, [...value.shape.keys()]), [])

/** Gradient of the sum over `build`'s output at `x`. */
async function gradientAt(x: readonly number[], build: (graph: Graph, x: Value) => Value): Promise<number[]> {
  const found = await runGraph(
    (graph) => {
      const value = graph.input('x', [x.length])
      graph.output('d', gradients(graph, total(graph, build(graph, value)), [value])[0]!)
    },
    { x: tensor([x.length], x) },
  )
  return Array.from(found['d']!.data)
}

test('a value used twice adds both gradients up', async () => {
  // x² + 3x
  const cube = (graph: Graph, x: Value): Value => add(graph, mul(graph, x, x), mul(graph, graph.scalar(3), x))
  expect(await gradientAt([2, -1], cube)).toEqual([7, 1])
})

test('a part of a split that nothing uses has gradient 0', async () => {
  const middle = (graph: Graph, x: Value): Value => split(graph, x, 0, [1, 2, 1])[1]!
  expect(await gradientAt([1, 2, 3, 4], middle)).toEqual([0, 1, 1, 0])
})

test('where two are equal, the left one takes the whole gradient', async () => {
  const ofBoth = await runGraph(
    (graph) => {
      const [a, b] = [graph.input('a', [2]), graph.input('b', [2])]
      const found = gradients(graph, total(graph, maximum(graph, a, b)), [a, b])
      for (const [i, name] of ['da', 'db'].entries()) graph.output(name, found[i]!)
    },
    { a: tensor([2], [1, 1]), b: tensor([2], [1, 2]) },
  )
  expect(Array.from(ofBoth['da']!.data)).toEqual([1, 0])
  expect(Array.from(ofBoth['db']!.data)).toEqual([0, 1])
})

test('equal maxima share the gradient', async () => {
  expect(await gradientAt([3, 1, 3, 2], (graph, x) => reduceMax(graph, x, [0]))).toEqual([0.5, 0, 0.5, 0])
})

test('no gradient passes what was built untaped', async () => {
  const stopped = (graph: Graph, x: Value): Value => {
    const held = graph.untaped(() => mul(graph, x, x))
    return mul(graph, held, x)
  }
  expect(await gradientAt([3, -2], stopped)).toEqual([9, 4])
})

describe('a composite', () => {
  /** exp(a) / b with a gradient that shows that it was used: ten times that of a. */
  const marked = (graph: Graph, a: Value, b: Value): readonly Value[] =>
    graph.composite('marked', [a, b], () => {
      const y = div(graph, exp(graph, a), b)
      const unused = neg(graph, b)
      return {
        outputs: [y, unused],
        pullback: ([d]) => [
          () => mul(graph, graph.scalar(10), mul(graph, d!, y)),
          () => neg(graph, div(graph, mul(graph, d!, y), b)),
        ],
      }
    })

  test('is differentiated by its own rule, each input only where wanted', async () => {
    const graph = createGraph('test')
    const [a, b] = [graph.input('a', [1]), graph.input('b', [1])]
    const loss = total(graph, marked(graph, a, mul(graph, b, graph.scalar(2)))[0]!)
    const [da, db] = gradients(graph, loss, [a, b])
    graph.output('da', da!)
    graph.output('db', db!)
    const found = await runFile(onnxFile(graph), { a: tensor([1], [0]), b: tensor([1], [0.5]) })
    expect(found['da']!.data[0]).toBeCloseTo(10, 5)
    expect(found['db']!.data[0]).toBeCloseTo(-2, 5)
  })

  test('with an output that nobody uses', async () => {
    const found = await gradientAt([1], (graph, x) => marked(graph, x, graph.scalar(1))[0]!)
    expect(found[0]).toBeCloseTo(10 * Math.E, 4)
  })

  test('puts its name before those of its nodes', () => {
    const graph = createGraph('test')
    const x = graph.input('x', [1])
    graph.scope('outer', () => marked(graph, x, x))
    expect(graph.nodes.map(({ name }) => name)).toEqual([
      'outer/marked/exp_0',
      'outer/marked/div_1',
      'outer/marked/neg_2',
    ])
    expect(graph.steps).toHaveLength(1)
  })
})

describe('is a bug', () => {
  const built = (build: (graph: Graph, x: Value) => void) => (): void => {
    const graph = createGraph('test')
    build(graph, graph.input('x', [2]))
  }
  test.each([
    ['a loss of two elements', 'scalar loss: [2]', built((graph, x) => gradients(graph, exp(graph, x), [x]))],
    [
      'a loss that does not depend on the value',
      'loss that depends on the value: y',
      built((graph, x) => gradients(graph, total(graph, x), [graph.input('y', [2])])),
    ],
    [
      'an operator without a rule',
      'operator with a gradient: Cos',
      built((graph, x) => {
        const [y] = graph.apply('Cos', [x], [{ shape: [2] }])
        gradients(graph, total(graph, y!), [x])
      }),
    ],
    [
      'a rule that answers another shape',
      'gradient of x, shape [2]: []',
      built((graph, x) => {
        const [y] = graph.composite('wrong', [x], () => ({
          outputs: [exp(graph, x)],
          pullback: () => [() => graph.scalar(1)],
        }))
        gradients(graph, total(graph, y!), [x])
      }),
    ],
    [
      'a rule without an input that needs one',
      'gradient of an input that has one: x',
      built((graph, x) => {
        const [y] = graph.composite('wrong', [x], () => ({ outputs: [exp(graph, x)], pullback: () => [undefined] }))
        gradients(graph, total(graph, y!), [x])
      }),
    ],
    [
      'a composite that takes what is not among its inputs',
      'input of composite open: exp_0',
      built((graph, x) => {
        const outside = exp(graph, x)
        graph.composite('open', [x], () => ({
          outputs: [mul(graph, x, outside)],
          pullback: () => [() => x],
        }))
      }),
    ],
    [
      'a value from inside a composite',
      'value that its composite answers: closed/exp_0',
      built((graph, x) => {
        let inner: Value | undefined
        graph.composite('closed', [x], () => {
          inner = exp(graph, x)
          return { outputs: [neg(graph, inner)], pullback: () => [() => x] }
        })
        neg(graph, inner!)
      }),
    ],
    [
      'a run-time dimension on the way',
      'shape known when the graph is built',
      built((graph) => {
        const x = graph.input('rows', ['batch', 2])
        const loss = reshape(graph, reduceSum(graph, sub(graph, x, graph.scalar(1)), [0, 1]), [])
        gradients(graph, loss, [x])
      }),
    ],
  ])('%s: %s', (_name, message, run) => {
    expect(run).toThrow(InvariantError)
    expect(run).toThrow(message)
  })
})

test('what broadcasting repeats is added up again, whatever the shapes', async () => {
  const dims = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 0, maxLength: 4 })
  const ones = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 })
  const cases = fc.sample(fc.tuple(dims, ones, fc.nat(3)), { numRuns: 40, seed: 7 })
  const graph = createGraph('test')
  const expected: number[] = []
  const sums = cases.map(([whole, isOne, cut], i) => {
    const part = whole.map((dim, axis) => (isOne[axis] ? 1 : dim)).slice(Math.min(cut, whole.length))
    const elements = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1)
    const ofWhole = graph.constant(`whole${i}`, new Float32Array(elements(whole)).fill(1), whole)
    expected.push(...new Array<number>(elements(part)).fill(elements(whole) / elements(part)))
    return reshape(graph, sumTo(graph, ofWhole, part), [elements(part)])
  })
  graph.output('sums', concat(graph, sums, 0))
  expect(Array.from((await runFile(onnxFile(graph), {}))['sums']!.data)).toEqual(expected)
})
