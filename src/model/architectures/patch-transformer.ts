import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { flatten, reshape } from '../graph/ops/layout.ts'
import { reduceMean } from '../graph/ops/reduce.ts'
import { sizeOf } from '../graph/shape.ts'
import { dense } from '../layers/dense.ts'
import { patchEncoder } from '../layers/patch-encoder.ts'
import { revin } from '../layers/revin.ts'
import type { Architecture } from './architecture.ts'
import { encoderFields, headsDivideWidth } from './encoder-options.ts'

const options = z
  .strictObject({
    ...encoderFields,
    width: encoderFields.width.default(16),
    patchLength: z.int().min(1).max(1_024).default(8).describe('steps in one patch; at most the steps of the window'),
    patchStride: z.int().min(1).max(1_024).default(4).describe('steps from one patch to the next'),
    revin: z
      .enum(['none', 'plain', 'affine'])
      .default('none')
      .describe('each feature of each window by its own mean and deviation; affine: with a trained gain and offset'),
    channelWidth: z.int().min(1).max(2_048).default(8).describe('values that each feature is summed up in'),
    join: z.enum(['concat', 'mean']).default('concat').describe('how the features come together'),
  })
  .refine(...headsDivideWidth)

type PatchTransformerOptions = z.infer<typeof options>

/** PatchTST as an encoder: every feature apart, in patches, then joined (Nie et al. 2023). */
export const patchTransformer: Architecture<PatchTransformerOptions> = {
  name: 'patch-transformer',
  summary: 'Transformer encoder over patches of each feature, with shared weights (PatchTST)',
  options,
  encode(network, window, { revin: normalisation, channelWidth, join, ...encoder }) {
    const { graph } = network
    const [steps, features] = [sizeOf(window.shape, 1), sizeOf(window.shape, 2)]
    if (encoder.patchLength > steps) {
      throw new InputError(
        `patch-transformer.patchLength was ${encoder.patchLength}; it must be at most the ${steps} steps of the window`,
      )
    }
    const scaled =
      normalisation === 'none'
        ? window
        : network.scope('revin', () => revin(network, window, normalisation === 'affine').value)
    const encoded = patchEncoder(network, scaled, { ...encoder, causal: false })
    const channels = network.scope('channel', () => dense(network, encoded, channelWidth))
    if (join === 'concat' || features === 1) return flatten(graph, channels)
    return reshape(graph, reduceMean(graph, channels, [1]), [window.shape[0]!, channelWidth])
  },
}
