import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { architectureOf } from '../../../src/model/architectures/registry.ts'
import type { EngineTensor } from '../../../src/training/graph-engine.port.ts'
import { expectNear } from '../../support/engine/expect-tensors.ts'
import type { Tensors } from '../../support/engine/run-graph.ts'
import { filledTensor, randomTensor } from '../../support/engine/run-graph.ts'
import type { Subject } from '../../support/engine/subject.ts'
import { forward, layoutOfSubject, testWeights } from '../../support/engine/subject.ts'

const BATCH = 2
const FEATURES = 3
const SMALL: Readonly<Record<string, object>> = {
  lstm: { hidden: 4, layers: 2 },
  gru: { hidden: 4, layers: 2 },
  rnn: { hidden: 4, layers: 2 },
  reservoir: { units: 6, connections: 2 },
}

/** [batch, steps, n] → steps `from` to before `to`. */
function cut({ dims, data }: EngineTensor, from: number, to: number): EngineTensor {
  const [batch, steps, width] = dims as [number, number, number]
  const rows = Array.from({ length: batch }, (_, row) => [
    ...data.subarray((row * steps + from) * width, (row * steps + to) * width),
  ])
  return { dims: [batch, to - from, width], data: Float32Array.from(rows.flat()) }
}

/** The one step of [batch, 1, n] as [batch, n]. */
const single = ({ dims, data }: EngineTensor): EngineTensor => ({ dims: [dims[0]!, dims[2]!], data })

describe.each(Object.entries(SMALL))('%s on a long sequence in pieces', (name, given) => {
  const architecture = architectureOf(name)
  const options = architecture.options.parse(given)
  const { stateWidths, encodeSteps } = architecture.recurrent!
  const widths = stateWidths(options)

  const piece = (steps: number): Subject => ({
    inputs: {
      window: [BATCH, steps, FEATURES],
      ...Object.fromEntries(widths.map((width, i) => [`state${i}`, [BATCH, width]])),
    },
    build: (network, { window, ...states }) => {
      const { representations, statesAfter } = encodeSteps(network, window!, Object.values(states), options)
      return { representations, ...Object.fromEntries(statesAfter.map((state, i) => [`state${i}`, state])) }
    },
  })
  const whole: Subject = {
    inputs: { window: [BATCH, 6, FEATURES] },
    build: (network, { window }) => ({ representation: architecture.encode(network, window!, options) }),
  }
  const weights = testWeights(layoutOfSubject(whole), 21)
  const window = randomTensor(seededRandom(22), [BATCH, 6, FEATURES])
  const start: Tensors = Object.fromEntries(widths.map((width, i) => [`state${i}`, filledTensor([BATCH, width], 0)]))

  test('has the parameters of the whole window', () => {
    expect(layoutOfSubject(piece(4))).toEqual(layoutOfSubject(whole))
  })

  test.each(['evaluation', 'training'] as const)(
    '%s: states carried over, the last representation is that of the whole window',
    async (form) => {
      const first = await forward(piece(4), form, weights, { ...start, window: cut(window, 0, 4) })
      const carried = Object.fromEntries(Object.keys(start).map((state) => [state, single(cut(first[state]!, 3, 4))]))
      const second = await forward(piece(2), form, weights, { ...carried, window: cut(window, 4, 6) })
      const representation = single(cut(second['representations']!, 1, 2))
      expectNear({ representation }, await forward(whole, 'serving', weights, { window }))
    },
  )
})

test.each([
  ['lstm', { attentionHeads: 4 }, 'lstm.attentionHeads was 4; truncated BPTT needs 0'],
  ['lstm', { pooling: 'mean' }, 'lstm.pooling was mean; truncated BPTT needs last'],
  ['gru', { pooling: 'mean' }, 'gru.pooling was mean; truncated BPTT needs last'],
] as const)('%s with %o is not trained in pieces', (name, given, message) => {
  const architecture = architectureOf(name)
  const options = architecture.options.parse(given)
  const build = (): unknown =>
    layoutOfSubject({
      inputs: { window: [1, 2, 3], h: [1, 64], c: [1, 64] },
      build: (network, { window, h, c }) => {
        architecture.recurrent!.encodeSteps(network, window!, [h!, c!], options)
        return {}
      },
    })
  expect(build).toThrow(InputError)
  expect(build).toThrow(message)
})
