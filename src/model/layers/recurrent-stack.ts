import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import type { RecurrentLayer, RecurrentRun } from './recurrent-layer.ts'

export interface StackOptions {
  /** Width of each layer. */
  readonly hidden: number
  /** Layers, one on top of the other. */
  readonly layers: number
  /** Share of a layer's outputs that is dropped on the way to the next, while training. */
  readonly dropout: number
}

/**
 * Recurrent layers on top of each other, in scopes `layer0` …, as PyTorch's `num_layers`. States of all layers in one list: those of
 * the lowest first. x [batch, steps, features].
 */
export function recurrentStack(
  network: Network,
  layer: RecurrentLayer,
  x: Value,
  options: StackOptions,
  initial?: readonly Value[],
): RecurrentRun {
  const last: Value[] = []
  const outputs = eachLayer(network, x, options, (input, at) => {
    const states = initial?.slice(at * layer.stateCount, (at + 1) * layer.stateCount)
    const run = layer.run(network, input, options.hidden, states)
    last.push(...run.last)
    return run.outputs
  })
  return { outputs, last }
}

/** As `recurrentStack`, answering each state after every step, [batch, steps, hidden]; the top layer's hidden state is `outputs`. */
export function recurrentStackSteps(
  network: Network,
  layer: RecurrentLayer,
  x: Value,
  options: StackOptions,
  initial: readonly Value[],
): { readonly outputs: Value; readonly states: readonly Value[] } {
  const states: Value[] = []
  const outputs = eachLayer(network, x, options, (input, at) => {
    const before = initial.slice(at * layer.stateCount, (at + 1) * layer.stateCount)
    const after = layer.everyStep(network, input, options.hidden, before)
    states.push(...after)
    return after[0]!
  })
  return { outputs, states }
}

function eachLayer(
  network: Network,
  x: Value,
  { layers, dropout }: StackOptions,
  build: (input: Value, at: number) => Value,
): Value {
  let value = x
  for (let at = 0; at < layers; at += 1) {
    const input = at === 0 ? value : network.dropout(value, dropout)
    value = network.scope(`layer${at}`, () => build(input, at))
  }
  return value
}
