import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { relu } from '../graph/ops/elementwise.ts'
import { gelu } from '../graph/ops/gelu.ts'
import type { EncoderForm } from './encoder-form.ts'

export interface FeedForwardOptions {
  /** Width between the two products. */
  readonly feedForwardWidth: number
  readonly activation: 'relu' | 'gelu'
  readonly dropout: number
}

/** Two products over the width with an activation and dropout between them (Vaswani et al. 2017, §3.3). Shape of `x`. */
export function feedForward(network: Network, form: EncoderForm, x: Value, options: FeedForwardOptions): Value {
  const activate = options.activation === 'relu' ? relu : gelu
  const wide = network.scope('widen', () => form.dense(network, x, options.feedForwardWidth))
  const inner = network.dropout(activate(network.graph, wide), options.dropout)
  return network.scope('narrow', () => form.dense(network, inner, form.widthOf(x)))
}
