import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { inForm } from '../layers/in-form.ts'
import { lstmLayer } from '../layers/lstm.ts'
import { poolSteps } from '../layers/pooling.ts'
import { recurrentStack } from '../layers/recurrent-stack.ts'
import type { Architecture } from './architecture.ts'
import { encodeRecurrent, recurrentPart } from './recurrent-encoder.ts'
import { recurrentFields } from './recurrent-options.ts'

const options = z
  .strictObject({
    ...recurrentFields,
    attentionHeads: z
      .int()
      .min(0)
      .max(64)
      .default(0)
      .describe('heads of self-attention over the outputs of all steps; they divide hidden; 0: no attention'),
    causal: z.boolean().default(false).describe('true: in attention no step looks at a later one'),
  })
  .refine(({ hidden, attentionHeads }) => attentionHeads === 0 || hidden % attentionHeads === 0, {
    path: ['attentionHeads'],
    error: 'must divide hidden',
  })

type LstmOptions = z.infer<typeof options>

const recurrent = recurrentPart<LstmOptions>('lstm', lstmLayer)

/** Long short-term memory (Hochreiter and Schmidhuber 1997), with self-attention over its outputs if wanted. */
export const lstm: Architecture<LstmOptions> = {
  name: 'lstm',
  summary: 'stacked LSTM, optionally with multi-head attention over its outputs',
  options,
  encode(network, window, settings) {
    const { attentionHeads: heads, causal, pooling, dropout } = settings
    if (heads === 0) return encodeRecurrent(network, lstmLayer, window, settings)
    const { outputs } = recurrentStack(network, lstmLayer, window, settings)
    const attended = network.scope('attention', () =>
      inForm(network, outputs, (form, value) => form.attend(network, value, { heads, causal })),
    )
    return network.dropout(poolSteps(network, attended, pooling), dropout)
  },
  recurrent: {
    ...recurrent,
    encodeSteps(network, window, states, settings) {
      if (settings.attentionHeads > 0) {
        throw new InputError(`lstm.attentionHeads was ${settings.attentionHeads}; truncated BPTT needs 0`)
      }
      return recurrent.encodeSteps(network, window, states, settings)
    },
  },
}
