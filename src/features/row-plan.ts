import type { InstrumentSymbol } from '../core/instrument.ts'
import type { FeatureColumn } from './feature-columns.ts'
import type { FeatureDefinition } from './feature-definition.ts'

/** One definition is computed once per instrument and timeframe, however many rows show it. */
export const definitionKey = ({ name, params }: FeatureDefinition): string => `${name} ${JSON.stringify(params)}`

/** Columns that come from one track: own, of a peer, or of both together. */
export interface ColumnGroup {
  readonly timeframeMs: number
  readonly peer: InstrumentSymbol | undefined
  readonly isCross: boolean
  /** Places in the row. */
  readonly columns: readonly number[]
  readonly definitions: readonly FeatureDefinition[]
  /** Bars of the run, its first mid included, that the longest look-back of the group needs. */
  readonly runMin: number
}

export function columnGroups(features: readonly FeatureColumn[]): readonly ColumnGroup[] {
  const groups = new Map<string, { readonly first: FeatureColumn; readonly places: number[] }>()
  for (const [at, feature] of features.entries()) {
    const { timeframeMs, peer = '', definition } = feature
    const key = `${timeframeMs} ${peer} ${definition.isCross ?? false}`
    const group = groups.get(key) ?? { first: feature, places: [] }
    group.places.push(at)
    groups.set(key, group)
  }
  return [...groups.values()].map(({ first: { timeframeMs, peer, definition }, places }) => {
    const definitions = places.map((at) => features[at]!.definition)
    const runMin = Math.max(...definitions.map(({ lookBack }) => lookBack)) + 1
    return { timeframeMs, peer, isCross: definition.isCross ?? false, columns: places, definitions, runMin }
  })
}

/** What has to be computed of `symbol`: for its own rows, and for those of others. The bars' own timeframe comes first. */
export function trackDefinitions(
  groups: readonly ColumnGroup[],
  symbol: InstrumentSymbol,
  barMs: number,
): ReadonlyMap<number, readonly FeatureDefinition[]> {
  const wanted = new Map<number, Map<string, FeatureDefinition>>([[barMs, new Map()]])
  for (const { timeframeMs, peer, isCross, definitions } of groups) {
    const of = wanted.get(timeframeMs) ?? new Map<string, FeatureDefinition>()
    wanted.set(timeframeMs, of)
    if (isCross || (peer !== undefined && peer !== symbol)) continue
    for (const definition of definitions) of.set(definitionKey(definition), definition)
  }
  const frames = [...wanted].sort(([a], [b]) => a - b)
  return new Map(frames.map(([ms, of]) => [ms, [...of.values()]]))
}
