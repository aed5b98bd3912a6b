import { describe, expect, test } from 'vitest'
import { onnxEngine } from '../../../src/adapters/onnx/onnx-engine.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { drawWeights } from '../../../src/model/graph/draw-weights.ts'
import { tanh } from '../../../src/model/graph/ops/elementwise.ts'
import { squaredLoss, weightedSum } from '../../../src/model/heads/losses.ts'
import { dense } from '../../../src/model/layers/dense.ts'
import { stepScalars } from '../../../src/model/optimise/optimiser.ts'
import type { Objective } from '../../../src/model/optimise/training-graphs.ts'
import { trainingGraphs } from '../../../src/model/optimise/training-graphs.ts'
import type { UpdateOptions } from '../../../src/model/optimise/update-weights.ts'
import { expectNear } from '../../support/engine/expect-tensors.ts'
import type { Tensors } from '../../support/engine/run-graph.ts'
import { filledTensor, randomTensor, tensor } from '../../support/engine/run-graph.ts'

const engine = onnxEngine({ provider: 'cpu', threads: 1 })
const ADAM: UpdateOptions = {
  optimiser: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  weightDecay: 0.01,
  l1: 0.001,
  gradientNormMax: 0.5,
}

/** x [rows, 3] → tanh, dropped with `rate` → 1, squared error. */
const objective = (rows: number, rate = 0): Objective => ({
  name: 'small',
  carried: ['hidden'],
  build(network) {
    const { graph } = network
    const x = graph.input('x', [rows, 3])
    const target = graph.input('target', [rows, 1])
    const weight = graph.input('sampleWeight', [rows])
    const hidden = tanh(
      graph,
      network.scope('in', () => dense(network, x, 4)),
    )
    const forecast = network.scope('out', () => dense(network, network.dropout(hidden, rate), 1))
    const loss = weightedSum(graph, squaredLoss(graph, forecast, target), weight)
    return { loss, outputs: { hidden, forecast } }
  },
})

const random = seededRandom(3)
const DATA = { x: randomTensor(random, [8, 3]), target: randomTensor(random, [8, 1]) }
const rowsOf = (from: number, to: number): Tensors => ({
  x: tensor([to - from, 3], DATA.x.data.subarray(3 * from, 3 * to)),
  target: tensor([to - from, 1], DATA.target.data.subarray(from, to)),
  sampleWeight: filledTensor([to - from], 1 / 8),
})

const { layout } = trainingGraphs(objective(8), ADAM)
const weights = tensor([layout.count], drawWeights(layout, seededRandom(4)))
const zeros = filledTensor([layout.count], 0)
const update = {
  moment0: zeros,
  moment1: zeros,
  ...Object.fromEntries(
    Object.entries({ learningRate: 0.01, ...stepScalars(ADAM.optimiser, 1) }).map(([key, value]) => [
      key,
      tensor([], [value]),
    ]),
  ),
}

async function once(file: Uint8Array, feeds: Tensors): Promise<Tensors> {
  const session = await engine.load(file)
  const found = await session.run(feeds)
  await session.release()
  return found
}

const UPDATED = ['weightsNext', 'momentNext0', 'momentNext1', 'gradientNorm']
const updated = (found: Tensors): Tensors => Object.fromEntries(UPDATED.map((name) => [name, found[name]!]))

test('gradients of two halves, added up and applied, make the step of the whole', async () => {
  const whole = await once(trainingGraphs(objective(8), ADAM).step, { ...rowsOf(0, 8), weights, ...update })
  const half = trainingGraphs(objective(4), ADAM)
  const first = await once(half.accumulate, { ...rowsOf(0, 4), weights, gradientSum: zeros })
  const second = await once(half.accumulate, {
    ...rowsOf(4, 8),
    weights,
    gradientSum: first['gradientSumNext']!,
  })
  const applied = await once(half.apply, { weights, gradientSum: second['gradientSumNext']!, ...update })
  expectNear(applied, updated(whole), 1e-6)
  expect(first['loss']!.data[0]! + second['loss']!.data[0]!).toBeCloseTo(whole['loss']!.data[0]!, 6)
})

