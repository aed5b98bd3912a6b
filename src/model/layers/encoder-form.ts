import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { sizeOf } from '../graph/shape.ts'
import type { AttentionOptions } from './attention.ts'
import { multiHeadAttention } from './attention.ts'
import { dense } from './dense.ts'
import { layerNormLayer } from './layer-norm.ts'

/** How an encoder lays its values out: the same layers, parameters and results, in rows to serve, in columns to train. */
export interface EncoderForm {
  widthOf(x: Value): number
  dense(network: Network, x: Value, width: number): Value
  norm(network: Network, name: string, x: Value): Value
  attend(network: Network, x: Value, options: AttentionOptions): Value
}

/** [rows, steps, width]. */
export const rowForm: EncoderForm = {
  widthOf: (x) => sizeOf(x.shape, -1),
  dense,
  norm: layerNormLayer,
  attend: multiHeadAttention,
}
