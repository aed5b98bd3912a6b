import type { Random } from '../../../core/random.ts'
import { numericScale } from '../numeric-scale.ts'
import type { Json, Parameter } from '../search-space.ts'
import type { SpaceGroup } from '../space-groups.ts'
import type { Params } from '../trial.ts'

/** Every value that a parameter can take is as likely as any other, on its scale. */
export const drawUniform = ({ parameters }: SpaceGroup, random: Random): Params =>
  Object.fromEntries(parameters.map(([path, parameter]) => [path, uniform(parameter, random)]))

function uniform(parameter: Parameter, random: Random): Json {
  if (parameter.kind === 'choice') return parameter.values[Math.floor(random() * parameter.values.length)]!
  const { lowEdge, highEdge, fromScale } = numericScale(parameter)
  return fromScale(lowEdge + random() * (highEdge - lowEdge))
}
