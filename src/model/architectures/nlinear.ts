import { z } from 'zod'
import { flatten } from '../graph/ops/layout.ts'
import { nlinearMap } from '../layers/linear-decomposition.ts'
import type { Architecture } from './architecture.ts'

const options = z.strictObject({
  width: z.int().min(1).max(1_024).default(4).describe('values that each feature is mapped to'),
  individual: z.boolean().default(false).describe('true: a map for each feature; false: one for all'),
})

type NlinearOptions = z.infer<typeof options>

/** NLinear as an encoder (Zeng et al. 2023): a baseline that networks must beat. */
export const nlinear: Architecture<NlinearOptions> = {
  name: 'nlinear',
  summary: 'one linear map of each feature, relative to its last value (NLinear)',
  options,
  encode: (network, window, { width, individual }) =>
    flatten(network.graph, nlinearMap(network, window, width, individual)),
}
