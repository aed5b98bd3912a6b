import { InputError } from '../../core/errors.ts'
import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { poolSteps } from '../layers/pooling.ts'
import type { RecurrentLayer } from '../layers/recurrent-layer.ts'
import { recurrentStack, recurrentStackSteps } from '../layers/recurrent-stack.ts'
import type { RecurrentArchitecture } from './architecture.ts'
import type { RecurrentOptions } from './recurrent-options.ts'

/** Stack of recurrent layers → the last step or the mean of all → dropout. `window` [batch, steps, features] → [batch, hidden]. */
export function encodeRecurrent(
  network: Network,
  layer: RecurrentLayer,
  window: Value,
  options: RecurrentOptions,
): Value {
  const { outputs, last } = recurrentStack(network, layer, window, options)
  // The top layer's hidden state is its last output, without a cut through all of them.
  const pooled = options.pooling === 'last' ? last.at(-layer.stateCount)! : poolSteps(network, outputs, 'mean')
  return network.dropout(pooled, options.dropout)
}

/** Truncated BPTT of a stack: each step's representation is the top layer's output. `name` is that of the architecture. */
export const recurrentPart = <Options extends RecurrentOptions>(
  name: string,
  layer: RecurrentLayer,
): RecurrentArchitecture<Options> => ({
  stateWidths: ({ hidden, layers }) => Array.from({ length: layers * layer.stateCount }, () => hidden),
  encodeSteps(network, window, states, options) {
    if (options.pooling !== 'last') {
      throw new InputError(`${name}.pooling was ${options.pooling}; truncated BPTT needs last`, { name })
    }
    const { outputs, states: statesAfter } = recurrentStackSteps(network, layer, window, options, states)
    return { representations: network.dropout(outputs, options.dropout), statesAfter }
  },
})
