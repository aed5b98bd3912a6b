import type { Graph, Value } from '../../graph/graph.ts'
import { reshape, transpose } from '../../graph/ops/layout.ts'
import { staticShape } from '../../graph/shape.ts'

/*
 * While training, an encoder works on columns: [width, rows × steps], one column for each step of each row. Weights are then the left
 * operand of every product and gradients of weights are products with a transposed right operand, both of which ONNX Runtime's matrix
 * kernels do at full speed; means over the width are products with a row. The batch size must be known.
 */

/** [rows, steps, width] → [width, rows × steps]. */
export function toColumns(graph: Graph, value: Value): Value {
  const [rows, steps, width] = staticShape(value.shape) as readonly [number, number, number]
  return transpose(graph, reshape(graph, value, [rows * steps, width]), [1, 0])
}

/** [width, rows × steps] → [rows, steps, width]. */
export function fromColumns(graph: Graph, value: Value, rows: number): Value {
  const [width, columns] = staticShape(value.shape) as readonly [number, number]
  return reshape(graph, transpose(graph, value, [1, 0]), [rows, columns / rows, width])
}
