import { ashaPruner } from '../../training/search/pruners/asha-pruner.ts'
import { medianPruner } from '../../training/search/pruners/median-pruner.ts'
import type { Pruner } from '../../training/search/pruners/pruner.port.ts'
import { gridSampler } from '../../training/search/samplers/grid-sampler.ts'
import { randomSampler } from '../../training/search/samplers/random-sampler.ts'
import type { Sampler } from '../../training/search/samplers/sampler.port.ts'
import { tpeSampler } from '../../training/search/samplers/tpe-sampler.ts'
import type { TrainConfigSection } from '../config/trainer-section.ts'

type SearchConfig = NonNullable<TrainConfigSection['search']>

const SAMPLERS = { tpe: tpeSampler, random: randomSampler, grid: gridSampler } as const

export const samplerOf = ({ sampler, space, seed }: Pick<SearchConfig, 'sampler' | 'space' | 'seed'>): Sampler =>
  SAMPLERS[sampler](space, seed)

/** Of readings after each fold. */
export const prunerOf = (pruner: 'median' | 'asha'): Pruner =>
  pruner === 'asha'
    ? ashaPruner({ stepsMin: 1, reduction: 3 })
    : medianPruner({ startupTrials: 5, warmUpSteps: 1, standing: 'mean' })
