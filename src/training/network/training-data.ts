import type { Random } from '../../core/random.ts'
import type { EngineTensor } from '../graph-engine.port.ts'

/** Tensors by name. */
export type Feeds = Readonly<Record<string, EngineTensor>>

/** Inputs of one run but for weights and masks. `before`: what the run before it answered; undefined at an epoch's first. */
export type BatchFeeds = (before: Feeds | undefined) => Feeds

/** What is learnt from. */
export interface TrainingData {
  /** The runs of every update of one epoch, in order; the weights of rows sum to 1 over those of one update, on average over updates. */
  epoch(random: Random): readonly (readonly BatchFeeds[])[]
}

/** What is measured on: runs whose weights of rows sum to 1 over all of them. */
export type EvaluationData = readonly (() => Feeds)[]
