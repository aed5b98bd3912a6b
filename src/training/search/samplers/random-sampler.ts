import { paramsText } from '../params-text.ts'
import type { SearchSpace } from '../search-space.ts'
import { drawGroups, spaceGroups } from '../space-groups.ts'
import { trialRandom } from '../trial-random.ts'
import { drawUniform } from './draw-uniform.ts'
import type { Sampler } from './sampler.port.ts'

/** Draws that may meet something tried before, until it is tried again: a small space is nearly exhausted then. */
const DRAWS_MAX = 100

/** Uniform draws, each anew while it was tried before. */
export function randomSampler(space: SearchSpace, seed: number): Sampler {
  const groups = spaceGroups(space)
  return {
    propose(finished, running) {
      const random = trialRandom(seed, finished.length + running.length)
      const tried = new Set([...finished, ...running].map(({ params }) => paramsText(params)))
      const draw = () => drawGroups(groups, (group) => drawUniform(group, random))
      let params = draw()
      for (let draws = 1; draws < DRAWS_MAX && tried.has(paramsText(params)); draws += 1) params = draw()
      return params
    },
  }
}
