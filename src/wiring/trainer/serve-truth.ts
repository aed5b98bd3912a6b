import { InputError } from '../../core/errors.ts'
import type { TrainConfig } from '../config/schema.ts'
import type { Job } from './job.ts'
import { type RegimeChange, regimeChange } from './regime-change.ts'
import type { TruthParts } from './truth-market.ts'
import { type TruthOutcome, truthSeed } from './truth-seed.ts'

/** Bars of the session in which the edge turns round, as shares of a market of `train.data.bars`. */
const SESSION = { fit: 1, calm: 0.1, flipped: 1.1 } as const

/** One market of the truth test. Throws `InputError` for a configuration without simulated data. */
export async function serveTruth(
  config: TrainConfig,
  { kind, alpha, seed }: Pick<Extract<Job, { alpha: number }>, 'kind' | 'alpha' | 'seed'>,
  parts: TruthParts,
): Promise<TruthOutcome | RegimeChange> {
  const { data } = config.train
  if (data.kind !== 'simulated') {
    throw new InputError(`train.data.kind was ${data.kind}; the truth test needs simulated`, { key: 'train.data.kind' })
  }
  const { bars } = data
  if (kind === 'truth') return await truthSeed(config, { alpha, seed, bars }, parts)
  const session = {
    fitBars: Math.round(SESSION.fit * bars),
    calmBars: Math.round(SESSION.calm * bars),
    flippedBars: Math.round(SESSION.flipped * bars),
  }
  return await regimeChange(config, alpha, seed, session, parts)
}
