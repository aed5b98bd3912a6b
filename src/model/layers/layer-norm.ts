import type { Value } from '../graph/graph.ts'
import { constantWeights } from '../graph/initial-weights.ts'
import type { Network } from '../graph/network.ts'
import { layerNorm } from '../graph/ops/normalise.ts'
import { sizeOf } from '../graph/shape.ts'

/** Layer normalisation over the last axis, as PyTorch's `nn.LayerNorm`. Parameters `gain` and `bias` [width], named under `name`. */
export function layerNormLayer(network: Network, name: string, x: Value): Value {
  const { gain, bias } = normWeights(network, name, sizeOf(x.shape, -1))
  return layerNorm(network.graph, x, gain, bias)
}

/** Parameters of a norm. */
export const normWeights = (
  network: Network,
  name: string,
  width: number,
): { readonly gain: Value; readonly bias: Value } =>
  network.scope(name, () => ({
    gain: network.parameter('gain', [width], constantWeights(1), false),
    bias: network.parameter('bias', [width], constantWeights(0), false),
  }))