test('rows of weight 0 change nothing', async () => {
  const { step } = trainingGraphs(objective(8), ADAM)
  const weighted = tensor([8], [0.25, 0.25, 0.25, 0.25, 0, 0, 0, 0])
  const garbage = tensor([8, 3], [...DATA.x.data.subarray(0, 12), ...new Array<number>(12).fill(9)])
  const found = await once(step, { ...rowsOf(0, 8), x: garbage, sampleWeight: weighted, weights, ...update })
  const short = trainingGraphs(objective(4), ADAM)
  const alone = { ...rowsOf(0, 4), sampleWeight: filledTensor([4], 0.25) }
  expectNear(updated(found), updated(await once(short.step, { ...alone, weights, ...update })), 1e-6)
})

test('training repeats bit for bit', async () => {
  const train = async (): Promise<Float32Array> => {
    const session = await engine.load(trainingGraphs(objective(8), ADAM).step)
    let state: Tensors = { weights, moment0: zeros, moment1: zeros }
    for (let step = 1; step <= 20; step += 1) {
      const scalars = { learningRate: 0.01, ...stepScalars(ADAM.optimiser, step) }
      const found = await session.run({
        ...rowsOf(0, 8),
        ...state,
        ...Object.fromEntries(Object.entries(scalars).map(([key, value]) => [key, tensor([], [value])])),
      })
      const { weightsNext, momentNext0, momentNext1 } = found
      state = { weights: weightsNext!, moment0: momentNext0!, moment1: momentNext1! }
    }
    await session.release()
    return state['weights']!.data
  }
  const [first, second] = [await train(), await train()]
  expect(first).toEqual(second)
  expect(first).not.toEqual(weights.data)
})

describe('evaluation', () => {
  test('answers loss and outputs, and drops nothing', async () => {
    const graphs = trainingGraphs(objective(8, 0.5), ADAM)
    const found = await once(graphs.evaluate, { ...rowsOf(0, 8), weights })
    const plain = await once(trainingGraphs(objective(8), ADAM).evaluate, { ...rowsOf(0, 8), weights })
    expectNear(found, plain, 1e-7)
    expect(Object.keys(found).sort()).toEqual(['forecast', 'hidden', 'loss'])
  })

  test('the loss of a step is that before it', async () => {
    const graphs = trainingGraphs(objective(8), ADAM)
    const { loss } = await once(graphs.evaluate, { ...rowsOf(0, 8), weights })
    const step = await once(graphs.step, { ...rowsOf(0, 8), weights, ...update })
    expect(step['loss']!.data[0]).toBeCloseTo(loss!.data[0]!, 6)
  })
})

describe('dropout', () => {
  const graphs = trainingGraphs(objective(8, 0.5), ADAM)

  test('takes a mask for each site', () => {
    expect(graphs.dropoutSites).toEqual([{ name: 'dropout_0', shape: [8, 4], rate: 0.5 }])
  })

  test('with a mask of ones is no dropout; with one of zeros only the bias is left', async () => {
    const run = (mask: number) =>
      once(graphs.step, { ...rowsOf(0, 8), weights, ...update, ['dropout_0']: filledTensor([8, 4], mask) })
    const plain = await once(trainingGraphs(objective(8), ADAM).step, { ...rowsOf(0, 8), weights, ...update })
    expectNear(await run(1), plain, 1e-6)
    const bias = weights.data.at(-1)!
    const expected = DATA.target.data.reduce((sum, target) => sum + (target - bias) ** 2 / 8, 0)
    expect((await run(0))['loss']!.data[0]).toBeCloseTo(expected, 5)
  })
})

test('what is carried comes out of steps too', async () => {
  const { step, accumulate } = trainingGraphs(objective(8), ADAM)
  const found = await once(step, { ...rowsOf(0, 8), weights, ...update })
  expect(found['hidden']!.dims).toEqual([8, 4])
  const summed = await once(accumulate, { ...rowsOf(0, 8), weights, gradientSum: zeros })
  expectNear({ hidden: summed['hidden']! }, { hidden: found['hidden']! }, 1e-6)
})
