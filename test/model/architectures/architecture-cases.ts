import type { Architecture } from '../../../src/model/architectures/architecture.ts'
import { cnn } from '../../../src/model/architectures/cnn.ts'
import { deeplob } from '../../../src/model/architectures/deeplob.ts'
import { gru } from '../../../src/model/architectures/gru.ts'
import { lstm } from '../../../src/model/architectures/lstm.ts'
import { architectureOf } from '../../../src/model/architectures/registry.ts'
import { reservoir } from '../../../src/model/architectures/reservoir.ts'
import { rnn } from '../../../src/model/architectures/rnn.ts'
import { ENCODER_CASES } from './encoder-cases.ts'

type Options = Readonly<Record<string, unknown>>

export interface ArchitectureCase {
  readonly architecture: Architecture<unknown>
  /** Small, and such that every option matters. */
  readonly options: Options
  /** [batch, steps, features] */
  readonly window: readonly [number, number, number]
  /** Of the representation. */
  readonly width: number
  /** Another value of every option. */
  readonly others: Options
  readonly refused: readonly (readonly [change: Options, message: string])[]
}

const recurrentOptions = { hidden: 4, layers: 2, dropout: 0.25, pooling: 'mean' }
const recurrentOthers = { hidden: 6, layers: 1, dropout: 0, pooling: 'last' }
const recurrentRefused = [
  [{ hidden: 0 }, 'hidden'],
  [{ layers: 9 }, 'layers'],
  [{ dropout: 1 }, 'below 1'],
  [{ pooling: 'first' }, 'pooling'],
  [{ width: 3 }, 'Unrecognized key'],
] as const
const recurrentCase = {
  options: recurrentOptions,
  window: [3, 5, 4],
  width: 4,
  others: recurrentOthers,
  refused: recurrentRefused,
} as const

const members = [
  { name: 'transformer', layers: 1, width: 4, heads: 2, feedForwardWidth: 6 },
  { name: 'lstm', hidden: 4 },
  { name: 'cnn', kernels: [3], filters: 4 },
]

export const CASES: Readonly<Record<string, ArchitectureCase>> = {
  ...ENCODER_CASES,
  lstm: {
    ...recurrentCase,
    architecture: lstm,
    options: { ...recurrentOptions, attentionHeads: 2, causal: true },
    others: { ...recurrentOthers, attentionHeads: 0, causal: false },
    refused: [...recurrentRefused, [{ attentionHeads: 3 }, 'must divide hidden']],
  },
  'lstm without attention': {
    ...recurrentCase,
    architecture: lstm,
    options: { ...recurrentOptions, pooling: 'last' },
    others: { ...recurrentOthers, pooling: 'mean', attentionHeads: 2 },
  },
  gru: { ...recurrentCase, architecture: gru },
  'gru, last step': {
    ...recurrentCase,
    architecture: gru,
    options: { ...recurrentOptions, pooling: 'last' },
    others: {},
  },
  rnn: { ...recurrentCase, architecture: rnn },
  cnn: {
    architecture: cnn,
    options: { kernels: [2, 3], filters: 5, dilation: 2, padding: 'same', dropout: 0.25 },
    window: [3, 7, 4],
    width: 10,
    others: { kernels: [2, 4], filters: 6, dilation: 1, padding: 'valid', dropout: 0 },
    refused: [
      [{ kernels: [] }, 'kernels'],
      [{ kernels: [3, 3] }, 'must differ'],
      [{ kernels: [0] }, 'kernels'],
      [{ padding: 'full' }, 'padding'],
    ],
  },
  deeplob: {
    architecture: deeplob,
    options: {
      levels: 3,
      featuresPerLevel: 4,
      firstColumn: 1,
      filters: 3,
      inceptionFilters: 2,
      otherWidth: 2,
      hidden: 4,
      dropout: 0.25,
    },
    window: [2, 5, 15],
    width: 4,
    others: {
      levels: 2,
      featuresPerLevel: 2,
      firstColumn: 0,
      filters: 4,
      inceptionFilters: 3,
      otherWidth: 3,
      hidden: 5,
      dropout: 0,
    },
    refused: [
      [{ featuresPerLevel: 3 }, 'as many for the ask as for the bid'],
      [{ levels: 0 }, 'levels'],
    ],
  },
  ensemble: {
    architecture: architectureOf('ensemble'),
    options: { members, width: 5, dropout: 0.25 },
    window: [2, 5, 3],
    width: 5,
    others: { members: members.slice(1), width: 6, dropout: 0 },
    refused: [
      [{ members: [] }, 'members'],
      [{ members: [{ name: 'ensemble' }] }, 'members[0].name'],
      [{ members: [{ name: 'lstm', hidden: 0 }] }, 'members[0].hidden'],
      [{ members: [{ name: 'cnn', hidden: 4 }] }, 'Unrecognized key'],
    ],
  },
  reservoir: {
    architecture: reservoir,
    options: { units: 8, spectralRadius: 0.9, inputScale: 0.5, biasScale: 0.1, leak: 0.5, connections: 3, seed: 3 },
    window: [3, 5, 4],
    width: 8,
    others: { units: 9, spectralRadius: 0.8, inputScale: 0.4, biasScale: 0.2, leak: 1, connections: 4, seed: 4 },
    refused: [
      [{ connections: 9 }, 'at most units'],
      [{ leak: 0 }, 'leak'],
      [{ spectralRadius: 0 }, 'spectralRadius'],
    ],
  },
}
