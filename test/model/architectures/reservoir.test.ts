import { expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { reservoir } from '../../../src/model/architectures/reservoir.ts'
import { createReservoir } from '../../../src/model/architectures/reservoir-matrices.ts'
import { finalStates } from '../../../src/training/reservoir/run-reservoir.ts'
import { expectNear } from '../../support/engine/expect-tensors.ts'
import { randomTensor } from '../../support/engine/run-graph.ts'
import { forward } from '../../support/engine/subject.ts'

test.each([0.3, 1])('with leak %d the graph leaves the state that the trainer computes', async (leak) => {
  const window = randomTensor(seededRandom(31), [3, 9, 4])
  const settings = { units: 12, spectralRadius: 0.95, inputScale: 0.7, biasScale: 0.2, leak, connections: 4, seed: 8 }
  const options = reservoir.options.parse(settings)
  const subject = {
    inputs: { window: window.dims },
    build: (network, inputs) => ({ state: reservoir.encode(network, inputs['window']!, options) }),
  } satisfies Parameters<typeof forward>[0]
  const states = finalStates(createReservoir({ ...settings, features: 4 }), window.data, 9)
  expectNear(await forward(subject, 'serving', new Float32Array(0), { window }), {
    state: { dims: [3, 12], data: states },
  })
  expect(reservoir.recurrent!.stateWidths(options)).toEqual([12])
})
