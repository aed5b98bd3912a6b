/** What is said of one model, or of that of each group of instruments, by the group's name. */
export type ByGroup<T extends Named> = T | { readonly groups: Readonly<Record<string, T>> }

interface Named {
  readonly modelId: string
}

/** Of each group; undefined: of the one that serves all instruments. */
export const eachGroup = <T extends Named>(said: ByGroup<T>): readonly (readonly [string | undefined, T])[] =>
  isOne(said) ? [[undefined, said]] : Object.entries(said.groups)

const isOne = <T extends Named>(said: ByGroup<T>): said is T => 'modelId' in said

/** From what `eachGroup` gives; undefined for nothing. */
export function byGroup<T extends Named>(said: readonly (readonly [string | undefined, T])[]): ByGroup<T> | undefined {
  const pooled = said.find(([group]) => group === undefined)
  if (pooled) return pooled[1]
  if (said.length === 0) return undefined
  return { groups: Object.fromEntries(said.flatMap(([group, one]) => (group === undefined ? [] : [[group, one]]))) }
}
