import type { Value } from '../graph/graph.ts'
import type { Network } from '../graph/network.ts'
import { add } from '../graph/ops/elementwise.ts'
import type { EncoderForm } from './encoder-form.ts'
import type { FeedForwardOptions } from './feed-forward.ts'
import { feedForward } from './feed-forward.ts'
import { inForm } from './in-form.ts'

export interface EncoderLayerOptions extends FeedForwardOptions {
  readonly heads: number
  readonly causal: boolean
  /** `pre`: normalised before attention and feed-forward (Xiong et al. 2020); `post`: after each sum (Vaswani et al. 2017). */
  readonly norm: 'pre' | 'post'
  /** Share of attention weights dropped; PyTorch uses `dropout` for them too. */
  readonly attentionDropout: number
}

/** One layer of PyTorch's `TransformerEncoderLayer`, dropout at the same places. x [rows, steps, width] → same shape. */
export function encoderLayer(network: Network, form: EncoderForm, x: Value, options: EncoderLayerOptions): Value {
  const { heads, causal, attentionDropout } = options
  const attended = residual(network, form, 'attention', x, options, (value) =>
    form.attend(network, value, { heads, causal, dropout: attentionDropout }),
  )
  return residual(network, form, 'feedForward', attended, options, (value) =>
    feedForward(network, form, value, options),
  )
}

/** x + part(x), normalised before or after. */
function residual(
  network: Network,
  form: EncoderForm,
  name: string,
  x: Value,
  { norm, dropout }: EncoderLayerOptions,
  part: (value: Value) => Value,
): Value {
  const { graph } = network
  return network.scope(name, () => {
    const from = norm === 'pre' ? form.norm(network, 'norm', x) : x
    const sum = add(graph, x, network.dropout(part(from), dropout))
    return norm === 'post' ? form.norm(network, 'norm', sum) : sum
  })
}

/**
 * `layers` encoder layers. `normed`: a norm of its own at the end, which a `pre` stack has by default, since its last sum has none.
 * x [rows, steps, width] → same shape.
 */
export function encoderStack(
  network: Network,
  x: Value,
  layers: number,
  options: EncoderLayerOptions,
  normed = options.norm === 'pre',
): Value {
  return inForm(network, x, (form, value) => {
    const last = stack(network, form, value, layers, options)
    return normed ? form.norm(network, 'norm', last) : last
  })
}

function stack(network: Network, form: EncoderForm, x: Value, layers: number, options: EncoderLayerOptions): Value {
  let value = x
  for (let layer = 0; layer < layers; layer += 1) {
    const from = value
    value = network.scope(`layer${layer}`, () => encoderLayer(network, form, from, options))
  }
  return value
}
