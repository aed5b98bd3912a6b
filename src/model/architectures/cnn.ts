import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { relu } from '../graph/ops/elementwise.ts'
import { concat } from '../graph/ops/layout.ts'
import { sizeOf } from '../graph/shape.ts'
import { conv1d, kernelSpan } from '../layers/conv1d.ts'
import { globalMaxPool } from '../layers/global-max-pool.ts'
import type { Architecture } from './architecture.ts'

const options = z.strictObject({
  kernels: z
    .array(z.int().min(1).max(256))
    .min(1)
    .max(8)
    .refine((kernels) => new Set(kernels).size === kernels.length, 'must differ from each other')
    .default([3, 5, 7])
    .describe('steps that each of the parallel convolutions covers'),
  filters: z.int().min(1).max(2_048).default(32).describe('filters of each convolution'),
  dilation: z.int().min(1).max(64).default(1).describe('distance between the steps that a kernel covers'),
  padding: z
    .enum(['same', 'valid'])
    .default('same')
    .describe('same: kernels reach over the ends of the window, where they see 0; valid: they do not'),
  dropout: z.number().min(0).lt(1, 'below 1').default(0).describe('share dropped before the heads while training'),
})

type CnnOptions = z.infer<typeof options>

/** Parallel convolutions over the steps → ReLU → greatest of each filter over all steps (Kim 2014, for text). */
export const cnn: Architecture<CnnOptions> = {
  name: 'cnn',
  summary: 'parallel convolutions over the steps, global max pool',
  options,
  encode(network, window, { kernels, filters, dilation, padding, dropout }) {
    const { graph } = network
    const steps = sizeOf(window.shape, 1)
    const pooled = kernels.map((kernel) => {
      const settings = { kernel, dilation, padding, filters }
      if (padding === 'valid' && kernelSpan(settings) >= steps) {
        throw new InputError(`cnn.kernels has ${kernel}; with dilation ${dilation} it must fit into ${steps} steps`)
      }
      const filtered = network.scope(`kernel${kernel}`, () => conv1d(network, window, settings))
      return globalMaxPool(graph, relu(graph, filtered))
    })
    return network.dropout(concat(graph, pooled, 1), dropout)
  },
}
