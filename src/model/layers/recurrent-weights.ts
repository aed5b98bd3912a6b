import type { Value } from '../graph/graph.ts'
import { uniformByFanIn } from '../graph/initial-weights.ts'
import type { Network } from '../graph/network.ts'
import { sizeOf } from '../graph/shape.ts'

/** Weights of a recurrent layer; the gates lie side by side in ONNX's order. */
export interface RecurrentWeights {
  /** [features, gates × hidden] */
  readonly inputWeights: Value
  /** [hidden, gates × hidden] */
  readonly recurrentWeights: Value
  /** [gates × hidden] */
  readonly bias: Value
}

/** Parameters under the names of `RecurrentWeights`, all uniform in ±1/√hidden at the start as PyTorch's. x [batch, steps, features]. */
export function recurrentWeights(network: Network, x: Value, hidden: number, gates: number): RecurrentWeights {
  const initial = uniformByFanIn(hidden)
  const width = gates * hidden
  return {
    inputWeights: network.parameter('inputWeights', [sizeOf(x.shape, 2), width], initial),
    recurrentWeights: network.parameter('recurrentWeights', [hidden, width], initial),
    bias: network.parameter('bias', [width], initial, false),
  }
}
