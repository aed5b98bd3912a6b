import type { z } from 'zod'
import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'

/** A way from a window to what the heads read. One file each; `registry.ts` lists them. */
export interface Architecture<Options> {
  /** Key in the configuration, e.g. `lstm`. */
  readonly name: string
  /** One line, for people. */
  readonly summary: string
  /** Sizes and switches: strict, each with a default and a description. */
  readonly options: z.ZodType<Options>
  /** `window` [batch, steps, features], scaled → representation [batch, width]. */
  encode(network: Network, window: Value, options: Options): Value
  /** Architectures that can be trained on long sequences in pieces, their state carried over (truncated BPTT). */
  readonly recurrent?: RecurrentArchitecture<Options>
}

export interface RecurrentArchitecture<Options> {
  /** Widths of the states that are carried, each [batch, width]. */
  stateWidths(options: Options): readonly number[]
  /** `window` [batch, steps, features] and the states before it → representation of every step [batch, steps, width], and the states after each of its steps, each [batch, steps, width of the state]. */
  encodeSteps(
    network: Network,
    window: Value,
    states: readonly Value[],
    options: Options,
  ): { readonly representations: Value; readonly statesAfter: readonly Value[] }
}
