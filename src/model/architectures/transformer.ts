import { z } from 'zod'
import { dense } from '../layers/dense.ts'
import { encoderStack } from '../layers/encoder-layer.ts'
import { poolSteps } from '../layers/pooling.ts'
import { addPositions } from '../layers/positions.ts'
import type { Architecture } from './architecture.ts'
import { encoderFields, headsDivideWidth } from './encoder-options.ts'

const options = z
  .strictObject({
    ...encoderFields,
    causal: z.boolean().default(false).describe('true: no step looks at a later one'),
    positions: z.enum(['sinusoidal', 'learned']).default('sinusoidal').describe('what tells the steps apart'),
    pooling: z
      .enum(['last', 'mean', 'query'])
      .default('last')
      .describe('step that is read: the last, the mean, or what one learned query attends to'),
  })
  .refine(...headsDivideWidth)

type TransformerOptions = z.infer<typeof options>

/** Linear embedding, positions, encoder layers, pooling (Vaswani et al. 2017, encoder only). */
export const transformer: Architecture<TransformerOptions> = {
  name: 'transformer',
  summary: 'Transformer encoder over the steps of a window',
  options,
  encode(network, window, { layers, width, positions, pooling, ...layer }) {
    const embedded = network.scope('embedding', () => dense(network, window, width))
    const placed = network.dropout(addPositions(network, embedded, positions), layer.dropout)
    return poolSteps(network, encoderStack(network, placed, layers, layer), pooling)
  },
}
