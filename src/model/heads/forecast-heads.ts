import type { Value } from '../graph/graph.ts'
import { constantWeights, glorot } from '../graph/initial-weights.ts'
import type { Network } from '../graph/network.ts'
import { clip } from '../graph/ops/elementwise.ts'
import { linear } from '../graph/ops/matrix.ts'
import type { HeadOptions } from './head-options.ts'
import { quantileHead } from './quantile-head.ts'

/** Bounds of the logarithm of the variance, in deviations of the target: e⁻⁴ to e⁴ in volatility. */
const LOG_VARIANCE_MAX = 8

/** What the heads say, in deviations of the target; [rows, …]. */
export interface HeadValues {
  /** [rows, levels], ascending. */
  readonly quantiles?: Value
  /** [rows, 3]. */
  readonly logits?: Value
  /** [rows, 1]. */
  readonly logVariance?: Value
  /** [rows, 1]. */
  readonly mean?: Value
}

/** `representation` [rows, width] → the heads that `options` asks for. */
export function forecastHeads(
  network: Network,
  representation: Value,
  options: HeadOptions,
  levels: readonly number[],
): HeadValues {
  const { quantiles, classes, volatility, mean } = options
  const { graph } = network
  return {
    ...(quantiles && { quantiles: network.scope('quantiles', () => quantileHead(network, representation, levels)) }),
    ...(classes && { logits: linearHead(network, 'classes', representation, 3) }),
    ...(volatility && {
      logVariance: clip(
        graph,
        linearHead(network, 'volatility', representation, 1),
        -LOG_VARIANCE_MAX,
        LOG_VARIANCE_MAX,
      ),
    }),
    ...(mean && { mean: linearHead(network, 'mean', representation, 1) }),
  }
}

function linearHead(network: Network, name: string, representation: Value, width: number): Value {
  const from = Number(representation.shape[1])
  return network.scope(name, () => {
    const weights = network.parameter('weights', [from, width], glorot(from, width))
    return linear(network.graph, representation, weights, network.parameter('bias', [width], constantWeights(0), false))
  })
}
