import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'

/** All steps of a recurrent layer. */
export interface RecurrentRun {
  /** Hidden state after each step, [batch, steps, hidden]. */
  readonly outputs: Value
  /** States after the last step, [batch, hidden] each, the hidden state first. */
  readonly last: readonly Value[]
}

/** A kind of recurrent layer. Its two ways to run declare the same parameters. */
export interface RecurrentLayer {
  /** States it carries from step to step; the hidden state is the first. */
  readonly stateCount: number
  /** x [batch, steps, features]. `initial`: states before the first step, [batch, hidden] each; zeros when absent. */
  run(network: Network, x: Value, hidden: number, initial?: readonly Value[]): RecurrentRun
  /** As `run`, answering each state after every step, [batch, steps, hidden]. */
  everyStep(network: Network, x: Value, hidden: number, initial: readonly Value[]): readonly Value[]
}
