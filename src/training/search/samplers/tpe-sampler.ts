import type { Random } from '../../../core/random.ts'
import type { Json, SearchSpace } from '../search-space.ts'
import { drawGroups, type SpaceGroup, spaceGroups } from '../space-groups.ts'
import { type Parzen, parzen } from '../tpe/parzen.ts'
import { type SplitTrials, splitTrials } from '../tpe/split-trials.ts'
import type { Params, RunningTrial } from '../trial.ts'
import { trialRandom } from '../trial-random.ts'
import { drawUniform } from './draw-uniform.ts'
import type { Sampler } from './sampler.port.ts'

export interface TpeOptions {
  /** Trials drawn at random before anything is learnt from them. */
  readonly startupTrials: number
  /** Draws from the good trials' law, of which the best is taken. */
  readonly candidates: number
  /** Parameters that always exist together are drawn together; false: each for itself. */
  readonly multivariate: boolean
}

export const TPE_DEFAULTS: TpeOptions = { startupTrials: 10, candidates: 24, multivariate: true }

/**
 * Tree-structured Parzen estimator (Bergstra et al. 2011) as in Optuna 5.0: of `candidates` drawn from l, the law of the good trials,
 * the one with the greatest l ÷ g is tried, g that of all others.
 */
export function tpeSampler(space: SearchSpace, seed: number, options: TpeOptions = TPE_DEFAULTS): Sampler {
  const groups = spaceGroups(space).flatMap((group) => (options.multivariate ? [group] : singles(group)))
  return {
    propose(finished, running) {
      const random = trialRandom(seed, finished.length + running.length)
      const told = finished.reduce((count, { state }) => count + (state === 'failed' ? 0 : 1), 0)
      if (told < options.startupTrials) return drawGroups(groups, (group) => drawUniform(group, random))
      const split = splitTrials(finished, running)
      return drawGroups(groups, (group) => drawBest(group, split, options.candidates, random))
    },
  }
}

const singles = ({ when, parameters }: SpaceGroup): readonly SpaceGroup[] =>
  parameters.map((parameter) => ({ when, parameters: [parameter] }))

function drawBest(group: SpaceGroup, split: SplitTrials, candidates: number, random: Random): Params {
  const { good, others } = tpeLaws(group, split)
  let best: { readonly values: readonly Json[]; readonly gain: number } | undefined
  for (let draw = 0; draw < candidates; draw += 1) {
    const values = good.draw(random)
    const gain = good.logDensity(values) - others.logDensity(values)
    if (best === undefined || gain > best.gain) best = { values, gain }
  }
  return Object.fromEntries(group.parameters.map(([path], at) => [path, best!.values[at]!]))
}

/** l and g of the parameters of `group`, of the trials that have them. */
export function tpeLaws(
  { parameters }: SpaceGroup,
  { below, above }: SplitTrials,
): { readonly good: Parzen; readonly others: Parzen } {
  const law = (trials: readonly RunningTrial[]): Parzen =>
    parzen(
      parameters.map(([, parameter]) => parameter),
      trials.flatMap(({ params }) => {
        const values = parameters.map(([path]) => params[path])
        return values.every((value) => value !== undefined) ? [values] : []
      }),
    )
  return { good: law(below), others: law(above) }
}
