import type { Value } from '../../graph/graph.ts'
import type { Network } from '../../graph/network.ts'
import { mul } from '../../graph/ops/elementwise.ts'
import { sizeOf } from '../../graph/shape.ts'
import type { AttentionOptions } from '../attention.ts'
import { attentionWeights, causalMask } from '../attention.ts'
import { denseWeights } from '../dense.ts'
import type { EncoderForm } from '../encoder-form.ts'
import { normWeights } from '../layer-norm.ts'
import { attentionColumns } from './attention-columns.ts'
import { layerNormColumns } from './layer-norm-columns.ts'
import { linearColumns } from './linear-columns.ts'

/** [width, rows × steps]; see `columns.ts`. */
export const columnForm = (rows: number, steps: number): EncoderForm => ({
  widthOf: (x) => sizeOf(x.shape, 0),
  dense: (network, x, width) => {
    const { weights, bias } = denseWeights(network, sizeOf(x.shape, 0), width)
    return linearColumns(network.graph, x, weights, bias)
  },
  norm: (network, name, x) => {
    const { gain, bias } = normWeights(network, name, sizeOf(x.shape, 0))
    return layerNormColumns(network.graph, x, gain, bias)
  },
  attend: (network, x, options) => attend(network, x, rows, steps, options),
})

function attend(network: Network, x: Value, rows: number, steps: number, options: AttentionOptions): Value {
  const { graph } = network
  const { heads, causal = false, dropout = 0 } = options
  const width = sizeOf(x.shape, 0)
  const { inWeights, inBias, outWeights, outBias } = attentionWeights(network, width)
  // Scaling the weights of the queries costs less than scaling the queries.
  const scales = graph.constant('scales', queryScales(width, heads), [3 * width])
  const stacked = linearColumns(graph, x, mul(graph, inWeights, scales), mul(graph, inBias, scales))
  const mixed = attentionColumns(network, stacked, {
    ...{ rows, steps, width, heads, dropout },
    mask: causal ? causalMask(graph, steps) : undefined,
  })
  return linearColumns(graph, mixed, outWeights, outBias)
}

/** 1/√(width of a head) for the queries, 1 for keys and values. */
const queryScales = (width: number, heads: number): Float32Array =>
  new Float32Array(3 * width).fill(1).fill(Math.sqrt(heads / width), 0, width)
