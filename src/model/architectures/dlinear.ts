import { z } from 'zod'
import { flatten } from '../graph/ops/layout.ts'
import { dlinearMap } from '../layers/linear-decomposition.ts'
import type { Architecture } from './architecture.ts'

const options = z.strictObject({
  width: z.int().min(1).max(1_024).default(4).describe('values that each feature is mapped to'),
  individual: z.boolean().default(false).describe('true: maps for each feature; false: the same for all'),
  kernel: z
    .int()
    .min(1)
    .max(1_025)
    .refine((value) => value % 2 === 1, 'odd')
    .default(25)
    .describe('steps of the moving average that is the trend'),
})

type DlinearOptions = z.infer<typeof options>

/** DLinear as an encoder (Zeng et al. 2023): a baseline that networks must beat. */
export const dlinear: Architecture<DlinearOptions> = {
  name: 'dlinear',
  summary: 'linear maps of the trend and the remainder of each feature (DLinear)',
  options,
  encode: (network, window, { width, individual, kernel }) =>
    flatten(network.graph, dlinearMap(network, window, width, individual, kernel)),
}
