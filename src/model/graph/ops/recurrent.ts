import { check } from '../../../core/check.ts'
import type { Attributes, Graph, OutputSpec, Value } from '../graph.ts'
import { expectShape } from '../graph.ts'
import type { Dim } from '../shape.ts'
import { sizeOf } from '../shape.ts'

/** ONNX's fused recurrent operators, one direction: for serving. They have no gradient rule. */

/** What all three take. G: number of gates. */
export interface FusedInputs {
  /** [steps, batch, features] */
  readonly x: Value
  /** [1, G × hidden, features] */
  readonly inputWeights: Value
  /** [1, G × hidden, hidden] */
  readonly recurrentWeights: Value
  /** [1, 2 × G × hidden]: that of the input product, then that of the recurrent product. */
  readonly bias: Value
  /** [1, batch, hidden]; zeros when absent. */
  readonly hidden?: Value | undefined
}

interface FusedOutputs {
  /** [steps, 1, batch, hidden] */
  readonly outputs: Value
  /** After the last step, [1, batch, hidden]. */
  readonly hidden: Value
}

/** Long short-term memory; gates i, o, f, c. `cell` [1, batch, hidden]. */
export function lstmOperator(
  graph: Graph,
  inputs: FusedInputs,
  cell: Value | undefined,
): FusedOutputs & { readonly cell: Value } {
  const [outputs, hidden, lastCell] = fused(graph, 'LSTM', 4, inputs, [cell])
  return { outputs: outputs!, hidden: hidden!, cell: lastCell! }
}

/** Gated recurrent unit; gates z, r, h; the reset gate acts on the finished recurrent product, as in PyTorch. */
export function gruOperator(graph: Graph, inputs: FusedInputs): FusedOutputs {
  const [outputs, hidden] = fused(graph, 'GRU', 3, inputs, [], { linear_before_reset: 1 })
  return { outputs: outputs!, hidden: hidden! }
}

/** Plain recurrent layer with tanh. */
export function rnnOperator(graph: Graph, inputs: FusedInputs): FusedOutputs {
  const [outputs, hidden] = fused(graph, 'RNN', 1, inputs, [])
  return { outputs: outputs!, hidden: hidden! }
}

/** `states`: initial ones beside the hidden state. */
function fused(
  graph: Graph,
  op: string,
  gates: number,
  { x, inputWeights, recurrentWeights, bias, hidden }: FusedInputs,
  states: readonly (Value | undefined)[],
  attributes: Attributes = {},
): readonly Value[] {
  check(x.shape.length === 3, `${op}: rank of x`, x.shape.length)
  const [steps, batch, features] = x.shape as readonly [Dim, Dim, Dim]
  const size = sizeOf(recurrentWeights.shape, -1)
  expectShape(op, inputWeights, [1, gates * size, features])
  expectShape(op, recurrentWeights, [1, gates * size, size])
  expectShape(op, bias, [1, 2 * gates * size])
  const state: OutputSpec = { shape: [1, batch, size] }
  for (const value of [hidden, ...states]) if (value) expectShape(op, value, state.shape)
  const specs = [{ shape: [steps, 1, batch, size] }, state, ...states.map(() => state)]
  // The fifth input, lengths of rows, is left out: all are equal.
  const inputs = [x, inputWeights, recurrentWeights, bias, undefined, hidden, ...states]
  return graph.apply(op, inputs, specs, { hidden_size: size, ...attributes })
}
