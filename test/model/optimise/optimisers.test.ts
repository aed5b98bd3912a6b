import { describe, expect, test } from 'vitest'
import { onnxEngine } from '../../../src/adapters/onnx/onnx-engine.ts'
import { createGraph } from '../../../src/model/graph/graph.ts'
import { constantWeights } from '../../../src/model/graph/initial-weights.ts'
import type { Layout } from '../../../src/model/graph/network.ts'
import { layoutOf } from '../../../src/model/graph/network.ts'
import { onnxFile } from '../../../src/model/graph/onnx-file.ts'
import type { OptimiserOptions } from '../../../src/model/optimise/optimiser.ts'
import { momentCount, stepScalars } from '../../../src/model/optimise/optimiser.ts'
import type { UpdateOptions } from '../../../src/model/optimise/update-weights.ts'
import { updateWeights } from '../../../src/model/optimise/update-weights.ts'
import type { GraphSession } from '../../../src/training/graph-engine.port.ts'
import type { OptimiserCase, VectorTensors } from '../../fixtures/torch/load-vectors.ts'
import { clippingCases, optimiserCases } from '../../fixtures/torch/load-vectors.ts'
import { expectNear } from '../../support/engine/expect-tensors.ts'
import { tensor } from '../../support/engine/run-graph.ts'

const engine = onnxEngine({ provider: 'cpu', threads: 1 })

/** Parameters as torch has them; `still` ones do not decay. */
function layoutOfTensors(tensors: VectorTensors, still: readonly string[] = []): Layout {
  return layoutOf(
    Object.entries(tensors).map(([name, { dims }]) => ({
      name,
      shape: dims,
      initial: constantWeights(0),
      decays: !still.includes(name),
    })),
  )
}

const flat = (tensors: VectorTensors): Float32Array =>
  Float32Array.from(Object.values(tensors).flatMap(({ data }) => Array.from(data)))

/** Session of one update: `gradient`, `weights`, moments and scalars in, the next ones out. */
function updateSession(layout: Layout, options: UpdateOptions): Promise<GraphSession> {
  const graph = createGraph('update')
  const inputs = [graph.input('weights', [layout.count]), graph.input('gradient', [layout.count])] as const
  updateWeights(graph, layout, options, ...inputs)
  return engine.load(onnxFile(graph))
}

interface Moving {
  readonly weights: Float32Array
  readonly moments: readonly Float32Array[]
}

async function update(
  session: GraphSession,
  { optimiser }: UpdateOptions,
  before: Moving,
  gradient: Float32Array,
  learningRate: number,
  step: number,
): Promise<Moving & { readonly gradientNorm: number }> {
  const vector = (data: Float32Array) => tensor([data.length], data)
  const scalars = Object.entries({ learningRate, ...stepScalars(optimiser, step) })
  const found = await session.run({
    weights: vector(before.weights),
    gradient: vector(gradient),
    ...Object.fromEntries(before.moments.map((moment, i) => [`moment${i}`, vector(moment)])),
    ...Object.fromEntries(scalars.map(([name, value]) => [name, tensor([], [value])])),
  })
  return {
    weights: found['weightsNext']!.data,
    moments: before.moments.map((_, i) => found[`momentNext${i}`]!.data),
    gradientNorm: found['gradientNorm']!.data[0]!,
  }
}

function optimiserOf({ optimiser, config }: OptimiserCase): OptimiserOptions {
  const number = (key: string, otherwise: number): number => Number(config[key] ?? otherwise)
  if (optimiser === 'SGD') return { kind: 'sgd', momentum: number('momentum', 0) }
  const epsilon = number('eps', 1e-8)
  if (optimiser === 'RMSprop') {
    return { kind: 'rmsprop', decay: number('alpha', 0.99), epsilon, momentum: number('momentum', 0) }
  }
  const [beta1, beta2] = config['betas'] as readonly [number, number]
  return { kind: optimiser === 'Adam' ? 'adam' : 'adamw', beta1, beta2, epsilon }
}

/** Ours, in their order, by torch's names. */
const MOMENTS: Readonly<Record<OptimiserCase['optimiser'], readonly string[]>> = {
  SGD: ['momentum_buffer'],
  RMSprop: ['square_avg', 'momentum_buffer'],
  Adam: ['exp_avg', 'exp_avg_sq'],
  AdamW: ['exp_avg', 'exp_avg_sq'],
}

