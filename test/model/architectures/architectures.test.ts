import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { seededRandom } from '../../../src/core/random.ts'
import { drawWeights } from '../../../src/model/graph/draw-weights.ts'
import { expectGradient, expectNear, rowOf } from '../../support/engine/expect-tensors.ts'
import { ourGradients, randomPoint, slopeRatio, tfjsGradients } from '../../support/engine/gradient-oracle.ts'
import { randomTensor } from '../../support/engine/run-graph.ts'
import type { Subject } from '../../support/engine/subject.ts'
import { forward, forwardFile, layoutOfSubject, testWeights } from '../../support/engine/subject.ts'
import type { ArchitectureCase } from './architecture-cases.ts'
import { CASES } from './architecture-cases.ts'

/** Along the gradient. Short enough that few units of a ReLU change sides, long enough for float32. */
const STEP = 2e-3

/** `change` on top of the case's options. */
function subjectOf({ architecture, options, window }: ArchitectureCase, change: object = {}): Subject {
  const parsed = architecture.options.parse({ ...options, ...change })
  return {
    inputs: { window },
    build: (network, inputs) => ({ representation: architecture.encode(network, inputs['window']!, parsed) }),
  }
}

describe.each(Object.entries(CASES))('%s', (_name, known) => {
  const { architecture, options, others, window, width, refused } = known
  const subject = subjectOf(known)
  const layout = layoutOfSubject(subject)
  const weights = testWeights(layout, 11)
  const feedsOf = (rows: number) => ({ window: randomTensor(seededRandom(12), [rows, ...window.slice(1)]) })

  test('serving, evaluation and training compute the same', async () => {
    const feeds = feedsOf(window[0])
    const served = await forward(subject, 'serving', weights, feeds)
    expect(served['representation']!.dims).toEqual([window[0], width])
    expectNear(await forward(subject, 'evaluation', weights, feeds), served)
    expectNear(await forward(subject, 'training', weights, feeds), served)
  })

  test.each([1, 7])('serves %i rows, each as it would alone', async (rows) => {
    const feeds = feedsOf(rows)
    const together = await forward(subject, 'serving', weights, feeds)
    expectNear(rowOf(together, rows - 1), await forward(subject, 'serving', weights, rowOf(feeds, rows - 1)))
  })

  test('gradients of weights and window: TensorFlow.js, central differences', async () => {
    const point = await randomPoint(subject, weights, 13)
    const [ours, theirs] = [await ourGradients(point), await tfjsGradients(point)]
    expectNear(ours.inputs, theirs.inputs, 1e-4)
    if (layout.count === 0) return // A reservoir has nothing to train.
    expectGradient(subject, ours.weights, theirs.weights)
    expect(Math.abs((await slopeRatio(point, ours.weights.data, STEP)) - 1)).toBeLessThan(1e-3)
  })

  test('fresh weights are finite and repeat with the seed', () => {
    const fresh = drawWeights(layout, seededRandom(1))
    expect(fresh.every(Number.isFinite)).toBe(true)
    expect(drawWeights(layout, seededRandom(1))).toEqual(fresh)
  })

  test.each(Object.entries(others))('option %s makes another graph as %o', (key, value) => {
    const changed = subjectOf(known, { [key]: value })
    const file = (from: Subject): Uint8Array =>
      forwardFile(from, 'training', new Float32Array(layoutOfSubject(from).count))
    expect(Buffer.compare(file(changed), file(subject))).not.toBe(0)
  })

  test.each(refused)('refuses %o: %s', (change, message) => {
    const result = architecture.options.safeParse({ ...options, ...change })
    expect(result.success ? 'accepted' : z.prettifyError(result.error)).toContain(message)
  })

  test('every option has a default and a description', () => {
    const defaults = architecture.options.parse({})
    expect(architecture.options.parse(defaults)).toEqual(defaults)
    const { properties = {} } = z.toJSONSchema(architecture.options, { io: 'input', unrepresentable: 'any' })
    expect(Object.keys(properties)).toEqual(Object.keys(defaults as object))
    for (const property of Object.values(properties))
      expect(property).toMatchObject({ description: expect.any(String) })
  })
})

test.each([
  'lstm',
  'gru',
  'rnn',
  'cnn',
  'deeplob',
  'ensemble',
  'reservoir',
  'transformer',
  'patch-transformer',
  'nlinear',
  'dlinear',
])('%s: the cases change every option', (name) => {
  const { architecture, others } = CASES[name]!
  expect(Object.keys(others).sort()).toEqual(Object.keys(architecture.options.parse({}) as object).sort())
})
