import { z } from 'zod'
import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { add, scale, tanh } from '../graph/ops/elementwise.ts'
import { zeros } from '../graph/ops/layout.ts'
import { matMul } from '../graph/ops/matrix.ts'
import { sizeOf } from '../graph/shape.ts'
import { unroll } from '../layers/unroll.ts'
import type { Architecture } from './architecture.ts'
import { createReservoir } from './reservoir-matrices.ts'

const options = z
  .strictObject({
    units: z.int().min(1).max(2_000).default(200).describe('units of the reservoir'),
    spectralRadius: z
      .number()
      .positive()
      .max(2)
      .default(0.9)
      .describe('of the recurrent weights; below 1 memories fade'),
    inputScale: z.number().positive().max(100).default(0.5).describe('input weights are uniform in ± this'),
    biasScale: z.number().min(0).max(100).default(0.1).describe('biases are uniform in ± this'),
    leak: z.number().positive().max(1).default(0.5).describe('share of a state that is renewed at each step'),
    connections: z.int().min(1).max(2_000).default(10).describe('recurrent weights into each unit; the others are 0'),
    seed: z.int().min(0).max(4_294_967_295).default(1).describe('of the generator that draws all weights'),
  })
  .refine(({ connections, units }) => connections <= units, { path: ['connections'], error: 'at most units' })

type ReservoirOptions = z.infer<typeof options>

/** Echo-state network (Jaeger 2001): fixed random weights, of which nothing is trained; the heads read the last state. */
export const reservoir: Architecture<ReservoirOptions> = {
  name: 'reservoir',
  summary: 'echo-state network: a fixed random reservoir, read by trained heads',
  options,
  encode: (network, window, settings) => run(network, window, undefined, settings).last,
  recurrent: {
    stateWidths: ({ units }) => [units],
    encodeSteps(network, window, [before], settings) {
      const { every } = run(network, window, before, settings)
      return { representations: every, statesAfter: [every] }
    },
  },
}

/** States [batch, units] after the last step and [batch, steps, units] after every step; `before`: zeros when absent. */
function run(
  { graph }: Network,
  window: Value,
  before: Value | undefined,
  settings: ReservoirOptions,
): { readonly last: Value; readonly every: Value } {
  const { units, leak } = settings
  const features = sizeOf(window.shape, 2)
  const { inputWeights, recurrent } = createReservoir({ ...settings, features })
  const weights = {
    bias: graph.constant('bias', inputWeights.subarray(0, units), [units]),
    inputWeights: graph.constant('inputWeights', inputWeights.subarray(units), [features, units]),
  }
  const memory = graph.constant('recurrent', recurrent, [units, units])
  // One row of zeros does for any batch: it is broadcast in the first step.
  const start = before ?? zeros(graph, [1, units])
  const { last, every } = unroll(graph, window, weights, [start], (projected, [state]) => {
    const fresh = tanh(graph, add(graph, projected, matMul(graph, state!, memory)))
    return [leak === 1 ? fresh : add(graph, scale(graph, state!, 1 - leak), scale(graph, fresh, leak))]
  })
  return { last: last[0]!, every: every[0]! }
}
