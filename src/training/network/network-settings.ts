import type { HeadOptions } from '../../model/heads/head-options.ts'
import type { Encoder } from '../../model/network-forecaster.ts'
import type { TrainingOptions } from './training-options.ts'

/** A network forecaster and its training. */
export interface NetworkSettings {
  /** What reads the window. */
  readonly architecture: Encoder
  readonly heads: HeadOptions
  readonly training: TrainingOptions
}
