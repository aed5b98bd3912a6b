import type { FeatureDefinition } from './feature-definition.ts'
import type { IndicatorSettings } from './feature-settings.ts'

/** What an entry of `features.indicators` may say besides its name, timeframes and peers. */
export type FamilyKey = Exclude<keyof IndicatorSettings, 'name' | 'timeframes' | 'peers'>

/** Features of one kind, by their parameters. */
export interface FeatureFamily {
  /** As the configuration names it. */
  readonly name: string
  readonly about: string
  /** What the feed must give for it. */
  readonly needs: 'trades' | 'book' | 'book and trades' | 'mark price' | 'open interest' | 'liquidations' | 'a peer'
  /** Keys that an entry must have, and those that it may have. */
  readonly required: readonly FamilyKey[]
  readonly optional: readonly FamilyKey[]
  /** Shortest period that means anything, bars; 1 unless told otherwise. */
  readonly periodMin?: number
  /** Definitions of a checked entry, for bars of `barMs`. */
  define(entry: IndicatorSettings, barMs: number): readonly FeatureDefinition[]
}

/** What an entry may look like, for people; other values make other columns. */
const EXAMPLES: Required<Omit<IndicatorSettings, 'name' | 'timeframes' | 'peers' | 'weights'>> = {
  periods: [14],
  halfLivesMs: [1_000],
  levels: 10,
  level: 2,
  fast: 12,
  signal: 9,
  smoothing: 3,
  deviations: 2,
  lags: [1],
  bucketQuote: 100_000,
}
const EXAMPLE_SPANS: Readonly<Record<string, readonly number[]>> = { har: [1, 12, 72], macd: [26], vpin: [50] }

/** The shortest entry that makes columns of the family; `peers` is left to the section. */
export const exampleEntry = ({ name, required }: FeatureFamily): IndicatorSettings => ({
  name,
  ...Object.fromEntries(required.map((key) => [key, key === 'weights' ? [1] : EXAMPLES[key]])),
  ...(EXAMPLE_SPANS[name] && { periods: EXAMPLE_SPANS[name] }),
})
