import { z } from 'zod'

const rate = z.number().min(0).lt(1, 'below 1')

/** Sizes and switches that both Transformers share. */
export const encoderFields = {
  layers: z.int().min(1).max(24).default(2).describe('encoder layers, one on top of the other'),
  width: z.int().min(1).max(2_048).default(64).describe('values per step between layers; heads divide it'),
  heads: z.int().min(1).max(64).default(4).describe('attention heads'),
  feedForwardWidth: z.int().min(1).max(8_192).default(128).describe('values per step inside the feed-forward part'),
  activation: z.enum(['relu', 'gelu']).default('gelu').describe('of the feed-forward part'),
  norm: z.enum(['pre', 'post']).default('pre').describe('layer norm before each part, or after each sum'),
  dropout: rate.default(0.1).describe('share dropped after each part while training'),
  attentionDropout: rate.default(0).describe('share of attention weights dropped while training'),
} as const

/** Arguments of `refine`. */
export const headsDivideWidth: [
  (options: { readonly width: number; readonly heads: number }) => boolean,
  { path: string[]; error: string },
] = [({ width, heads }) => width % heads === 0, { path: ['heads'], error: 'must divide width' }]
