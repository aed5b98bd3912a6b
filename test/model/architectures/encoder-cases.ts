import { dlinear } from '../../../src/model/architectures/dlinear.ts'
import { nlinear } from '../../../src/model/architectures/nlinear.ts'
import { patchTransformer } from '../../../src/model/architectures/patch-transformer.ts'
import { transformer } from '../../../src/model/architectures/transformer.ts'
import type { ArchitectureCase } from './architecture-cases.ts'

const encoder = {
  layers: 2,
  width: 6,
  heads: 2,
  feedForwardWidth: 7,
  activation: 'gelu',
  norm: 'pre',
  dropout: 0.25,
  attentionDropout: 0.125,
}
const encoderOthers = {
  layers: 1,
  width: 8,
  heads: 3,
  feedForwardWidth: 5,
  activation: 'relu',
  norm: 'post',
  dropout: 0,
  attentionDropout: 0,
}
const encoderRefused = [
  [{ heads: 4 }, 'must divide width'],
  [{ layers: 0 }, 'layers'],
  [{ dropout: 1 }, 'below 1'],
  [{ activation: 'tanh' }, 'activation'],
  [{ hidden: 3 }, 'Unrecognized key'],
] as const

const transformerCase = {
  architecture: transformer,
  options: { ...encoder, causal: true, positions: 'sinusoidal', pooling: 'last' },
  window: [3, 5, 4],
  width: 6,
  others: { ...encoderOthers, causal: false, positions: 'learned', pooling: 'query' },
  refused: encoderRefused,
} as const

const patchCase = {
  architecture: patchTransformer,
  options: { ...encoder, patchLength: 4, patchStride: 3, revin: 'affine', channelWidth: 3, join: 'concat' },
  window: [3, 9, 4],
  width: 12,
  others: { ...encoderOthers, patchLength: 3, patchStride: 2, revin: 'none', channelWidth: 2, join: 'mean' },
  refused: [...encoderRefused, [{ patchStride: 0 }, 'patchStride']],
} as const

/** Attention over steps and over patches, and the linear baselines. */
export const ENCODER_CASES: Readonly<Record<string, ArchitectureCase>> = {
  transformer: transformerCase,
  'transformer, after the sums, learned query': {
    ...transformerCase,
    options: { ...encoder, norm: 'post', activation: 'relu', causal: false, positions: 'learned', pooling: 'query' },
    others: { norm: 'pre', causal: true, positions: 'sinusoidal', pooling: 'mean' },
    refused: [],
  },
  'transformer, mean of the steps': {
    ...transformerCase,
    options: { ...transformerCase.options, layers: 1, norm: 'post', causal: false, pooling: 'mean' },
    others: {},
    refused: [],
  },
  'patch-transformer': patchCase,
  'patch-transformer, mean of the features': {
    ...patchCase,
    options: { ...patchCase.options, norm: 'post', revin: 'plain', patchStride: 4, join: 'mean' },
    width: 3,
    others: {},
    refused: [],
  },
  nlinear: {
    architecture: nlinear,
    options: { width: 3, individual: false },
    window: [3, 5, 4],
    width: 12,
    others: { width: 2, individual: true },
    refused: [[{ width: 0 }, 'width']],
  },
  'nlinear, a map for each feature': {
    architecture: nlinear,
    options: { width: 3, individual: true },
    window: [3, 5, 4],
    width: 12,
    others: {},
    refused: [],
  },
  dlinear: {
    architecture: dlinear,
    options: { width: 3, individual: false, kernel: 3 },
    window: [3, 7, 4],
    width: 12,
    others: { width: 2, individual: true, kernel: 5 },
    refused: [[{ kernel: 4 }, 'odd']],
  },
  'dlinear, maps for each feature': {
    architecture: dlinear,
    options: { width: 3, individual: true, kernel: 25 },
    window: [3, 7, 4],
    width: 12,
    others: {},
    refused: [],
  },
}