const freshMoments = (optimiser: OptimiserOptions, count: number): Float32Array[] =>
  Array.from({ length: momentCount(optimiser) }, () => new Float32Array(count))

describe.each(optimiserCases())('$name, as PyTorch', (vectors) => {
  test('weights after each step, moments after the last', async () => {
    const optimiser = optimiserOf(vectors)
    const options: UpdateOptions = { optimiser, weightDecay: Number(vectors.config['weight_decay'] ?? 0), l1: 0 }
    const layout = layoutOfTensors(vectors.start)
    const session = await updateSession(layout, options)
    let state: Moving = { weights: flat(vectors.start), moments: freshMoments(optimiser, layout.count) }
    for (const [i, { gradients, parameters }] of vectors.steps.entries()) {
      state = await update(session, options, state, flat(gradients), Number(vectors.config['lr']), i + 1)
      const expected = flat(parameters)
      expectNear({ weights: tensor([layout.count], state.weights) }, { weights: tensor([layout.count], expected) })
    }
    for (const [i, name] of MOMENTS[vectors.optimiser].entries()) {
      const known = Object.values(vectors.momentsAfter).map((moments) => moments[name])
      if (known.some((moment) => moment === undefined)) continue // Torch keeps no velocity where momentum is 0.
      const expected = Float32Array.from(known.flatMap((moment) => Array.from(moment!.data)))
      expectNear({ [name]: tensor([layout.count], state.moments[i]!) }, { [name]: tensor([layout.count], expected) })
    }
    await session.release()
  })
})

describe.each(clippingCases())('gradient norm $name, as PyTorch', ({ maxNorm, norm, gradients, clipped }) => {
  test('the step taken, and the norm before it was cut', async () => {
    const options: UpdateOptions = {
      optimiser: { kind: 'sgd', momentum: 0 },
      weightDecay: 0,
      l1: 0,
      gradientNormMax: maxNorm,
    }
    const layout = layoutOfTensors(gradients)
    const session = await updateSession(layout, options)
    const before: Moving = { weights: new Float32Array(layout.count), moments: [new Float32Array(layout.count)] }
    const after = await update(session, options, before, flat(gradients), 1, 1)
    const taken = after.weights.map((weight) => -weight)
    expectNear({ step: tensor([layout.count], taken) }, { step: tensor([layout.count], flat(clipped)) })
    expect(after.gradientNorm).toBeCloseTo(norm, 5)
    await session.release()
  })
})

describe('weights that do not decay', () => {
  const tensors = { weight: tensor([2], [2, -4]), bias: tensor([2], [3, -5]) }
  const layout = layoutOfTensors(tensors, ['bias'])
  const start: Moving = { weights: flat(tensors), moments: [new Float32Array(4)] }
  const adamw = { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const
  const sgd = { kind: 'sgd', momentum: 0 } as const

  test.each<{ name: string; options: UpdateOptions; expected: readonly number[] }>([
    { name: 'L2', options: { optimiser: sgd, weightDecay: 0.5, l1: 0 }, expected: [1.9, -3.8, 3, -5] },
    { name: 'L1', options: { optimiser: sgd, weightDecay: 0, l1: 0.5 }, expected: [1.95, -3.95, 3, -5] },
    { name: 'L1 and L2', options: { optimiser: sgd, weightDecay: 0.5, l1: 0.5 }, expected: [1.85, -3.75, 3, -5] },
    { name: 'decoupled', options: { optimiser: adamw, weightDecay: 0.5, l1: 0 }, expected: [1.9, -3.8, 3, -5] },
    {
      // The penalty is no part of the gradient that is cut.
      name: 'L2 beside a cut gradient',
      options: { optimiser: sgd, weightDecay: 0.5, l1: 0, gradientNormMax: 1e-9 },
      expected: [1.9, -3.8, 3, -5],
    },
  ])('$name', async ({ options, expected }) => {
    const session = await updateSession(layout, options)
    const moments = freshMoments(options.optimiser, layout.count)
    const { weights } = await update(session, options, { ...start, moments }, new Float32Array(4), 0.1, 1)
    for (const [i, value] of expected.entries()) expect(weights[i]).toBeCloseTo(value, 5)
    await session.release()
  })
})
