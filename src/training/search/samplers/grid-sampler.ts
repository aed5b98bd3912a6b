import { InputError } from '../../../core/errors.ts'
import { type Random, seededRandom } from '../../../core/random.ts'
import { numericScale } from '../numeric-scale.ts'
import { paramsText } from '../params-text.ts'
import type { Json, Parameter, SearchSpace } from '../search-space.ts'
import { holds, type SpaceGroup, spaceGroups } from '../space-groups.ts'
import type { Params } from '../trial.ts'
import type { Sampler } from './sampler.port.ts'

/** More combinations than this are a mistake of the file: the best of so many says nothing. */
const COMBINATIONS_MAX = 10_000

/**
 * Every combination once, in an order shuffled by the seed, so that a grid that is stopped has looked everywhere. Throws `InputError`
 * naming a parameter without steps, and for more than 10,000 combinations.
 */
export function gridSampler(space: SearchSpace, seed: number): Sampler {
  const combinations = shuffled(combinationsOf(space), seededRandom(seed))
  return {
    propose(finished, running) {
      const tried = new Set([...finished, ...running].map(({ params }) => paramsText(params)))
      return combinations.find((params) => !tried.has(paramsText(params)))
    },
  }
}

function combinationsOf(space: SearchSpace): readonly Params[] {
  let combinations: readonly Params[] = [{}]
  for (const group of spaceGroups(space)) {
    for (const entry of group.parameters) combinations = crossed(combinations, group, entry)
  }
  return combinations
}

function crossed(
  combinations: readonly Params[],
  group: SpaceGroup,
  [path, parameter]: SpaceGroup['parameters'][number],
): readonly Params[] {
  const values = valuesOf(path, parameter)
  const wanted = combinations.reduce((sum, params) => sum + (holds(group, params) ? values.length : 1), 0)
  if (wanted > COMBINATIONS_MAX) {
    throw new InputError(
      `search: ${wanted} combinations of the parameters up to ${path}, at most ${COMBINATIONS_MAX}: use fewer values, or method random or tpe`,
      { path, wanted },
    )
  }
  return combinations.flatMap((params) =>
    holds(group, params) ? values.map((value) => ({ ...params, [path]: value })) : [params],
  )
}

function valuesOf(path: string, parameter: Parameter): readonly Json[] {
  if (parameter.kind === 'choice') return parameter.values
  const { low, high } = parameter
  const { step, toScale, fromScale } = numericScale(parameter)
  if (low === high) return [low]
  if (step === 0) {
    throw new InputError(`search: ${path} is any number from ${low} to ${high}: a grid needs its step, or a choice`, {
      path,
    })
  }
  const count = Math.min(Math.round((high - low) / step) + 1, COMBINATIONS_MAX + 1)
  return Array.from({ length: count }, (_, index) => fromScale(toScale(low + index * step)))
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const mixed = [...items]
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    ;[mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!]
  }
  return mixed
}
