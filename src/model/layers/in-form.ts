import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { staticShape } from '../graph/shape.ts'
import { columnForm } from './columns/column-form.ts'
import { fromColumns, toColumns } from './columns/columns.ts'
import type { EncoderForm } from './encoder-form.ts'
import { rowForm } from './encoder-form.ts'

/** Builds in the form that suits: rows to serve, columns to train. x [rows, steps, width] → [rows, steps, width of what is built]. */
export function inForm(network: Network, x: Value, build: (form: EncoderForm, value: Value) => Value): Value {
  if (!network.training) return build(rowForm, x)
  const { graph } = network
  const [rows, steps] = staticShape(x.shape) as readonly [number, number]
  return fromColumns(graph, build(columnForm(rows, steps), toColumns(graph, x)), rows)
}
