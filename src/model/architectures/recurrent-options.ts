import { z } from 'zod'

/** Sizes and switches that LSTM, GRU and RNN share. */
export const recurrentFields = {
  hidden: z.int().min(1).max(2_048).default(64).describe('width of each recurrent layer, values'),
  layers: z.int().min(1).max(8).default(1).describe('recurrent layers, one on top of the other'),
  dropout: z
    .number()
    .min(0)
    .lt(1, 'below 1')
    .default(0)
    .describe('share dropped between layers and before the heads while training'),
  pooling: z
    .enum(['last', 'mean'])
    .default('last')
    .describe('what is read of the outputs of all steps: the last or their mean; truncated BPTT needs last'),
} as const

export interface RecurrentOptions {
  readonly hidden: number
  readonly layers: number
  readonly dropout: number
  readonly pooling: 'last' | 'mean'
}
