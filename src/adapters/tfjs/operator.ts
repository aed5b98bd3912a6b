import type { Attributes } from './attributes.ts'
import type { Inputs, Operand } from './operand.ts'
import type { TensorFlow } from './tensorflow.ts'

/** Computes one node's outputs, in order; one output may stand alone. Made of differentiable TensorFlow.js ops. */
export type Kernel = (inputs: Inputs) => Operand | readonly Operand[]

/** What is known of a node before it runs. */
export interface NodeContext {
  readonly tf: TensorFlow
  readonly attributes: Attributes
  /** Whether the node has an input at this place. */
  hasInput(at: number): boolean
  readonly outputCount: number
}

/**
 * An ONNX operator, opset 17: reads its attributes once, when the graph is loaded, and answers with the kernel. What it cannot do
 * it refuses by throwing; an attribute that it does not read is refused for it.
 */
export type Operator = (context: NodeContext) => Kernel

export type OperatorTable = Readonly<Record<string, Operator>>
