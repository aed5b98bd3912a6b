import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { reshape } from '../graph/ops/layout.ts'
import { dimProduct } from '../graph/shape.ts'
import { dense } from './dense.ts'
import type { EncoderLayerOptions } from './encoder-layer.ts'
import { encoderStack } from './encoder-layer.ts'
import type { PatchOptions } from './patches.ts'
import { patchCount, patchesOf } from './patches.ts'
import { addPositions } from './positions.ts'

export interface PatchEncoderOptions extends PatchOptions, EncoderLayerOptions {
  /** Encoder layers. */
  readonly layers: number
  /** Values per patch between layers. */
  readonly width: number
}

/**
 * Backbone of PatchTST (Nie et al. 2023, "A time series is worth 64 words", §3.1): every channel is cut into patches and runs through one
 * Transformer encoder alone, all with the same weights; learned positions. The paper's batch norm is a layer norm here: it needs no
 * running state and serves one window as it serves many. A `pre` stack has no norm at its end here, so that what reads
 * it sees how high each patch lies, which a norm over its values would hide. x [batch, steps, channels] → [batch, channels, patches × width].
 */
export function patchEncoder(network: Network, x: Value, options: PatchEncoderOptions): Value {
  const { graph } = network
  const { layers, width, dropout } = options
  const [batch, steps, channels] = [x.shape[0]!, Number(x.shape[1]), x.shape[2]!]
  const count = patchCount(steps, options)
  const rows = reshape(graph, patchesOf(graph, x, options), [dimProduct([batch, channels]), count, options.patchLength])
  const embedded = network.scope('embedding', () => dense(network, rows, width))
  const placed = network.dropout(addPositions(network, embedded, 'learned'), dropout)
  const encoded = encoderStack(network, placed, layers, options, false)
  return reshape(graph, encoded, [batch, channels, count * width])
}
