import type { Parameter, SearchSpace } from './search-space.ts'
import { stableText } from './stable-text.ts'
import type { Params } from './trial.ts'

/** Parameters that exist under the same condition: they are always there together. */
export interface SpaceGroup {
  readonly when: NonNullable<Parameter['when']>
  readonly parameters: readonly (readonly [path: string, parameter: Parameter])[]
}

/** In an order in which every group stands behind those that its condition looks at. */
export function spaceGroups(space: SearchSpace): readonly SpaceGroup[] {
  const byCondition = new Map<string, [string, Parameter][]>()
  for (const entry of Object.entries(space)) {
    const key = stableText(entry[1].when ?? {})
    byCondition.set(key, [...(byCondition.get(key) ?? []), entry])
  }
  const groups = [...byCondition.values()].map((parameters) => ({ when: parameters[0]![1].when ?? {}, parameters }))
  const depths = new Map(groups.map((group) => [group, depthOf(space, group.when)]))
  return groups.sort((a, b) => depths.get(a)! - depths.get(b)!)
}

const depthOf = (space: SearchSpace, when: SpaceGroup['when']): number =>
  Math.max(0, ...Object.keys(when).map((parent) => 1 + depthOf(space, space[parent]?.when ?? {})))

/** Whether the parameters of a group exist beside `params`. */
export const holds = ({ when }: SpaceGroup, params: Params): boolean =>
  Object.entries(when).every(([parent, values]) => {
    const value = params[parent]
    return value !== undefined && values.some((allowed) => stableText(allowed) === stableText(value))
  })

/** Values of every group that exists, each drawn beside those before it. */
export function drawGroups(groups: readonly SpaceGroup[], draw: (group: SpaceGroup) => Params): Params {
  let params: Params = {}
  for (const group of groups) if (holds(group, params)) params = { ...params, ...draw(group) }
  return params
}
